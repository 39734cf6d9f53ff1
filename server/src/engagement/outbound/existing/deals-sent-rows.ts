import type { Tx } from "../../../database/tenancy.ts";
import { CUSTOMERIO_DEAL } from "../../kinds.ts";

export interface DealsSentRow {
  id: number;
  state: "counting" | "running" | "done" | "cancelled";
  next_page: number;
  started_at: Date;
  ended_at: Date | null;
}

export interface SentProgress {
  total: number;
  done: number;
  failed: number;
  waiting_for: string | null;
}

export async function latestDealsSent(tx: Tx): Promise<DealsSentRow | undefined> {
  const [row] = await tx.query("SELECT * FROM deals_sent ORDER BY id DESC LIMIT 1");
  return row;
}

export async function findDealsSent(tx: Tx, id: number): Promise<DealsSentRow | undefined> {
  const [row] = await tx.query("SELECT * FROM deals_sent WHERE id = $1 FOR UPDATE", [id]);
  return row;
}

export async function addLeads(tx: Tx, accountId: number, id: number, leadIds: readonly number[]) {
  await tx.query(
    `INSERT INTO deals_sent_lead (account_id, deals_sent_id, lead_id)
     SELECT $1, $2, lead FROM unnest($3::bigint[]) AS lead ON CONFLICT DO NOTHING`,
    [accountId, id, leadIds],
  );
}

/** What waits is named: the deals' own work, or the sending of all. */
export async function progressOf(tx: Tx, id: number): Promise<SentProgress> {
  const [row] = await tx.query(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE outcome = 'done')::int AS done,
            count(*) FILTER (WHERE outcome = 'failed')::int AS failed,
            (SELECT last_error FROM work
              WHERE kind IN ('customerio_deals_sent', 'customerio_deal', 'customerio_send') AND state = 'open' AND waits > 0
                AND last_error <> '' ORDER BY kind DESC LIMIT 1) AS waiting_for
       FROM deals_sent_lead WHERE deals_sent_id = $1`,
    [id],
  );
  return row;
}

/** Those whose work has ended since they were queued. */
export async function markEnded(tx: Tx, id: number) {
  await tx.query(
    `UPDATE deals_sent_lead l
        SET outcome = CASE WHEN EXISTS (SELECT FROM work w WHERE w.kind = $2 AND w.subject = l.lead_id AND w.state = 'dead')
                           THEN 'failed' ELSE 'done' END
      WHERE deals_sent_id = $1 AND outcome IS NULL AND queued_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM work w WHERE w.kind = $2 AND w.subject = l.lead_id AND w.state = 'open')`,
    [id, CUSTOMERIO_DEAL],
  );
}

/** The next ones, newest first, so many that `abreast` of them are under way. */
export async function takeNext(tx: Tx, id: number, abreast: number): Promise<number[]> {
  const [rows]: [{ lead_id: number }[]] = await tx.query(
    `UPDATE deals_sent_lead SET queued_at = app_now()
      WHERE deals_sent_id = $1 AND lead_id = ANY(ARRAY(
        SELECT lead_id FROM deals_sent_lead WHERE deals_sent_id = $1 AND queued_at IS NULL AND outcome IS NULL ORDER BY lead_id DESC
         LIMIT greatest(0, $2 - (SELECT count(*) FROM deals_sent_lead
                                  WHERE deals_sent_id = $1 AND queued_at IS NOT NULL AND outcome IS NULL))))
      RETURNING lead_id`,
    [id, abreast],
  );
  return rows.map(({ lead_id }) => lead_id);
}

export async function hasLeft(tx: Tx, id: number): Promise<boolean> {
  const left = await tx.query("SELECT FROM deals_sent_lead WHERE deals_sent_id = $1 AND outcome IS NULL LIMIT 1", [id]);
  return left.length > 0;
}

export async function endDealsSent(tx: Tx, id: number, state: "done" | "cancelled") {
  await tx.query("UPDATE deals_sent SET state = $2, ended_at = app_now() WHERE id = $1 AND ended_at IS NULL", [
    id,
    state,
  ]);
}

/** What is queued for this alone and is not being done at this moment. */
export async function takeBack(tx: Tx, id: number, priority: number) {
  await tx.query(
    `DELETE FROM work w USING deals_sent_lead l
      WHERE l.deals_sent_id = $1 AND l.outcome IS NULL AND l.queued_at IS NOT NULL
        AND w.kind = $2 AND w.subject = l.lead_id AND w.priority = $3
        AND (w.leased_until IS NULL OR w.leased_until < app_now())`,
    [id, CUSTOMERIO_DEAL, priority],
  );
}
