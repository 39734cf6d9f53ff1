import { isDeepStrictEqual } from "node:util";
import type { Missing } from "@dealscope/shared/committee";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../database/tenancy.ts";
import { isSame } from "./course.ts";
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

/** @returns the hold as it is now: a new one, or the one that there was with what is missing now; and whether that has changed */
export async function keepHold(
  tx: Tx,
  accountId: number,
  leadId: number,
  { from, wanted, isOverruled, missing, refusal }: Judged,
): Promise<{ hold: Hold; isNew: boolean; isChanged: boolean }> {
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
  return { hold, isNew: before === undefined, isChanged };
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
