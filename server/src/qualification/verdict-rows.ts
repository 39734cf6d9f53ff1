import type { Unseen, Verdict } from "@dealscope/shared/qualification";
import type { Tx } from "../database/tenancy.ts";
import type { PaidAnswer } from "./model/paid-answer.ts";
import { ACTIVE_OVERRIDE } from "./overrides/active-override.ts";

/** A verdict as it was kept. */
export interface KeptVerdict {
  id: number;
  verdict: Verdict;
  inputHash: string;
  askedBy: string;
  decidedAt: Date;
}

export interface VerdictRow {
  id: number;
  detail: Verdict;
  input_hash: string;
  asked_by: string;
  decided_at: string;
}

export function toKept(row: VerdictRow): KeptVerdict {
  return {
    id: row.id,
    verdict: row.detail,
    inputHash: row.input_hash,
    askedBy: row.asked_by,
    decidedAt: new Date(row.decided_at),
  };
}

/** What is kept beside a verdict. */
export interface VerdictFacts {
  inputHash: string;
  askedBy: string;
  paid: readonly PaidAnswer[];
  unseen: Unseen;
}

/**
 * Adds a verdict and makes it the lead's, unless a person's word holds: then it is kept and shown, and changes nothing.
 * Verdicts are never changed afterwards.
 */
export async function keepVerdict(
  tx: Tx,
  accountId: number,
  leadId: number,
  verdict: Verdict,
  { inputHash, askedBy, paid, unseen }: VerdictFacts,
): Promise<{ id: number; isLocked: boolean }> {
  const last = paid.at(-1);
  const [row] = await tx.query(
    `WITH kept AS (
       INSERT INTO verdict (account_id, lead_id, status, reason, segment, score, summary, next_action, question, detail,
                            input_hash, prompt_number, model, asked_by, usage, cost_micros, latency_ms)
       VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id)
     INSERT INTO lead AS l (account_id, lead_id, verdict_id) SELECT $2, $1, id FROM kept
     ON CONFLICT (account_id, lead_id) DO UPDATE
       SET verdict_id = CASE WHEN $18 THEN coalesce(l.verdict_id, excluded.verdict_id) ELSE excluded.verdict_id END
     RETURNING (SELECT id FROM kept) AS id`,
    [
      leadId,
      accountId,
      verdict.status,
      verdict.reason,
      verdict.segment,
      verdict.score,
      verdict.summary,
      verdict.nextAction,
      verdict.question,
      JSON.stringify({ ...verdict, ...unseen }),
      inputHash,
      verdict.promptVersion,
      verdict.model,
      askedBy,
      last?.completion.usage ? JSON.stringify(last.completion.usage) : null,
      paid.reduce((sum, answer) => sum + answer.costMicros, 0),
      last?.completion.latencyMs ?? null,
      isPause(verdict),
    ],
  );
  // The lead's row is locked now, so a word given while the model thought is seen here, and none can come in between.
  const [, updated] = await tx.query(
    `UPDATE lead SET segment = CASE WHEN $4 THEN segment ELSE $2 END, score = CASE WHEN $4 THEN score ELSE $3 END
      WHERE lead_id = $1 AND NOT EXISTS (${ACTIVE_OVERRIDE})`,
    [leadId, verdict.segment, verdict.score, isPause(verdict)],
  );
  return { id: row.id, isLocked: updated === 0 };
}

/** At a money cap what stands in the deal stays: yesterday's score is better than none, and the banner says why. */
export const isPause = ({ reason }: Verdict): boolean => reason === "cap";

/** The month's sum is kept in so many rows, because a row is locked until its transaction ends. */
const SPEND_SHARDS = 16;

/** The row of the month's sum that a lead's costs are added to. */
export const shardOf = (leadId: number | null) => (leadId ?? 0) % SPEND_SHARDS;

/** What was paid, whatever came of it, also for no lead and no version that is kept; the month's sum is what the cap looks at. Comes last in its transaction. */
export async function keepCosts(
  tx: Tx,
  accountId: number,
  leadId: number | null,
  promptNumber: number | null,
  paid: readonly PaidAnswer[],
) {
  if (paid.length === 0) return;
  await tx.query(
    `WITH calls AS (
       INSERT INTO model_call (account_id, lead_id, prompt_number, model, outcome, usage, cost_micros, latency_ms, request_id)
       SELECT $1, $2, $3, c.* FROM unnest($4::text[], $5::text[], $6::jsonb[], $7::bigint[], $8::int[], $9::text[]) AS c)
     INSERT INTO spend AS s (account_id, month, shard, cost_micros, calls)
     VALUES ($1, date_trunc('month', app_now() AT TIME ZONE 'UTC'), $12, $10, $11)
     ON CONFLICT (account_id, month, shard) DO UPDATE
       SET cost_micros = s.cost_micros + excluded.cost_micros, calls = s.calls + excluded.calls`,
    [
      accountId,
      leadId,
      promptNumber,
      paid.map((p) => p.completion.model),
      paid.map((p) => p.completion.outcome),
      paid.map((p) => (p.completion.usage ? JSON.stringify(p.completion.usage) : null)),
      paid.map((p) => p.costMicros),
      paid.map((p) => p.completion.latencyMs),
      paid.map((p) => p.completion.requestId),
      paid.reduce((sum, p) => sum + p.costMicros, 0),
      paid.length,
      shardOf(leadId),
    ],
  );
  for (const answer of paid) answer.booked();
}

/** Micro-dollars spent in this calendar month (UTC). */
export async function spentThisMonth(tx: Tx): Promise<{ costMicros: number; calls: number }> {
  const [row] = await tx.query(
    `SELECT coalesce(sum(cost_micros), 0)::bigint AS cost_micros, coalesce(sum(calls), 0)::int AS calls
       FROM spend WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC')`,
  );
  return { costMicros: row.cost_micros, calls: row.calls };
}
