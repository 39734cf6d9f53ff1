import { isDeepStrictEqual } from "node:util";
import type { Missing } from "@dealscope/shared/committee";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../database/tenancy.ts";
import { isSame, type Standing } from "./course.ts";
import type { Member } from "./evaluate.ts";

export interface Hold {
  id: number;
  wanted: StageRef;
  missing: Missing[];
  /** Who has let it pass, which lasts until it has arrived. */
  overruledBy: string | null;
  /** What Kommo has said to our move of the deal. */
  refusal: string | null;
  /** A note says that it was sent back from where it is wanted. */
  isNoted: boolean;
  remindedAt: Date | null;
  escalatedAt: Date | null;
  ageMs: number;
}

export type Outcome = "approved" | "overruled" | "given_up" | "released" | "gone";

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

export async function openHold(tx: Tx, leadId: number): Promise<Hold | undefined> {
  const [row] = await tx.query(
    `SELECT id, wanted_pipeline_id, wanted_status_id, missing, overruled_by, refusal, is_noted, reminded_at, escalated_at,
            (extract(epoch FROM app_now() - since) * 1000)::float8 AS age_ms
       FROM hold WHERE lead_id = $1 AND ended_at IS NULL`,
    [leadId],
  );
  if (!row) return undefined;
  return {
    id: row.id,
    wanted: { pipelineId: row.wanted_pipeline_id, statusId: row.wanted_status_id },
    missing: row.missing,
    overruledBy: row.overruled_by,
    refusal: row.refusal,
    isNoted: row.is_noted,
    remindedAt: row.reminded_at,
    escalatedAt: row.escalated_at,
    ageMs: row.age_ms,
  };
}

/** A hold as it is judged. */
export interface Judged {
  from: StageRef;
  wanted: StageRef;
  isOverruled: boolean;
  missing: readonly Missing[];
  refusal: string | null;
}

/** @returns the hold as it is now: a new one, or the one that there was with what is missing now; and whether it has changed */
export async function keepHold(
  tx: Tx,
  accountId: number,
  leadId: number,
  { from, wanted, isOverruled, missing, refusal }: Judged,
): Promise<{ hold: Hold; isChanged: boolean }> {
  const before = await openHold(tx, leadId);
  await tx.query(
    `INSERT INTO hold AS h (account_id, lead_id, from_pipeline_id, from_status_id, wanted_pipeline_id, wanted_status_id,
                            missing, refusal)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
     ON CONFLICT (account_id, lead_id) WHERE ended_at IS NULL DO UPDATE SET
       wanted_pipeline_id = excluded.wanted_pipeline_id, wanted_status_id = excluded.wanted_status_id,
       missing = excluded.missing, refusal = excluded.refusal, overruled_by = CASE WHEN $9 THEN h.overruled_by END,
       is_noted = h.is_noted AND (h.wanted_pipeline_id, h.wanted_status_id)
                               = (excluded.wanted_pipeline_id, excluded.wanted_status_id)`,
    [
      ...[accountId, leadId, from.pipelineId, from.statusId, wanted.pipelineId, wanted.statusId],
      ...[JSON.stringify(missing), refusal, isOverruled],
    ],
  );
  const hold = await openHold(tx, leadId);
  if (!hold) throw new Error(`The hold of lead ${leadId} was not kept.`);
  await keepReasons(tx, accountId, hold.id, missing);
  const isChanged =
    before !== undefined &&
    !(isSame(before.wanted, wanted) && isDeepStrictEqual(before.missing, missing) && before.refusal === refusal);
  return { hold, isChanged };
}

/** A person lets it pass. It is a hold until it has arrived: Kommo may refuse the move. */
export async function overruleHold(tx: Tx, accountId: number, holdId: number, by: string) {
  await tx.query("UPDATE hold SET overruled_by = $2, missing = '[]' WHERE id = $1", [holdId, by]);
  await keepReasons(tx, accountId, holdId, []);
}

export async function endHold(tx: Tx, holdId: number, outcome: Outcome, by: string | null) {
  await tx.query(
    "UPDATE hold SET outcome = $2, ended_by = $3, ended_at = app_now() WHERE id = $1 AND ended_at IS NULL",
    [holdId, outcome, by],
  );
  await tx.query("UPDATE hold_reason SET ended_at = app_now() WHERE hold_id = $1 AND ended_at IS NULL", [holdId]);
}

/** A reason that is told again goes on; one that came back after it was gone is a new one. */
async function keepReasons(tx: Tx, accountId: number, holdId: number, missing: readonly Missing[]) {
  const reasons = missing.map(reasonOf);
  const lists = [reasons.map((r) => r.kind), reasons.map((r) => r.what), reasons.map((r) => r.contactId)];
  const isThere = `(r.kind, r.what) = (n.kind, n.what) AND r.contact_id IS NOT DISTINCT FROM n.contact_id`;
  const told = "unnest($2::text[], $3::text[], $4::bigint[]) AS n (kind, what, contact_id)";
  await tx.query(
    `UPDATE hold_reason r SET ended_at = app_now()
      WHERE r.hold_id = $1 AND r.ended_at IS NULL AND NOT EXISTS (SELECT FROM ${told} WHERE ${isThere})`,
    [holdId, ...lists],
  );
  await tx.query(
    `INSERT INTO hold_reason (account_id, hold_id, kind, what, contact_id)
     SELECT $5, $1, n.* FROM ${told}
      WHERE NOT EXISTS (SELECT FROM hold_reason r WHERE r.hold_id = $1 AND r.ended_at IS NULL AND ${isThere})`,
    [holdId, ...lists, accountId],
  );
}

function reasonOf(missing: Missing): { kind: string; what: string; contactId: number | null } {
  const { kind } = missing;
  switch (kind) {
    case "role":
      return { kind, what: missing.role, contactId: null };
    case "approval":
      return { kind, what: missing.role, contactId: missing.contactId };
    case "field":
      return { kind, what: String(missing.fieldId), contactId: null };
    case "skipped":
      return { kind, what: String(missing.statusId), contactId: null };
    case "coverage":
    case "moved_back":
      return { kind, what: "", contactId: null };
  }
}

/** Everybody who is linked to the deal, with what was said of him there. */
export async function readMembers(tx: Tx, leadId: number): Promise<(Member & { name: string })[]> {
  return tx.query(
    `SELECT lc.contact_id AS "contactId", coalesce(c.name, '') AS name, s.role, coalesce(s.approval, 'pending') AS approval
       FROM lead_contact lc
       LEFT JOIN contact c ON c.contact_id = lc.contact_id
       LEFT JOIN stakeholder s ON s.lead_id = lc.lead_id AND s.contact_id = lc.contact_id
      WHERE lc.lead_id = $1 AND c.gone IS NOT true ORDER BY lc.contact_id`,
    [leadId],
  );
}

/** Who is to be told: the first of these who still works there, or else an administrator. */
export async function firstActive(
  tx: Tx,
  userIds: readonly (number | null | undefined)[],
): Promise<number | undefined> {
  const [row] = await tx.query(
    `SELECT user_id FROM kommo_user WHERE is_active AND (user_id = ANY($1) OR is_admin)
      ORDER BY array_position($1, user_id) NULLS LAST, user_id LIMIT 1`,
    [userIds.filter((id) => id !== null && id !== undefined)],
  );
  return row?.user_id;
}

function pair(pipelineId: number | null, statusId: number | null): StageRef | null {
  return pipelineId === null || statusId === null ? null : { pipelineId, statusId };
}
