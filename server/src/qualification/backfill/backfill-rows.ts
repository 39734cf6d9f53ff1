import { type Backfill, BackfillFilter } from "@dealscope/shared/backfill";
import type { Tx } from "../../database/tenancy.ts";

export type BackfillState = Backfill["state"];

export interface BackfillRow {
  id: number;
  state: BackfillState;
  filter: BackfillFilter;
  next_page: number;
  created_by: string;
  created_at: Date;
  started_at: Date | null;
  ended_at: Date | null;
}

/** What has become of its leads, and what they have cost since it began. */
export interface Progress {
  total: number;
  judged: number;
  failed: number;
  gone: number;
  costMicros: number;
  /** Ended in the last five minutes, and how many seconds of these it has run. */
  lately: number;
  latelySeconds: number;
  waitingFor: string | null;
}

export async function findBackfill(tx: Tx, id: number): Promise<BackfillRow | undefined> {
  const [row] = await tx.query("SELECT * FROM backfill WHERE id = $1", [id]);
  return row && { ...row, filter: BackfillFilter.parse(row.filter) };
}

export async function progressOf(tx: Tx, id: number): Promise<Progress> {
  const [row] = await tx.query(
    `SELECT count(*)::int AS total,
            count(*) FILTER (WHERE outcome = 'judged')::int AS judged,
            count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
            count(*) FILTER (WHERE outcome = 'gone')::int AS gone,
            count(*) FILTER (WHERE ended_at > app_now() - interval '5 minutes')::int AS lately,
            extract(epoch FROM app_now() - greatest(app_now() - interval '5 minutes', min(queued_at)))::float8 AS lately_seconds,
            (SELECT coalesce(sum(c.cost_micros), 0)::bigint FROM model_call c JOIN backfill b ON b.id = $1
              WHERE c.at >= b.started_at AND (b.ended_at IS NULL OR c.at <= b.ended_at)
                AND EXISTS (SELECT FROM backfill_lead l WHERE l.backfill_id = $1 AND l.lead_id = c.lead_id AND l.queued_at <= c.at))
              AS cost_micros,
            (SELECT w.last_error FROM work w JOIN backfill_lead l ON l.lead_id = w.subject
              WHERE l.backfill_id = $1 AND l.outcome IS NULL AND w.kind = 'qualify' AND w.waits > 0 AND w.last_error <> ''
              LIMIT 1) AS waiting_for
       FROM backfill_lead WHERE backfill_id = $1`,
    [id],
  );
  return {
    total: row.total,
    judged: row.judged,
    failed: row.failed,
    gone: row.gone,
    costMicros: row.cost_micros,
    lately: row.lately,
    latelySeconds: row.lately_seconds ?? 0,
    waitingFor: row.waiting_for,
  };
}

/** Leads whose work has ended since they were queued get their outcome; what a lead ended with is its newest verdict. */
export async function markEnded(tx: Tx, id: number) {
  await tx.query(
    `UPDATE backfill_lead b
        SET ended_at = app_now(),
            outcome = CASE WHEN l.gone IS NOT NULL THEN 'gone'
                           WHEN v.id IS NULL OR v.status = 'needs_manual' THEN 'failed' ELSE 'judged' END
       FROM lead l
       LEFT JOIN LATERAL (SELECT id, status FROM verdict v WHERE v.lead_id = l.lead_id ORDER BY id DESC LIMIT 1) v ON true
      WHERE b.backfill_id = $1 AND b.outcome IS NULL AND b.queued_at IS NOT NULL AND l.lead_id = b.lead_id
        AND NOT EXISTS (SELECT FROM work w WHERE w.kind = 'qualify' AND w.subject = b.lead_id AND w.state = 'open')`,
    [id],
  );
}

/** The next leads to be queued, so many that `abreast` of them are under way. */
export async function takeNext(tx: Tx, id: number, abreast: number): Promise<number[]> {
  const [rows] = await tx.query(
    `UPDATE backfill_lead SET queued_at = app_now()
      WHERE backfill_id = $1 AND lead_id IN (
        SELECT lead_id FROM backfill_lead
         WHERE backfill_id = $1 AND queued_at IS NULL AND outcome IS NULL
         ORDER BY lead_id DESC
         LIMIT greatest(0, $2 - (SELECT count(*) FROM backfill_lead
                                  WHERE backfill_id = $1 AND queued_at IS NOT NULL AND outcome IS NULL)))
      RETURNING lead_id`,
    [id, abreast],
  );
  return rows.map((row: { lead_id: number }) => row.lead_id);
}

export async function hasLeft(tx: Tx, id: number): Promise<boolean> {
  const left = await tx.query("SELECT FROM backfill_lead WHERE backfill_id = $1 AND outcome IS NULL LIMIT 1", [id]);
  return left.length > 0;
}

/** Takes back what is queued and not being judged at this moment, so that a pause is one at once. */
export async function takeBack(tx: Tx, id: number, backfillPriority: number) {
  await tx.query(
    `WITH taken AS (
       DELETE FROM work w USING backfill_lead b
        WHERE b.backfill_id = $1 AND b.outcome IS NULL AND b.queued_at IS NOT NULL
          AND w.kind = 'qualify' AND w.subject = b.lead_id AND w.priority = $2
          AND (w.leased_until IS NULL OR w.leased_until < app_now())
       RETURNING w.subject)
     UPDATE backfill_lead SET queued_at = NULL WHERE backfill_id = $1 AND lead_id IN (SELECT subject FROM taken)`,
    [id, backfillPriority],
  );
}
