import type { Backfill, BackfillFilter } from "@dealscope/shared/backfill";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../../config.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { priorities } from "../../queue/priority.ts";
import { Work } from "../../work/work.ts";
import {
  type BackfillRow,
  type BackfillState,
  findBackfill,
  markEnded,
  progressOf,
  takeBack,
} from "./backfill-rows.ts";

export const BACKFILL = "backfill";

/** How many of its leads are under way at once; more would only wait in a longer line. */
export const ABREAST = 150;

/** Kommo calls a backfilled lead needs: reads of 250 and writes of 50 leads at a time, and their echoes. */
const CALLS_PER_LEAD = 0.1;

export class NoBackfill extends Error {}

/** Another one is open, or this one cannot do that now. */
export class BackfillConflict extends Error {}

/** Qualifies existing leads by filter, behind everything that comes in. */
@Injectable()
export class Backfills {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly work: Work,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    work.expect(BACKFILL);
  }

  /** Begins to count which leads are meant. @throws BackfillConflict while another one is open */
  async prepare(accountId: number, filter: BackfillFilter, by: string): Promise<Backfill> {
    return this.tenancy.run(accountId, async (tx) => {
      const [row] = await tx.query(
        `INSERT INTO backfill (account_id, id, state, filter, created_by)
         SELECT $1, coalesce(max(id), 0) + 1, 'counting', $2, $3 FROM backfill ON CONFLICT DO NOTHING RETURNING id`,
        [accountId, JSON.stringify(filter), by],
      );
      if (!row) throw new BackfillConflict("Another backfill is still open. Finish or cancel it first.");
      await this.drive(tx, accountId, row.id);
      return this.show(tx, await this.one(tx, row.id));
    });
  }

  list(accountId: number): Promise<Backfill[]> {
    return this.tenancy.run(accountId, async (tx) => {
      const rows = await tx.query("SELECT id FROM backfill ORDER BY id DESC LIMIT 10");
      const shown: Backfill[] = [];
      for (const { id } of rows) shown.push(await this.show(tx, await this.one(tx, id)));
      return shown;
    });
  }

  of(accountId: number, id: number): Promise<Backfill> {
    return this.tenancy.run(accountId, async (tx) => this.show(tx, await this.one(tx, id)));
  }

  /** Starts, or goes on after a pause. */
  start(accountId: number, id: number, by: string): Promise<Backfill> {
    return this.change(accountId, id, by, ["ready", "paused"], "running", async (tx) => this.drive(tx, accountId, id));
  }

  pause(accountId: number, id: number, by: string): Promise<Backfill> {
    return this.change(accountId, id, by, ["running"], "paused", (tx) => takeBack(tx, id, priorities.backfill));
  }

  cancel(accountId: number, id: number, by: string): Promise<Backfill> {
    const open: BackfillState[] = ["counting", "ready", "running", "paused"];
    return this.change(accountId, id, by, open, "cancelled", (tx) => takeBack(tx, id, priorities.backfill));
  }

  private async change(
    accountId: number,
    id: number,
    by: string,
    from: BackfillState[],
    to: BackfillState,
    then: (tx: Tx) => Promise<void>,
  ): Promise<Backfill> {
    return this.tenancy.run(accountId, async (tx) => {
      const { state } = await this.one(tx, id, "FOR UPDATE");
      if (!from.includes(state)) throw new BackfillConflict(`This backfill is ${state}, so it cannot be ${to} now.`);
      await tx.query(
        `UPDATE backfill SET state = $2,
                started_at = CASE WHEN $2 = 'running' THEN coalesce(started_at, app_now()) ELSE started_at END,
                ended_at = CASE WHEN $2 = 'cancelled' THEN app_now() END
          WHERE id = $1`,
        [id, to],
      );
      await then(tx);
      await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, $3, $4)", [
        ...[accountId, by, `backfill ${to}`, `backfill ${id}`],
      ]);
      return this.show(tx, await this.one(tx, id));
    });
  }

  private drive(tx: Tx, accountId: number, id: number) {
    return this.work.schedule(tx, accountId, [{ kind: BACKFILL, subject: id, priority: "backfill" }]);
  }

  private async one(tx: Tx, id: number, lock: "FOR UPDATE" | "" = ""): Promise<BackfillRow> {
    if (lock) await tx.query("SELECT FROM backfill WHERE id = $1 FOR UPDATE", [id]);
    const row = await findBackfill(tx, id);
    if (!row) throw new NoBackfill(`There is no backfill ${id}.`);
    return row;
  }

  private async show(tx: Tx, row: BackfillRow): Promise<Backfill> {
    await markEnded(tx, row.id);
    const progress = await progressOf(tx, row.id);
    const left = progress.total - progress.judged - progress.failed - progress.gone;
    const usual = await this.usual(tx);
    const isRunning = row.state === "running";
    const measured = isRunning && progress.lately > 0 && progress.latelySeconds > 0;
    const perSecond = measured ? progress.lately / progress.latelySeconds : this.expectedPerSecond(usual.latencyMs);
    const isOver = row.state === "done" || row.state === "cancelled";
    return {
      id: row.id,
      state: row.state,
      filter: row.filter,
      createdBy: row.created_by,
      createdAt: row.created_at.toISOString(),
      startedAt: row.started_at?.toISOString() ?? null,
      endedAt: row.ended_at?.toISOString() ?? null,
      total: progress.total,
      judged: progress.judged,
      failed: progress.failed,
      gone: progress.gone,
      costMicros: progress.costMicros,
      expectedCostMicros: isOver ? progress.costMicros : progress.costMicros + Math.round(left * usual.costMicros),
      perMinute: measured ? Number((perSecond * 60).toFixed(1)) : null,
      secondsLeft: isOver || left === 0 ? null : Math.ceil(left / perSecond),
      waitingFor: isRunning ? progress.waitingFor : null,
    };
  }

  private expectedPerSecond(latencyMs: number): number {
    const byModel = Math.min(ABREAST, this.config.MODEL_CALLS_AT_ONCE) / (latencyMs / 1000);
    const byKommo = Math.min(this.config.KOMMO_ACCOUNT_RPS, this.config.KOMMO_EGRESS_RPS) / CALLS_PER_LEAD;
    return Math.min(byModel, byKommo);
  }

  /** What a verdict of this account has cost lately, and how long the model took; of a typical one where there is none. */
  private async usual(tx: Tx): Promise<{ costMicros: number; latencyMs: number }> {
    const [row] = await tx.query(
      `SELECT avg(cost_micros)::float8 AS cost_micros, avg(latency_ms)::float8 AS latency_ms
         FROM (SELECT cost_micros, latency_ms FROM model_call WHERE outcome = 'answer' ORDER BY id DESC LIMIT 200) c`,
    );
    return { costMicros: row.cost_micros ?? 300, latencyMs: Math.max(50, row.latency_ms ?? 1_500) };
  }
}
