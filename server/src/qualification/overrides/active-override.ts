import type { Tx } from "../../database/tenancy.ts";

/** A person's word that holds now. */
export interface ActiveOverride {
  id: number;
  segment: string | null;
  score: number | null;
  reason: string;
  byName: string;
  at: Date;
  expiresAt: Date | null;
}

/** The newest entry of the lead `$1`, unless it is a clearing or has expired. */
export const ACTIVE_OVERRIDE = `
  SELECT newest.* FROM (SELECT * FROM override WHERE lead_id = $1 ORDER BY id DESC LIMIT 1) newest
   WHERE kind = 'set' AND (expires_at IS NULL OR expires_at > app_now())`;

export async function activeOverride(tx: Tx, leadId: number): Promise<ActiveOverride | null> {
  const [row] = await tx.query(ACTIVE_OVERRIDE, [leadId]);
  return row ? toOverride(row) : null;
}

/** From a row, or from the same row as JSON. */
export function toOverride(row: {
  id: number;
  segment: string | null;
  score: number | null;
  reason: string;
  by_name: string;
  at: string | Date;
  expires_at: string | Date | null;
}): ActiveOverride {
  return {
    id: row.id,
    segment: row.segment,
    score: row.score,
    reason: row.reason,
    byName: row.by_name,
    at: new Date(row.at),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
  };
}
