import { Injectable, Logger } from "@nestjs/common";
import type { KommoClient } from "../kommo/client.ts";
import { KommoRejected, KommoUnavailable } from "../kommo/errors.ts";
import { type MayLeave, WRITE_AT_MOST } from "../kommo/requests.ts";
import type { Lane } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import { Endings } from "./endings.ts";
import type { Flush, Flusher } from "./flusher.ts";
import { Flushing } from "./flushing.ts";
import { assertFresh } from "./fresh.ts";
import type { Outcome } from "./outcomes.ts";
import { isAboutFields, isRefusal, partsOf } from "./refusal.ts";
import { outcomeOf } from "./shown.ts";
import { type Card, planValues, type ValuesPatch, withoutFields } from "./values-patch.ts";
import type { WriteRow } from "./write-row.ts";
import { claimThings } from "./write-rows.ts";

/** Where cards of one sort are read and written; `listId` is 0 where there are no lists. */
interface Home {
  of: "contact" | "element";
  idOf(row: WriteRow): number;
  read(kommo: KommoClient, listId: number, ids: readonly number[]): Promise<readonly Card[]>;
  write(kommo: KommoClient, listId: number, items: ValuesPatch["item"][], mayLeave: MayLeave): Promise<unknown>;
}

/** What is written together, and when it was read. */
interface Batch {
  home: Home;
  listId: number;
  readAt: number;
}

const homes: Record<"contact" | "element_change", Home> = {
  contact: {
    of: "contact",
    idOf: ({ body }) => body.contactId ?? 0,
    read: (kommo, _, ids) => kommo.contacts(ids),
    write: (kommo, _, items, mayLeave) => kommo.updateContacts(items, mayLeave),
  },
  element_change: {
    of: "element",
    idOf: ({ body }) => body.elementId ?? 0,
    read: (kommo, listId, ids) => kommo.elementsOf(listId, ids),
    write: (kommo, listId, items, mayLeave) => kommo.updateElements(listId, items, mayLeave),
  },
};

/** Changes values of contacts and of elements: folded per card, read before they are written, fifty at a time. */
@Injectable()
export class FlushValues implements Flusher {
  readonly targets = ["contact", "element_change"] as const;
  private readonly log = new Logger("write-back");

  constructor(
    private readonly flushing: Flushing,
    private readonly endings: Endings,
  ) {}

  flush(turn: Turn, lane: Lane): Promise<void> {
    const what = { targets: this.targets, atMost: WRITE_AT_MOST, lane };
    return this.flushing.of(turn, lane, {
      claim: (tx) => claimThings(tx, turn.accountId, turn.token, what),
      send: (flush, rows) => this.send(flush, rows),
      // Of the list as a whole, such as that it is gone.
      failed: (error, rows) =>
        isRefusal(error) ? this.endings.refuse(turn, rows, error) : this.endings.wait(turn, rows, error),
    });
  }

  private async send(flush: Flush, rows: readonly WriteRow[]) {
    for (const target of this.targets) {
      const lists = Map.groupBy(
        rows.filter((row) => row.target === target),
        ({ body }) => body.listId ?? 0,
      );
      for (const [listId, inList] of lists) await this.sendList(flush, homes[target], listId, inList);
    }
  }

  private async sendList(flush: Flush, home: Home, listId: number, rows: readonly WriteRow[]) {
    const byCard = Map.groupBy(rows, home.idOf);
    const readAt = performance.now();
    const found = new Map((await home.read(flush.kommo, listId, [...byCard.keys()])).map((card) => [card.id, card]));
    const outcomes: Outcome[] = [];
    const patches: ValuesPatch[] = [];
    for (const [id, ofCard] of byCard) {
      const now = found.get(id);
      if (!now) {
        const outcome = `The ${home.of} is gone.`;
        outcomes.push(...ofCard.map((row): Outcome => ({ row, state: "dead", outcome, isGone: true })));
        continue;
      }
      const { patch, equal, overtaken } = planValues(ofCard, now);
      if (patch) patches.push(patch);
      const why = "It was changed in Kommo meanwhile.";
      outcomes.push(...equal.map((row): Outcome => ({ row, state: "sent", outcome: "equal" })));
      outcomes.push(...overtaken.map((row): Outcome => ({ row, state: "superseded", outcome: why })));
    }
    await this.endings.end(flush.turn, outcomes);
    await this.patch(flush, { home, listId, readAt }, patches);
  }

  /** Sends one batch. Items that Kommo names as wrong are mended or go alone; without names the batch is halved. */
  private async patch(flush: Flush, batch: Batch, patches: readonly ValuesPatch[]): Promise<void> {
    if (patches.length === 0) return;
    const { turn, kommo, lease } = flush;
    const rows = patches.flatMap((one) => one.rows);
    try {
      const items = patches.map(({ item }) => item);
      await batch.home.write(kommo, batch.listId, items, async () => {
        assertFresh(batch.readAt);
        await lease.assertOurs(rows);
      });
    } catch (error) {
      const isTooMuch = error instanceof KommoUnavailable && error.status === 504 && patches.length > 1;
      if (!isRefusal(error) && !isTooMuch) return this.endings.wait(turn, rows, error as Error);
      if (patches.length === 1) return this.mend(flush, batch, patches[0]!, error);
      const parts = partsOf(patches, error, ({ item }) => item.request_id);
      for (const part of parts) await this.patch(flush, batch, part);
      return;
    }
    await this.endings.end(
      turn,
      patches.flatMap(({ rows: mine, refused }) =>
        mine.map((row): Outcome => ({ row, state: "sent", outcome: outcomeOf("sent", refused.map(String)), refused })),
      ),
    );
  }

  /** Without the fields that Kommo does not take the rest may still go. */
  private async mend(flush: Flush, batch: Batch, patch: ValuesPatch, error: Error) {
    const complaints = error instanceof KommoRejected ? error.items.flatMap(({ errors }) => errors) : [];
    const rest = withoutFields(
      patch,
      complaints.map(({ path }) => path),
    );
    if (!rest) return this.endings.refuse(flush.turn, patch.rows, error);
    this.log.warn(`${batch.home.of} ${patch.item.id}: Kommo refuses ${complaints.map(({ path }) => path).join(", ")}.`);
    if (isAboutFields(error)) await this.endings.provisionAgain(flush.turn);
    await this.patch(flush, batch, [rest]);
  }
}
