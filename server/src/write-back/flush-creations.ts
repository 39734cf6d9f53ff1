import { Injectable, Logger } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Clients } from "../installation/clients.ts";
import { type KommoClient, WRITE_AT_MOST } from "../kommo/client.ts";
import { KommoError, KommoForbidden, KommoNotFound, KommoRejected, KommoUnavailable } from "../kommo/errors.ts";
import type { Turn } from "../queue/turn.ts";
import { backoffMs } from "../work/failure.ts";
import { LeaseLost } from "../work/work-rows.ts";
import { Lease } from "./lease.ts";
import { markerIn, withMarker } from "./marker.ts";
import type { WriteRow } from "./write-row.ts";
import { claimCreations, type Ending, end, postpone } from "./write-rows.ts";

/** A created note may take this long to show up in reads after its answer was lost. */
const LOOK_AGAIN_MS = 10_000;
/** Longer than Kommo works on a request whose answer we no longer wait for. */
const UPSTREAM_LIMIT_MS = 30_000;
const ATTEMPTS = 3;

/** A flush under way: whose turn it is, and what it needs to write. */
interface Flush {
  turn: Turn;
  kommo: KommoClient;
  lease: Lease;
}

/**
 * Adds notes and tasks. Kommo would add them twice if asked twice, so each carries a mark: when it is not known whether
 * a request was applied, the mark is looked for, twice, before the request is sent again.
 */
