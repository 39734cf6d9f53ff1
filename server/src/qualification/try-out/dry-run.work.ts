import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import { Work } from "../../work/work.ts";
import { type Decision, type WorkItem, type WorkKind, waitsFor } from "../../work/work-kind.ts";
import { delayMs } from "../model/patience.ts";
import { SettingsService } from "../settings.service.ts";
import { keepCosts } from "../verdict-rows.ts";
import { type DryRunRow, findDryRuns } from "./dry-run-rows.ts";
import { DRY_RUN } from "./dry-runs.service.ts";
import { type Trial, Trials } from "./trials.service.ts";

/** So few in a run that it holds up nobody for longer than one answer takes. */
const TOGETHER = 5;
/** Somebody is looking: an outage that lasts longer is shown rather than waited for. */
const MOST_WAITS = 2;

type Judged = { leadId: number; trial: Trial | undefined };

/** First finds the newest leads, then judges a few of them at a time. */
@Injectable()
export class DryRunWork implements WorkKind, OnModuleInit {
  readonly kind = DRY_RUN;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly settings: SettingsService,
    private readonly trials: Trials,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const { accountId, subject: id } = item;
    const [row] = await this.tenancy.run(accountId, (tx) => findDryRuns(tx, id));
    if (!row || row.ended_at) return {};
    return row.leads.length === 0 ? this.choose(accountId, row) : this.judge(item, row);
  }

  /** What cannot be judged ends as such: whoever looks is not told that it still runs. */
  async onDead(tx: Tx, { subject: id }: WorkItem) {
    await tx.query(
      "UPDATE dry_run_lead SET state = 'failed', reason = 'invalid' WHERE dry_run_id = $1 AND state = 'waiting'",
      [id],
    );
    await end(tx, id);
  }

  private async choose(accountId: number, { id, wanted }: DryRunRow): Promise<Decision> {
    const kommo = await this.clients.of(accountId, "qualification");
    const { pipelineIds } = (await this.settings.of(accountId)).triggers;
    const { items } = await kommo.leadsMatching({ stages: [], createdFrom: null, createdTo: null }, 1);
    const newest = items
      .filter((lead) => !lead.is_deleted && (pipelineIds.length === 0 || pipelineIds.includes(lead.pipeline_id)))
      .slice(0, wanted);
    if (newest.length === 0) return { keep: (tx) => end(tx, id) };
    const keep = async (tx: Tx) => {
      await tx.query(
        `INSERT INTO dry_run_lead (account_id, dry_run_id, lead_id, name, place)
         SELECT $1, $2, n.* FROM unnest($3::bigint[], $4::text[]) WITH ORDINALITY AS n (lead_id, name, place)
         ON CONFLICT DO NOTHING`,
        [accountId, id, newest.map((lead) => lead.id), newest.map((lead) => lead.name)],
      );
    };
    return { keep, again: { afterMs: 0, counts: "nothing", why: "Leads are chosen." } };
  }

  private async judge(item: WorkItem, { id, content, leads }: DryRunRow): Promise<Decision> {
    const { accountId } = item;
    const left = leads.filter(({ state }) => state === "waiting").map((lead) => lead.lead_id);
    const judged = await Promise.all(
      left.slice(0, TOGETHER).map(async (leadId): Promise<Judged> => {
        const wish = { content, leadId, priority: "qualification", rulesDecide: true } as const;
        return { leadId, trial: await this.trials.judge(accountId, wish) };
      }),
    );
    const reason = "model_unavailable";
    const waits = waitsFor(item, reason);
    const isAway = waits < MOST_WAITS && judged.some(({ trial }) => trial?.reason === reason);
    const keep = async (tx: Tx) => {
      for (const one of judged) await keepTrial(tx, accountId, id, one, isAway);
      const [more] = await tx.query("SELECT FROM dry_run_lead WHERE dry_run_id = $1 AND state = 'waiting' LIMIT 1", [
        id,
      ]);
      if (!more) await end(tx, id);
      for (const { leadId, trial } of judged) await keepCosts(tx, accountId, leadId, null, trial?.paid ?? []);
    };
    if (isAway) {
      const afterMs = delayMs(reason, waits) ?? 0;
      return { keep, again: { afterMs, counts: "wait", on: reason, why: "The model does not answer at the moment." } };
    }
    return left.length > TOGETHER ? { keep, again: { afterMs: 0, counts: "nothing", why: "More leads." } } : { keep };
  }
}

/** With `isAway` a lead whose model did not answer is left waiting. */
async function keepTrial(tx: Tx, accountId: number, id: number, { leadId, trial }: Judged, isAway: boolean) {
  const state = !trial
    ? "gone"
    : trial.verdict
      ? "judged"
      : isAway && trial.reason === "model_unavailable"
        ? "waiting"
        : "failed";
  await tx.query(
    `UPDATE dry_run_lead SET state = $4, reason = $5, detail = $6, cost_micros = cost_micros + $7
      WHERE account_id = $1 AND dry_run_id = $2 AND lead_id = $3`,
    [
      ...[accountId, id, leadId, state, state === "failed" ? (trial?.reason ?? null) : null],
      trial?.verdict ? JSON.stringify(trial.verdict) : null,
      (trial?.paid ?? []).reduce((sum, { costMicros }) => sum + costMicros, 0),
    ],
  );
}

async function end(tx: Tx, id: number) {
  await tx.query("UPDATE dry_run SET ended_at = app_now() WHERE id = $1 AND ended_at IS NULL", [id]);
}
