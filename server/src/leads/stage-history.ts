import type { Tx } from "../database/tenancy.ts";

export interface StageMove {
  leadId: number;
  from: { pipelineId: number | undefined; statusId: number | undefined };
  to: { pipelineId: number; statusId: number };
  at: Date;
}

/**
 * Notes a move that a webhook told of. It is provisional until `/events` confirms it: hooks come late and in disorder.
 * The lead is locked by the caller, so that its ordinals are given one after the other.
 */
export async function hearMove(tx: Tx, accountId: number, move: StageMove) {
  await tx.query(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state)
     SELECT $1, $2, coalesce(max(ordinal), 0) + 1, $3, $4, $5, $6, $7, 'provisional' FROM stage_change WHERE lead_id = $2
     HAVING NOT EXISTS (SELECT FROM stage_change WHERE lead_id = $2 AND to_pipeline_id = $5 AND to_status_id = $6
                           AND from_status_id IS NOT DISTINCT FROM $4 AND abs(extract(epoch FROM at - $7)) <= 10)`,
    [
      accountId,
      move.leadId,
      move.from.pipelineId ?? null,
      move.from.statusId ?? null,
      move.to.pipelineId,
      move.to.statusId,
      move.at,
    ],
  );
}

/**
 * Confirms a move by its event: the provisional row from → to within 10 s, or a new row when no hook told of it.
 * The lead is locked by the caller, as for `hearMove`.
 * @returns whether the move had not been known
 */
export async function confirmMove(tx: Tx, accountId: number, eventId: string, move: StageMove): Promise<boolean> {
  const [known] = await tx.query("SELECT 1 FROM stage_change WHERE event_id = $1", [eventId]);
  if (known) return false;
  const [, confirmed] = await tx.query(
    `UPDATE stage_change SET state = 'confirmed', event_id = $1, at = $7,
            from_pipeline_id = $3, from_status_id = $4
      WHERE (lead_id, ordinal) = (
        SELECT lead_id, ordinal FROM stage_change
         WHERE lead_id = $2 AND state = 'provisional' AND to_pipeline_id = $5 AND to_status_id = $6
           AND (from_status_id IS NULL OR from_status_id = $4) AND abs(extract(epoch FROM at - $7)) <= 10
         ORDER BY ordinal LIMIT 1)`,
    [
      eventId,
      move.leadId,
      move.from.pipelineId ?? null,
      move.from.statusId ?? null,
      move.to.pipelineId,
      move.to.statusId,
      move.at,
    ],
  );
  if (confirmed > 0) return false;
  await tx.query(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state, event_id)
     SELECT $1, $2, coalesce(max(ordinal), 0) + 1, $3, $4, $5, $6, $7, 'confirmed', $8 FROM stage_change WHERE lead_id = $2`,
    [
      accountId,
      move.leadId,
      move.from.pipelineId ?? null,
      move.from.statusId ?? null,
      move.to.pipelineId,
      move.to.statusId,
      move.at,
      eventId,
    ],
  );
  return true;
}
