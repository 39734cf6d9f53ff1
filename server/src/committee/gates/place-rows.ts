import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../database/tenancy.ts";
import type { Standing } from "./course.ts";

export interface Place extends Pick<Standing, "place" | "moving"> {
  /** Where it stood last that was not lost. */
  open: StageRef | null;
  /** No move of it has been judged yet. */
  isAssumed: boolean;
  since: Date;
  /** Up to which of the moves told of it lies behind it. */
  seen: number;
}

interface PlaceRow {
  pipeline_id: number;
  status_id: number;
  moving_pipeline_id: number | null;
  moving_status_id: number | null;
  open_pipeline_id: number | null;
  open_status_id: number | null;
  assumed_until: Date | null;
  since: Date;
  seen_move: number;
}

/** The lead is locked by whoever goes on to change any of this. */
export async function readPlace(tx: Tx, leadId: number): Promise<Place | undefined> {
  const [row]: PlaceRow[] = await tx.query("SELECT * FROM gate_place WHERE lead_id = $1", [leadId]);
  if (!row) return undefined;
  return {
    place: { pipelineId: row.pipeline_id, statusId: row.status_id },
    moving: pair(row.moving_pipeline_id, row.moving_status_id),
    open: pair(row.open_pipeline_id, row.open_status_id),
    isAssumed: row.assumed_until !== null,
    since: row.since,
    seen: row.seen_move,
  };
}

/**
 * Since when the deal has stood in the stage `$3, $4`, for all that is known: its last move to there that we have heard of,
 * or its creation.
 */
const ENTERED = `coalesce(
  (SELECT max(at) FROM stage_change WHERE lead_id = $2 AND (to_pipeline_id, to_status_id) = ($3, $4)),
  (SELECT kommo_created_at FROM lead WHERE lead_id = $2), app_now())`;

/** Of the moves that we have heard of, those before `$1` lie behind it. */
const seenBefore = (at: string) =>
  `coalesce((SELECT max(ordinal) FROM stage_change WHERE lead_id = $2 AND at < ${at}), 0)`;

/** Kommo's clock may be so far ahead of ours. */
const AHEAD = "interval '3 minutes'";
/** A move that is told so much later than others of the same deal has nothing to do with where it stands now. */
const TOGETHER = "interval '15 minutes'";

/** Where the deal stood before anything of ours has looked at it; `at` by Kommo's clock. */
export async function assumePlace(tx: Tx, accountId: number, leadId: number, stage: StageRef, at: Date | undefined) {
  await tx.query(
    `INSERT INTO gate_place (account_id, lead_id, pipeline_id, status_id, since, assumed_until, seen_move)
     VALUES ($1, $2, $3, $4, coalesce($5, app_now()), coalesce($5, app_now()), ${seenBefore("coalesce($5, app_now())")})
     ON CONFLICT (account_id, lead_id) DO NOTHING`,
    [accountId, leadId, stage.pipelineId, stage.statusId, at ?? null],
  );
}

/** Told late: a move to where we have taken a deal to be at home says how it came to be there. */
export async function assumeBefore(tx: Tx, leadId: number, from: StageRef, to: StageRef, at: Date) {
  await tx.query(
    `UPDATE gate_place SET pipeline_id = $3, status_id = $4, since = $1, assumed_until = $1,
            seen_move = ${seenBefore("$1")}
      WHERE lead_id = $2 AND (pipeline_id, status_id) = ($5, $6) AND $1 <= assumed_until AND $1 > assumed_until - ${TOGETHER}`,
    [at, leadId, from.pipelineId, from.statusId, to.pipelineId, to.statusId],
  );
}

export async function keepPlace(
  tx: Tx,
  accountId: number,
  leadId: number,
  { place, moving, open, isAssumed, seen }: Omit<Place, "since">,
) {
  await tx.query(
    `INSERT INTO gate_place AS g (account_id, lead_id, pipeline_id, status_id, moving_pipeline_id, moving_status_id,
                                  open_pipeline_id, open_status_id, since, assumed_until, seen_move)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ${ENTERED}, CASE WHEN $9 THEN app_now() + ${AHEAD} END, $10)
     ON CONFLICT (account_id, lead_id) DO UPDATE SET
       since = CASE WHEN (g.pipeline_id, g.status_id) <> (excluded.pipeline_id, excluded.status_id) THEN app_now()
                    -- It was heard of before it was read.
                    WHEN g.assumed_until IS NOT NULL THEN least(g.since, excluded.since) ELSE g.since END,
       pipeline_id = excluded.pipeline_id, status_id = excluded.status_id,
       moving_pipeline_id = excluded.moving_pipeline_id, moving_status_id = excluded.moving_status_id,
       open_pipeline_id = excluded.open_pipeline_id, open_status_id = excluded.open_status_id, seen_move = excluded.seen_move,
       assumed_until = CASE WHEN $9 THEN coalesce(g.assumed_until, excluded.assumed_until) END`,
    [
      accountId,
      leadId,
      place.pipelineId,
      place.statusId,
      moving?.pipelineId ?? null,
      moving?.statusId ?? null,
      open?.pipelineId ?? null,
      open?.statusId ?? null,
      isAssumed,
      seen,
    ],
  );
}

function pair(pipelineId: number | null, statusId: number | null): StageRef | null {
  return pipelineId === null || statusId === null ? null : { pipelineId, statusId };
}
