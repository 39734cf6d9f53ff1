import type { Verdict } from "@dealscope/shared/qualification";
import type { Tx } from "../database/tenancy.ts";
import type { PaidAnswer } from "./model.service.ts";

/** A verdict as it was kept. */
export interface KeptVerdict {
  id: number;
  verdict: Verdict;
  inputHash: string;
  askedBy: string;
  decidedAt: Date;
}

/** Who wanted a verdict: events, or a person by name. */
export interface Asking {
  by: string;
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

/** Adds a verdict and makes it the lead's. Verdicts are never changed afterwards. */
export async function keepVerdict(
  tx: Tx,
  accountId: number,
  leadId: number,
  verdict: Verdict,
  { inputHash, askedBy, paid }: { inputHash: string; askedBy: string; paid: readonly PaidAnswer[] },
): Promise<number> {
  const last = paid.at(-1);
  const [row] = await tx.query(
    `INSERT INTO verdict (account_id, lead_id, status, reason, segment, score, summary, next_action, question, detail,
                          input_hash, prompt_number, model, asked_by, usage, cost_micros, latency_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id`,
    [
      accountId,
      leadId,
      verdict.status,
      verdict.reason,
      verdict.segment,
      verdict.score,
      verdict.summary,
      verdict.nextAction,
      verdict.question,
      JSON.stringify(verdict),
      inputHash,
      verdict.promptVersion,
      verdict.model,
      askedBy,
      last?.completion.usage ? JSON.stringify(last.completion.usage) : null,
      paid.reduce((sum, answer) => sum + answer.costMicros, 0),
      last?.completion.latencyMs ?? null,
    ],
  );
  await tx.query(
    `INSERT INTO lead AS l (account_id, lead_id, verdict_id, segment, score) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (account_id, lead_id) DO UPDATE SET verdict_id = excluded.verdict_id,
       segment = CASE WHEN $6 THEN l.segment ELSE excluded.segment END,
       score = CASE WHEN $6 THEN l.score ELSE excluded.score END`,
    [accountId, leadId, row.id, verdict.segment, verdict.score, await isLocked(tx, leadId)],
  );
  return row.id;
}

/** What was paid, whatever came of it; the month's sum is what the cap looks at. */
export async function keepCosts(
  tx: Tx,
  accountId: number,
  leadId: number,
  promptNumber: number,
  paid: readonly PaidAnswer[],
) {
  for (const { completion, costMicros } of paid) {
    await tx.query(
      `WITH s AS (
         INSERT INTO spend AS s (account_id, month, cost_micros, calls)
         VALUES ($1, date_trunc('month', app_now() AT TIME ZONE 'UTC'), $7, 1)
         ON CONFLICT (account_id, month) DO UPDATE SET cost_micros = s.cost_micros + excluded.cost_micros, calls = s.calls + 1)
       INSERT INTO model_call (account_id, lead_id, prompt_number, model, outcome, usage, cost_micros, latency_ms, request_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        accountId,
        leadId,
        promptNumber,
        completion.model,
        completion.outcome,
        completion.usage ? JSON.stringify(completion.usage) : null,
        costMicros,
        completion.latencyMs,
        completion.requestId,
      ],
    );
  }
}

/** Micro-dollars spent in this calendar month (UTC). */
export async function spentThisMonth(tx: Tx): Promise<{ costMicros: number; calls: number }> {
  const [row] = await tx.query(
    "SELECT cost_micros, calls FROM spend WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC')",
  );
  return { costMicros: row?.cost_micros ?? 0, calls: row?.calls ?? 0 };
}

export interface ActiveOverride {
  id: number;
  segment: string | null;
  score: number | null;
  reason: string;
  byName: string;
  at: Date;
  expiresAt: Date | null;
}

/** The override that holds now: the newest entry, unless it is a clearing or has expired. */
export async function activeOverride(tx: Tx, leadId: number): Promise<ActiveOverride | null> {
  const [row] = await tx.query(
    `SELECT * FROM (SELECT * FROM override WHERE lead_id = $1 ORDER BY id DESC LIMIT 1) o
      WHERE kind = 'set' AND (expires_at IS NULL OR expires_at > app_now())`,
    [leadId],
  );
  if (!row) return null;
  return {
    id: row.id,
    segment: row.segment,
    score: row.score,
    reason: row.reason,
    byName: row.by_name,
    at: row.at,
    expiresAt: row.expires_at,
  };
}

async function isLocked(tx: Tx, leadId: number): Promise<boolean> {
  return (await activeOverride(tx, leadId)) !== null;
}
