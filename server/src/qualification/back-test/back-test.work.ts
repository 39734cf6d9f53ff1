import type { Verdict } from "@dealscope/shared/qualification";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Work } from "../../work/work.ts";
import { type Again, type Decision, type WorkItem, type WorkKind, waitsFor } from "../../work/work-kind.ts";
import { hardVerdict } from "../judging/hard-rules.ts";
import { Cap } from "../model/cap.ts";
import { type Opinion, OpinionService } from "../model/opinion.service.ts";
import { delayMs } from "../model/patience.ts";
import type { PromptVersionEntity } from "../prompt/prompt-version.entity.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";
import { SettingsService } from "../settings.service.ts";
import { type TrialLead, Trials } from "../try-out/trials.service.ts";
import { keepCosts, shardOf } from "../verdict-rows.ts";
import { BACK_TEST } from "./back-tests.service.ts";

/** So few in a run that a back-test holds up nobody for longer than one answer takes. */
const TOGETHER = 5;

/** An outage that lasts longer than so many waits leaves the rest unjudged. */
const MOST_WAITS = 6;

/** What came of one lead; with `failed` it is still to be judged, and what was paid was paid. */
interface Result {
  leadId: number;
  status: string | null;
  segment: string | null;
  /** What was said, to be read beside a person's word. */
  verdict?: Verdict;
  paid: Opinion["paid"];
  failed?: Pick<Opinion, "reason" | "retryAfterMs">;
}

/** Judges some of the leads of a back-test as they are now. Nothing of it reaches Kommo, the verdicts or the queue. */
@Injectable()
export class BackTestWork implements WorkKind, OnModuleInit {
  readonly kind = BACK_TEST;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly settings: SettingsService,
    private readonly versions: PromptVersions,
    private readonly trials: Trials,
    private readonly opinions: OpinionService,
    private readonly cap: Cap,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const { accountId, subject: number } = item;
    const waits = waitsFor(item, "model_unavailable");
    const settings = await this.settings.of(accountId);
    const found = await this.tenancy.run(accountId, async (tx) => {
      // Before the version: when it is edited in between, the results are for rows that are gone; so is a discarded one.
      const rows = await leftOf(tx, number);
      return rows.left.length > 0 && { ...rows, version: await this.versions.one(tx, accountId, number) };
    });
    if (!found) return {};
    const { left, startedAt, version } = found;
    const { monthlyCapDollars: capDollars } = settings;
    if (await this.cap.isReached(accountId, capDollars)) return { again: wait("cap", delayMs("cap", 0)) };

    const leadIds = left.slice(0, TOGETHER);
    // All are read before the first is paid for: when Kommo is away nothing is lost with this run.
    const questions = await Promise.all(leadIds.map((leadId) => this.trials.look(accountId, leadId, "backfill")));
    const results = await Promise.all(
      leadIds.map((leadId, index) => this.judge(leadId, questions[index], { accountId, settings, version, waits })),
    );
    const keep = (tx: Tx) => keepResults(tx, accountId, number, startedAt, results);
    const failed = results.find((result) => result.failed)?.failed;
    if (failed) {
      const delay = Math.max(failed.retryAfterMs ?? 0, delayMs(failed.reason, waits) ?? 0);
      return { keep, again: wait(failed.reason, delay) };
    }
    return left.length > TOGETHER ? { keep, again: { afterMs: 0, counts: "nothing", why: "More leads." } } : { keep };
  }

  /** What cannot be judged ends as such: whoever looks is not told that it still runs. */
  async onDead(tx: Tx, { subject: number }: WorkItem) {
    await tx.query("UPDATE back_test SET status = 'failed' WHERE number = $1 AND status IS NULL", [number]);
  }

  private async judge(
    leadId: number,
    question: TrialLead | undefined,
    on: { accountId: number; settings: Settings; version: PromptVersionEntity; waits: number },
  ): Promise<Result> {
    const { accountId, settings, version, waits } = on;
    if (!question) return { leadId, status: "gone", segment: null, paid: [] };
    const { lead, facts, input } = question;
    const rule = hardVerdict(lead, { ...facts, blocklist: settings.blocklist }, version.number);
    if (rule) return { leadId, status: rule.status, segment: rule.segment, paid: [] };
    const { verdict, reason, retryAfterMs, paid } = await this.opinions.ask({
      ...{ accountId, version, input },
      capDollars: settings.monthlyCapDollars,
      isUrgent: false,
    });
    if (verdict) return { leadId, status: verdict.status, segment: verdict.segment, verdict, paid };
    const isLong = reason === "model_unavailable" && waits >= MOST_WAITS;
    if (isLong || delayMs(reason, waits) === undefined) return { leadId, status: "needs_manual", segment: null, paid };
    return { leadId, status: null, segment: null, paid, failed: { reason, retryAfterMs } };
  }
}

/** Leads that are not judged yet. `startedAt` as text, so that no digit of it is lost on the way. */
async function leftOf(tx: Tx, number: number): Promise<{ left: number[]; startedAt: string }> {
  const rows: { lead_id: number; at: string }[] = await tx.query(
    `SELECT lead_id, at::text FROM back_test WHERE number = $1 AND status IS NULL ORDER BY lead_id LIMIT ${TOGETHER + 1}`,
    [number],
  );
  return { left: rows.map((row) => row.lead_id), startedAt: rows[0]?.at ?? "" };
}

/** Results of a test that was thrown away meanwhile find no row; what they cost is kept all the same. */
async function keepResults(tx: Tx, accountId: number, number: number, startedAt: string, results: readonly Result[]) {
  // An edit of the draft takes the same locks in the same order.
  await tx.query("SELECT 1 FROM prompt_version WHERE number = $1 FOR SHARE", [number]);
  await tx.query(
    `UPDATE back_test b SET status = r.status, segment = r.segment, detail = r.detail, cost_micros = b.cost_micros + r.cost
       FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::jsonb[]) AS r (lead_id, status, segment, cost, detail)
      WHERE b.number = $1 AND b.at = $2::timestamptz AND b.lead_id = r.lead_id`,
    [
      ...[number, startedAt],
      results.map(({ leadId }) => leadId),
      results.map(({ status }) => status),
      results.map(({ segment }) => segment),
      results.map(({ paid }) => paid.reduce((sum, answer) => sum + answer.costMicros, 0)),
      results.map(({ verdict }) => (verdict ? JSON.stringify(verdict) : null)),
    ],
  );
  // Always in the order of the rows they lock, so that two tests never wait for each other.
  for (const { leadId, paid } of results.toSorted((a, b) => shardOf(a.leadId) - shardOf(b.leadId))) {
    await keepCosts(tx, accountId, leadId, number, paid);
  }
}

function wait(reason: Opinion["reason"], afterMs = 0): Again {
  return { afterMs: afterMs * (0.9 + Math.random() / 5), counts: "wait", on: reason, why: `No verdict: ${reason}.` };
}