@Injectable()
export class FlushCreations {
  private readonly log = new Logger("write-back");

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
  ) {}

  async flush(turn: Turn, urgent: boolean): Promise<void> {
    const rows = await this.tenancy.run(turn.accountId, async (tx) => {
      const claimed = await claimCreations(tx, turn.token, WRITE_AT_MOST);
      // From here on the request may leave: should this process die, the row says so.
      const creating = claimed.filter((row) => row.target !== "task_done").map((row) => row.id);
      await tx.query(
        "UPDATE write SET outcome_unknown_since = coalesce(outcome_unknown_since, app_now()) WHERE id = ANY($1) AND lease_token = $2",
        [creating, turn.token],
      );
      return claimed;
    });
    if (rows.length === 0) return;
    const lease = new Lease(this.tenancy, turn);
    lease.keep(rows);
    try {
      const kommo = await this.clients.of(turn.accountId, urgent ? "interactive" : "qualification");
      await this.send({ turn, kommo, lease }, rows);
    } finally {
      lease.release();
    }
  }

  private async send(flush: Flush, rows: WriteRow[]) {
    const closing = rows.filter((row) => row.target === "task_done");
    const creating = rows.filter((row) => row.target !== "task_done");
    const fresh = creating.filter((row) => row.unknownForMs === null);
    const ends = await Promise.allSettled([
      this.addBoth(flush, fresh),
      this.close(flush, closing),
      this.settle(
        flush,
        creating.filter((row) => row.unknownForMs !== null),
      ),
    ]);
    const failed = ends.find((ended) => ended.status === "rejected");
    if (failed) throw failed.reason;
  }

  private async addBoth(flush: Flush, rows: WriteRow[]) {
    const of = (target: WriteRow["target"]) => rows.filter((row) => row.target === target);
    await Promise.all([this.add(flush, of("note")), this.add(flush, of("task"))]);
  }

  /** Adds rows of one target. */
  private async add(flush: Flush, rows: WriteRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { turn, kommo, lease } = flush;
    const mayLeave = () => lease.assertOurs(rows);
    let created: Awaited<ReturnType<KommoClient["addTasks"]>>;
    try {
      created =
        rows[0]?.target === "note"
          ? await kommo.addLeadNotes(rows.map(note), mayLeave)
          : await kommo.addTasks(rows.map(task), mayLeave);
    } catch (error) {
      return this.failed(flush, rows, error as Error);
    }
    const ids = new Map(created.map((c) => [c.request_id, c.id]));
    // Should this fail, the rows' lease runs out, and whoever has them next looks for their marks.
    await this.keep(turn, (tx) =>
      end(
        tx,
        turn.token,
        rows.map((row, i): Ending => {
          const kommoId = ids.get(String(row.id)) ?? created[i]?.id;
          return { row, state: "sent", outcome: "sent", ...(kommoId === undefined ? {} : { kommoId }) };
        }),
      ),
    );
  }

  private async failed(flush: Flush, rows: WriteRow[], error: Error): Promise<void> {
    const { turn } = flush;
    if (!didNothing(error)) {
      return this.putBack(turn, rows, UPSTREAM_LIMIT_MS, error.message, { known: false, counts: "wait" });
    }
    if (isRefusal(error) && rows.length > 1) {
      const named = new Set(error instanceof KommoRejected ? error.items.map((item) => item.requestId) : []);
      const bad = rows.filter((row) => named.has(String(row.id)));
      // Named: the others go on without them. Not named: halves find the culprit.
      const parts =
        bad.length > 0 && bad.length < rows.length
          ? [bad, rows.filter((row) => !bad.includes(row))]
          : [rows.slice(0, rows.length >> 1), rows.slice(rows.length >> 1)];
      for (const part of parts) await this.add(flush, part);
      return;
    }
    if (isRefusal(error)) return this.refused(turn, rows, error.message);
    const waits = Math.max(...rows.map((row) => row.waits));
    const asked = error instanceof KommoUnavailable ? error.retryAfterMs : undefined;
    await this.putBack(turn, rows, backoffMs(waits, asked), error.message, { known: true, counts: "wait" });
  }

  /** Three times: what Kommo says of one row alone may have been about something that passes. */
  private async refused(turn: Turn, rows: WriteRow[], why: string) {
    const spent = rows.filter((row) => row.attempts + 1 >= ATTEMPTS);
    await this.keep(turn, (tx) =>
      end(
        tx,
        turn.token,
        spent.map((row): Ending => ({ row, state: "dead", outcome: why })),
      ),
    );
    const again = rows.filter((row) => row.attempts + 1 < ATTEMPTS);
    await this.putBack(turn, again, 5_000, why, { known: true, counts: "attempt" });
  }

  /** Looks for marks of rows whose outcome is not known; what was looked for twice in vain is sent again. */
  private async settle(flush: Flush, rows: WriteRow[]) {
    if (rows.length === 0) return;
    const { turn, kommo } = flush;
    try {
      const found = await this.marksOf(kommo, rows);
      const there = rows.filter((row) => row.marker && found.has(row.marker));
      await this.keep(turn, (tx) =>
        end(
          tx,
          turn.token,
          there.map((row) => ({ row, state: "sent", outcome: "found by its mark", kommoId: found.get(row.marker!)! })),
        ),
      );
      const missing = rows.filter((row) => !there.includes(row));
      const lookedTwice = missing.filter(
        (row) => row.waits > 0 && (row.unknownForMs ?? 0) > UPSTREAM_LIMIT_MS + LOOK_AGAIN_MS,
      );
      const lookAgain = missing.filter((row) => !lookedTwice.includes(row));
      await this.putBack(turn, lookAgain, lookAgainIn(lookAgain), "It is not known whether Kommo has this already.", {
        known: false,
        counts: "wait",
      });
      // The next request is a new uncertainty: should its answer be lost too, it gets its own time and two looks.
      await this.keep(turn, (tx) =>
        tx.query("UPDATE write SET outcome_unknown_since = app_now() WHERE id = ANY($1) AND lease_token = $2", [
          lookedTwice.map((row) => row.id),
          turn.token,
        ]),
      );
      await this.addBoth(flush, lookedTwice);
    } catch (error) {
      this.log.warn(`Could not look for marks: ${(error as Error).message}`);
      await this.putBack(turn, rows, backoffMs(1, undefined), (error as Error).message, {
        known: false,
        counts: "wait",
      });
    }
  }

  private async marksOf(kommo: KommoClient, rows: WriteRow[]): Promise<Map<string, number>> {
    const marks = new Map<string, number>();
    const leads = (target: string) => [...new Set(rows.filter((r) => r.target === target).map((r) => r.leadId))];
    for (const leadId of leads("note")) {
      for (const { id, params } of await kommo.notesOfLead(leadId)) {
        const mark = markerIn(params?.text ?? "");
        if (mark) marks.set(mark, id);
      }
    }
    if (leads("task").length > 0) {
      for (const { id, text } of await kommo.tasksOfLeads(leads("task"))) {
        const mark = markerIn(text);
        if (mark) marks.set(mark, id);
      }
    }
    return marks;
  }

  /** Closing is convergent: a task may be closed twice without harm. */
  private async close(flush: Flush, rows: WriteRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { turn, kommo } = flush;
    const made = await this.tenancy.run(turn.accountId, (tx) =>
      tx.query("SELECT marker, kommo_id, state FROM write WHERE marker = ANY($1)", [
        rows.map((row) => row.body.marker),
      ]),
    );
    const idOf = new Map<string, number | null>(made.map((m: MadeTask) => [m.marker, m.kommo_id]));
    const underWay = new Set(made.filter((m: MadeTask) => m.state === "due").map((m: MadeTask) => m.marker));
    const never = rows.filter((row) => !idOf.get(row.body.marker ?? "") && !underWay.has(row.body.marker));
    await this.keep(turn, (tx) =>
      end(
        tx,
        turn.token,
        never.map((row) => ({ row, state: "sent", outcome: "There was no task." })),
      ),
    );
    const pending = rows.filter((row) => underWay.has(row.body.marker));
    await this.putBack(turn, pending, 5_000, "The task is not made yet.", { known: true, counts: "wait" });
    const ready = rows.filter((row) => idOf.get(row.body.marker ?? "") && !underWay.has(row.body.marker));
    if (ready.length === 0) return;
    try {
      await kommo.updateTasks(
        ready.map((row) => ({
          id: idOf.get(row.body.marker!)!,
          is_completed: true,
          result: { text: row.body.result },
          request_id: String(row.id),
        })),
      );
      await this.keep(turn, (tx) =>
        end(
          tx,
          turn.token,
          ready.map((row) => ({ row, state: "sent", outcome: "sent" })),
        ),
      );
    } catch (error) {
      const { message } = error as Error;
      if (!isRefusal(error)) {
        return this.putBack(turn, ready, backoffMs(1, undefined), message, { known: true, counts: "wait" });
      }
      // One by one, to know whose task it is about.
      if (ready.length > 1) {
        for (const row of ready) await this.close(flush, [row]);
        return;
      }
      if (error instanceof KommoForbidden) return this.refused(turn, ready, message);
      // The task is gone: a person deleted it, which is as good as closed.
      await this.keep(turn, (tx) =>
        end(
          tx,
          turn.token,
          ready.map((row) => ({ row, state: "sent", outcome: "gone" })),
        ),
      );
    }
  }

  private async putBack(
    turn: Turn,
    rows: WriteRow[],
    afterMs: number,
    why: string,
    { known, counts }: { known: boolean; counts: "attempt" | "wait" },
  ) {
    if (rows.length === 0) return;
    await this.keep(turn, async (tx) => {
      // Before the lease is given back, which is the fence of both.
      if (known) {
        await tx.query("UPDATE write SET outcome_unknown_since = NULL WHERE id = ANY($1) AND lease_token = $2", [
          rows.map((r) => r.id),
          turn.token,
        ]);
      }
      await postpone(tx, turn.token, rows, { afterMs, why, counts, outcomeUnknown: !known });
    });
  }

  private keep<T>(turn: Turn, use: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tenancy.run(turn.accountId, use);
  }
}

