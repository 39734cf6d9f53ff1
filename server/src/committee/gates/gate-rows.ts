import type { Missing } from "@dealscope/shared/committee";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../database/tenancy.ts";
import type { OurMove, Standing } from "./course.ts";
import type { Member } from "./evaluate.ts";

export interface Hold {
  id: number;
  wanted: StageRef;
  missing: Missing[];
  remindedAt: Date | null;
  escalatedAt: Date | null;
  ageMs: number;
}

export type Outcome = "approved" | "overruled" | "given_up" | "released" | "gone";

export interface Place extends Omit<Standing, "wanted"> {
  /** Where it stood last that was not lost. */
  open: StageRef | null;
  /** No move of it has been judged yet. */
  isAssumed: boolean;
}

interface PlaceRow {
  pipeline_id: number;
  status_id: number;
  moving_pipeline_id: number | null;
  moving_status_id: number | null;
  open_pipeline_id: number | null;
  open_status_id: number | null;
  is_assumed: boolean;
}

/** The lead is locked by whoever goes on to change any of this. */
export async function readPlace(tx: Tx, leadId: number): Promise<Place | undefined> {
  const [row]: PlaceRow[] = await tx.query("SELECT * FROM gate_place WHERE lead_id = $1", [leadId]);
  if (!row) return undefined;
  return {
    place: { pipelineId: row.pipeline_id, statusId: row.status_id },
    moving: pair(row.moving_pipeline_id, row.moving_status_id),
    open: pair(row.open_pipeline_id, row.open_status_id),
    isAssumed: row.is_assumed,
  };
}

export async function keepPlace(tx: Tx, accountId: number, leadId: number, { place, moving, open, isAssumed }: Place) {
  await tx.query(
    `INSERT INTO gate_place AS g (account_id, lead_id, pipeline_id, status_id, moving_pipeline_id, moving_status_id,
                                  open_pipeline_id, open_status_id, is_assumed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (account_id, lead_id) DO UPDATE SET
       since = CASE WHEN (g.pipeline_id, g.status_id) = (excluded.pipeline_id, excluded.status_id) THEN g.since ELSE app_now() END,
       pipeline_id = excluded.pipeline_id, status_id = excluded.status_id,
       moving_pipeline_id = excluded.moving_pipeline_id, moving_status_id = excluded.moving_status_id,
       open_pipeline_id = excluded.open_pipeline_id, open_status_id = excluded.open_status_id,
       is_assumed = excluded.is_assumed`,
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
    ],
  );
}

export async function openHold(tx: Tx, leadId: number): Promise<Hold | undefined> {
  const [row] = await tx.query(
    `SELECT id, wanted_pipeline_id, wanted_status_id, missing, reminded_at, escalated_at,
            (extract(epoch FROM app_now() - since) * 1000)::float8 AS age_ms
       FROM hold WHERE lead_id = $1 AND ended_at IS NULL`,
    [leadId],
  );
  if (!row) return undefined;
  return {
    id: row.id,
    wanted: { pipelineId: row.wanted_pipeline_id, statusId: row.wanted_status_id },
    missing: row.missing,
    remindedAt: row.reminded_at,
    escalatedAt: row.escalated_at,
    ageMs: row.age_ms,
  };
}

/** @returns the hold as it is now: a new one, or the one that there was with what is missing now */
export async function keepHold(
  tx: Tx,
  accountId: number,
  leadId: number,
  { from, wanted, missing }: { from: StageRef; wanted: StageRef; missing: readonly Missing[] },
): Promise<Hold> {
  await tx.query(
    `INSERT INTO hold (account_id, lead_id, from_pipeline_id, from_status_id, wanted_pipeline_id, wanted_status_id, missing)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (account_id, lead_id) WHERE ended_at IS NULL DO UPDATE SET
       wanted_pipeline_id = excluded.wanted_pipeline_id, wanted_status_id = excluded.wanted_status_id,
       missing = excluded.missing`,
    [accountId, leadId, from.pipelineId, from.statusId, wanted.pipelineId, wanted.statusId, JSON.stringify(missing)],
  );
  const hold = await openHold(tx, leadId);
  if (!hold) throw new Error(`The hold of lead ${leadId} was not kept.`);
  await keepReasons(tx, accountId, hold.id, missing);
  return hold;
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

/** The newest move of ours that is still to be written. */
export async function moveUnderWay(tx: Tx, leadId: number): Promise<OurMove | null> {
  const [row] = await tx.query(
    `SELECT body->'stage' AS "to", expect->'stage' AS "from" FROM write
      WHERE lead_id = $1 AND state = 'due' AND origin = 'gate' AND target = 'lead' AND body ? 'stage'
      ORDER BY seq DESC LIMIT 1`,
    [leadId],
  );
  return row ?? null;
}

/** Whether a move of ours has been written, or given up, since then. */
export async function hasMovedSince(tx: Tx, leadId: number, since: Date): Promise<boolean> {
  const [row] = await tx.query(
    `SELECT EXISTS (SELECT FROM write WHERE lead_id = $1 AND origin = 'gate' AND target = 'lead' AND body ? 'stage'
                       AND ended_at >= $2) AS has`,
    [leadId, since],
  );
  return row.has;
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
