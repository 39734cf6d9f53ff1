import type { Tx } from "../database/tenancy.ts";

/** As many as Kommo shows in one call. */
const AT_MOST = 250;

/**
 * Those of these leads that may be open: not what was read as closed since we are connected, and not heard of after it.
 * Of very many the ones that are known to be open and were changed last, then the newest: whoever shares an address with a whole office has
 * deals without number.
 */
export async function mayBeOpen(tx: Tx, leadIds: readonly number[]): Promise<number[]> {
  if (leadIds.length === 0) return [];
  const rows: { id: number }[] = await tx.query(
    `SELECT n.id FROM (SELECT DISTINCT unnest($1::bigint[]) AS id) n
       LEFT JOIN lead l ON l.lead_id = n.id AND l.gone IS NULL
       LEFT JOIN heard_lead h ON h.lead_id = n.id
      WHERE l.closed_at IS NULL OR h.at > l.kommo_updated_at
         OR l.seen_at < (SELECT connected_at FROM account)
      ORDER BY l.kommo_updated_at IS NULL, greatest(h.at, l.kommo_updated_at) DESC, n.id DESC
      LIMIT ${AT_MOST}`,
    [leadIds],
  );
  return rows.map(({ id }) => id);
}