/** Of the rows in the request, or of one of them; not of the whole account. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof KommoRejected ||
    error instanceof KommoNotFound ||
    (error instanceof KommoForbidden && !error.unavailable)
  );
}

/** Whether it is certain that Kommo has made nothing. Of what we do not understand, an answer of another form too, it is not. */
function didNothing(error: Error): boolean {
  return error instanceof LeaseLost || (error instanceof KommoError && !error.outcomeUnknown);
}

interface MadeTask {
  marker: string;
  kommo_id: number | null;
  state: string;
}

function note(row: WriteRow) {
  return { entity_id: row.leadId, text: withMarker(row.body.text ?? "", row.marker ?? ""), request_id: String(row.id) };
}

function task(row: WriteRow) {
  return {
    text: withMarker(row.body.text ?? "", row.marker ?? ""),
    entity_id: row.leadId,
    entity_type: "leads",
    complete_till: row.body.completeTill,
    task_type_id: row.body.taskTypeId ?? 1,
    ...(row.body.responsibleUserId === undefined ? {} : { responsible_user_id: row.body.responsibleUserId }),
    request_id: String(row.id),
  };
}

/** First when Kommo can no longer be working on it, then once more a little later. */
function lookAgainIn(rows: WriteRow[]): number {
  const youngest = Math.min(UPSTREAM_LIMIT_MS, ...rows.map((row) => row.unknownForMs ?? 0));
  return Math.max(LOOK_AGAIN_MS, UPSTREAM_LIMIT_MS - youngest);
}
