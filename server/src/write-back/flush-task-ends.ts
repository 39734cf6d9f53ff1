import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { Clients } from "../installation/clients.ts";
import { WRITE_AT_MOST } from "../kommo/client.ts";
import { KommoForbidden } from "../kommo/errors.ts";
import { type Lane, priorityOf } from "../queue/lane.ts";
import type { Turn } from "../queue/turn.ts";
import { Endings } from "./endings.ts";
import type { Flush, Flusher } from "./flusher.ts";
import { Lease } from "./lease.ts";
import { isRefusal } from "./refusal.ts";
import type { WriteRow } from "./write-row.ts";
import { claimOnes } from "./write-rows.ts";

interface MadeTask {
  marker: string;
  kommo_id: number | null;
  state: string;
}

/** Closes tasks that we have made. That is convergent: a task may be closed twice without harm. */
@Injectable()
export class FlushTaskEnds implements Flusher {
  readonly targets = ["task_done"] as const;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly endings: Endings,
  ) {}

  async flush(turn: Turn, lane: Lane): Promise<void> {
    const rows = await this.tenancy.run(turn.accountId, (tx) =>
      claimOnes(tx, turn.token, { targets: this.targets, atMost: WRITE_AT_MOST, lane }),
    );
    if (rows.length === 0) return;
    const lease = new Lease(this.tenancy, turn);
    lease.keep(rows);
    try {
      const kommo = await this.clients.of(turn.accountId, priorityOf[lane]);
      const made = await this.madeTasks(turn, rows);
      const [pending, settled] = split(rows, (row) => made.get(row.body.marker ?? "")?.state === "due");
      const why = "The task is not made yet.";
      await this.endings.putBack(turn, pending, { afterMs: 5_000, why, known: true, counts: "wait" });
      const [ready, never] = split(settled, (row) => Boolean(made.get(row.body.marker ?? "")?.kommo_id));
      await this.end(turn, never, "There was no task.");
      await this.close({ turn, kommo, lease }, ready, made);
    } finally {
      lease.release();
    }
  }

  private async madeTasks(turn: Turn, rows: readonly WriteRow[]): Promise<Map<string, MadeTask>> {
    const made: MadeTask[] = await this.tenancy.run(turn.accountId, (tx) =>
      tx.query("SELECT marker, kommo_id, state FROM write WHERE marker = ANY($1)", [
        rows.map((row) => row.body.marker),
      ]),
    );
    return new Map(made.map((task) => [task.marker, task]));
  }

  private async close(flush: Flush, rows: WriteRow[], made: ReadonlyMap<string, MadeTask>): Promise<void> {
    if (rows.length === 0) return;
    const { turn, kommo } = flush;
    try {
      await kommo.updateTasks(
        rows.map((row) => ({
          id: made.get(row.body.marker!)!.kommo_id!,
          is_completed: true,
          result: { text: row.body.result },
          request_id: String(row.id),
        })),
      );
    } catch (error) {
      if (!isRefusal(error)) return this.endings.wait(turn, rows, error as Error);
      // One by one, to know whose task it is about.
      if (rows.length > 1) {
        for (const row of rows) await this.close(flush, [row], made);
        return;
      }
      if (error instanceof KommoForbidden) return this.endings.refuse(turn, rows, error);
      // The task is gone: a person deleted it, which is as good as closed.
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

function split<T>(all: readonly T[], isOne: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isOne), all.filter((one) => !isOne(one))];
}
