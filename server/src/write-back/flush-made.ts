import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { KommoForbidden } from "../kommo/errors.ts";
import { WRITE_AT_MOST } from "../kommo/requests.ts";
import type { Lane } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import { Endings } from "./endings.ts";
import type { Flush, Flusher } from "./flusher.ts";
import { Flushing } from "./flushing.ts";
import { withMarker } from "./marker.ts";
import { isRefusal } from "./refusal.ts";
import type { Target, WriteRow } from "./write-row.ts";
import { claimThings } from "./write-rows.ts";

interface Made {
  marker: string;
  kommo_id: number | null;
  state: string;
}

/** All rows about one task or note that we have made. */
interface Change {
  kommoId: number;
  marker: string;
  rows: WriteRow[];
}

/** Tasks and notes differ in how they are changed. */
const SORTS = [
  {
    is: "task",
    targets: ["task_done", "task_text"],
    change: ({ kommo }: Flush, changes: readonly Change[]) => kommo.updateTasks(changes.map(taskOf)),
  },
  {
    is: "note",
    targets: ["note_text"],
    change: ({ kommo }: Flush, changes: readonly Change[]) => kommo.updateNotes(changes.map(noteOf)),
  },
] as const satisfies readonly Sort[];

interface Sort {
  is: string;
  targets: readonly Target[];
  change: (flush: Flush, changes: readonly Change[]) => Promise<unknown>;
}

/**
 * Gives tasks and notes that we have made other words, and closes tasks. That is convergent: it may be done twice without
 * harm.
 */
@Injectable()
export class FlushMade implements Flusher {
  readonly targets = SORTS.flatMap(({ targets }) => targets);

  constructor(
    private readonly tenancy: Tenancy,
    private readonly flushing: Flushing,
    private readonly endings: Endings,
  ) {}

  flush(turn: Turn, lane: Lane): Promise<void> {
    const what = { targets: this.targets, atMost: WRITE_AT_MOST, lane };
    return this.flushing.of(turn, lane, {
      claim: (tx) => claimThings(tx, turn.accountId, turn.token, what),
      send: (flush, rows) =>
        Promise.all(
          SORTS.map((sort) =>
            this.send(
              flush,
              sort,
              rows.filter(({ target }) => sort.targets.some((one) => one === target)),
            ),
          ),
        ),
    });
  }

  private async send(flush: Flush, sort: Sort, rows: readonly WriteRow[]) {
    if (rows.length === 0) return;
    const { turn } = flush;
    const made = await this.made(turn, rows);
    const [pending, settled] = split(rows, (row) => made.get(row.body.marker ?? "")?.state === "due");
    const why = `The ${sort.is} is not made yet.`;
    await this.endings.putBack(turn, pending, { afterMs: 5_000, why, known: true, counts: "wait" });
    const [ready, never] = split(settled, (row) => Boolean(made.get(row.body.marker ?? "")?.kommo_id));
    await this.end(turn, never, `There was no ${sort.is}.`);
    const changes = [...Map.groupBy(ready, (row) => row.body.marker!)].map(
      ([marker, ofOne]): Change => ({ kommoId: made.get(marker)!.kommo_id!, marker, rows: ofOne }),
    );
    await this.change(flush, sort, changes);
  }

  private async made(turn: Turn, rows: readonly WriteRow[]): Promise<Map<string, Made>> {
    const made: Made[] = await this.tenancy.run(turn.accountId, (tx) =>
      tx.query("SELECT marker, kommo_id, state FROM write WHERE marker = ANY($1)", [
        rows.map((row) => row.body.marker),
      ]),
    );
    return new Map(made.map((one) => [one.marker, one]));
  }

  private async change(flush: Flush, sort: Sort, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const { turn, lease } = flush;
    const rows = changes.flatMap((change) => change.rows);
    try {
      // Words that are late must not take the place of newer ones.
      await lease.assertOurs(rows);
      await sort.change(flush, changes);
    } catch (error) {
      if (!isRefusal(error)) return this.endings.wait(turn, rows, error as Error);
      // One by one, to know which of them it is about.
      if (changes.length > 1) {
        for (const change of changes) await this.change(flush, sort, [change]);
        return;
      }
      if (error instanceof KommoForbidden) return this.endings.refuse(turn, rows, error);
      // It is gone: a person deleted it, which is as good as closed or said.
      return this.end(turn, rows, "gone");
    }
    await this.end(turn, rows, "sent");
  }

  private end(turn: Turn, rows: readonly WriteRow[], outcome: string) {
    return this.endings.end(
      turn,
      rows.map((row) => ({ row, state: "sent", outcome })),
    );
  }
}

/** The newest words, which keep the mark, and its end. */
function taskOf({ kommoId, marker, rows }: Change) {
  const inOrder = rows.toSorted((a, b) => a.id - b.id);
  const text = inOrder.findLast(({ target }) => target === "task_text")?.body.text;
  const end = inOrder.findLast(({ target }) => target === "task_done")?.body;
  return {
    id: kommoId,
    ...(text === undefined ? {} : { text: withMarker(text, marker) }),
    ...(end ? { is_completed: true, result: { text: end.result } } : {}),
    request_id: String(inOrder[0]!.id),
  };
}

function noteOf({ kommoId, marker, rows }: Change) {
  const newest = rows.toSorted((a, b) => a.id - b.id).at(-1)!;
  return {
    id: kommoId,
    entity_id: newest.leadId,
    params: { text: withMarker(newest.body.text ?? "", marker) },
    request_id: String(newest.id),
  };
}

function split<T>(all: readonly T[], isOne: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isOne), all.filter((one) => !isOne(one))];
}
