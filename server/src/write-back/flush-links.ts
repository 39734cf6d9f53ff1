import { Injectable } from "@nestjs/common";
import type { LinkItem } from "../kommo/client.ts";
import { WRITE_AT_MOST } from "../kommo/requests.ts";
import type { Lead } from "../kommo/resources.ts";
import type { Lane } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import { Endings } from "./endings.ts";
import type { Flush, Flusher } from "./flusher.ts";
import { Flushing } from "./flushing.ts";
import type { Outcome } from "./outcomes.ts";
import { isRefusal } from "./refusal.ts";
import type { WriteRow } from "./write-row.ts";
import { claimThings } from "./write-rows.ts";

/**
 * Links contacts and elements of lists to leads, and unlinks them. Leads are read first, fifty at a time, so that nothing
 * is written that is there already; then each lead takes one call, for Kommo documents no other way.
 */
@Injectable()
export class FlushLinks implements Flusher {
  readonly targets = ["link", "unlink"] as const;

  constructor(
    private readonly flushing: Flushing,
    private readonly endings: Endings,
  ) {}

  flush(turn: Turn, lane: Lane): Promise<void> {
    const what = { targets: this.targets, atMost: WRITE_AT_MOST, lane };
    return this.flushing.of(turn, lane, {
      claim: (tx) => claimThings(tx, turn.accountId, turn.token, what),
      send: (flush, rows) => this.sendAll(flush, rows),
      failed: (error, rows) => this.endings.wait(turn, rows, error),
    });
  }

  private async sendAll(flush: Flush, rows: readonly WriteRow[]) {
    const byLead = Map.groupBy(rows, (row) => row.leadId);
    const leads = new Map((await flush.kommo.leadsWithLinks([...byLead.keys()])).map((lead) => [lead.id, lead]));
    await Promise.all([...byLead].map(([leadId, ofLead]) => this.sendLead(flush, ofLead, leads.get(leadId))));
  }

  private async sendLead(flush: Flush, rows: readonly WriteRow[], lead: Lead | undefined) {
    const { turn } = flush;
    if (!lead) {
      const outcome = "The lead is gone.";
      // With it went its links.
      const ended = (row: WriteRow): Outcome => ({ row, state: row.target === "unlink" ? "sent" : "dead", outcome });
      return this.endings.end(turn, rows.map(ended));
    }
    const newest = newestOfEach(rows);
    const overtaken = rows.filter((row) => !newest.includes(row));
    const open = newest.filter((row) => isLinked(lead, row) !== (row.target === "link"));
    await this.endings.end(turn, [
      ...overtaken.map((row): Outcome => ({ row, state: "superseded", outcome: "A newer row was of the same link." })),
      ...newest.filter((row) => !open.includes(row)).map((row): Outcome => ({ row, state: "sent", outcome: "equal" })),
    ]);
    for (const target of this.targets) {
      await this.send(
        flush,
        target,
        open.filter((row) => row.target === target),
      );
    }
  }

  private async send(flush: Flush, target: "link" | "unlink", rows: readonly WriteRow[]): Promise<void> {
    const first = rows[0];
    if (!first) return;
    const { turn, kommo, lease } = flush;
    try {
      await kommo[target](first.leadId, rows.map(item), () => lease.assertOurs(rows));
    } catch (error) {
      if (!isRefusal(error)) return this.endings.wait(turn, rows, error as Error);
      if (rows.length === 1) return this.endings.refuse(turn, rows, error);
      // One by one: a lead has few links, and one may be to somebody who is gone.
      for (const row of rows) await this.send(flush, target, [row]);
      return;
    }
    await this.endings.end(
      turn,
      rows.map((row) => ({ row, state: "sent", outcome: "sent" })),
    );
  }
}

/** The last word on each contact and element. */
function newestOfEach(rows: readonly WriteRow[]): WriteRow[] {
  const inOrder = rows.toSorted((a, b) => a.seq - b.seq);
  return [...new Map(inOrder.map((row) => [endOf(row), row])).values()];
}

function endOf({ body }: WriteRow): string {
  return body.elementId === undefined ? `contact ${body.contactId}` : `element ${body.elementId}`;
}

function isLinked({ _embedded }: Lead, { body }: WriteRow): boolean {
  if (body.elementId !== undefined) return _embedded.catalog_elements.some(({ id }) => id === body.elementId);
  const contact = _embedded.contacts.find(({ id }) => id === body.contactId);
  return contact !== undefined && (!body.isMain || contact.is_main === true);
}

function item({ target, body }: WriteRow): LinkItem {
  if (body.elementId !== undefined) {
    const quantity = target === "link" ? { quantity: 1 } : {};
    const metadata = { catalog_id: body.listId ?? 0, ...quantity };
    return { to_entity_id: body.elementId, to_entity_type: "catalog_elements", metadata };
  }
  const main = target === "link" && body.isMain ? { metadata: { is_main: true } } : {};
  return { to_entity_id: body.contactId ?? 0, to_entity_type: "contacts", ...main };
}
