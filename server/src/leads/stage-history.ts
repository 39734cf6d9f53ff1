import type { StageRef } from "@dealscope/shared/stage-ref";
import { z } from "zod";
import type { Tx } from "../database/tenancy.ts";
import type { Event } from "../kommo/resources.ts";

export interface StageMove {
  leadId: number;
  from: { pipelineId: number | undefined; statusId: number | undefined };
  to: { pipelineId: number; statusId: number };
  at: Date;
}

const id = z.number().int();
const stage = z.object({ lead_status: z.object({ id, pipeline_id: id }) });

/** The move that an event `lead_status_changed` tells of, if it is in a form that is known. */
export function moveIn(event: Event): StageMove | undefined {
  const to = stage.safeParse(event.value_after?.[0]);
  const from = stage.safeParse(event.value_before?.[0]);
  if (!to.success) return undefined;
  return {
    leadId: event.entity_id,
    from: { pipelineId: from.data?.lead_status.pipeline_id, statusId: from.data?.lead_status.id },
    to: { pipelineId: to.data.lead_status.pipeline_id, statusId: to.data.lead_status.id },
    at: event.created_at,
  };
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

/**
 * Notes that a deal may not stand where it is, and goes `back`. The move itself stays in the history; only the deal's stays
 * go on as if it had never left. The lead is locked by the caller.
 *
 * @param seenAt when Kommo showed it there, by Kommo's clock; null: about now
 */
export async function refuseMove(
  tx: Tx,
  accountId: number,
  leadId: number,
  back: { from: StageRef; to: StageRef },
  seenAt: Date | null,
) {
  await tx.query(
    `INSERT INTO refused_move (account_id, lead_id, pipeline_id, status_id, from_pipeline_id, from_status_id, seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, coalesce($7, app_now())) ON CONFLICT DO NOTHING`,
    [accountId, leadId, back.from.pipelineId, back.from.statusId, back.to.pipelineId, back.to.statusId, seenAt],
  );
}

/**
 * Adds moves from before anybody listened. Their ordinals go on below those that are there, the newest first, so that
 * what was heard since keeps its own; moves that are known already, confirmed or not, are left alone.
 * The leads are locked by the caller.
 */
export async function recallMoves(tx: Tx, accountId: number, moves: readonly (StageMove & { eventId: string })[]) {
  if (moves.length === 0) return;
  await tx.query(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state, event_id)
     SELECT $1, m.lead_id,
            (SELECT coalesce(min(ordinal), 1) FROM stage_change WHERE lead_id = m.lead_id)
              - row_number() OVER (PARTITION BY m.lead_id ORDER BY m.at DESC, m.event_id DESC),
            m.from_pipeline_id, m.from_status_id, m.to_pipeline_id, m.to_status_id, m.at, 'confirmed', m.event_id
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::timestamptz[])
            AS m (event_id, lead_id, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at)
      WHERE NOT EXISTS (SELECT FROM stage_change k
                         WHERE k.lead_id = m.lead_id
                           AND (k.event_id = m.event_id
                                OR k.state = 'provisional' AND k.to_pipeline_id = m.to_pipeline_id AND k.to_status_id = m.to_status_id
                                   AND abs(extract(epoch FROM k.at - m.at)) <= 10))`,
    [
      accountId,
      moves.map((m) => m.eventId),
      moves.map((m) => m.leadId),
      moves.map((m) => m.from.pipelineId ?? null),
      moves.map((m) => m.from.statusId ?? null),
      moves.map((m) => m.to.pipelineId),
      moves.map((m) => m.to.statusId),
      moves.map((m) => m.at),
    ],
  );
}
