import type { Tx } from "../../database/tenancy.ts";

/** Who has told us of merges: nobody of ours. */
const IN_KOMMO = "Kommo";

/** What makes a row said of one the same as a row said of the other; the one of `from` is left behind then. */
const SAME = {
  stakeholder: "true",
  role_suggestion: "there.role = gone.role",
  objection: "there.said_id = gone.said_id AND there.topic IS NOT DISTINCT FROM gone.topic",
};

/**
 * Two people, or two deals, have become one: what was said of `from` is said of `to`. Where something is said of both, the
 * word about the one that is left stands.
 * @returns the deals it changes
 */
export async function follow(
  tx: Tx,
  accountId: number,
  which: "contact" | "lead",
  from: number,
  to: number,
): Promise<number[]> {
  const [own, other] = which === "contact" ? ["contact_id", "lead_id"] : ["lead_id", "contact_id"];
  const moving = async (table: keyof typeof SAME): Promise<{ lead_id: number }[]> => {
    const [moved] = await tx.query(
      `UPDATE ${table} gone SET ${own} = $2
        WHERE gone.${own} = $1
          AND NOT EXISTS (SELECT FROM ${table} there
                           WHERE there.${own} = $2 AND there.${other} = gone.${other} AND ${SAME[table]})
       RETURNING *`,
      [from, to],
    );
    return moved;
  };
  const parts = await moving("stakeholder");
  // Reports look back at what was so when; that it came by a merge is a change like others.
  await tx.query(
    `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, after, by_name)
     SELECT $1, s.lead_id, s.contact_id, k.kind, k.after, $3
       FROM jsonb_populate_recordset(NULL::stakeholder, $2) s
      CROSS JOIN LATERAL (VALUES ('role', s.role), ('approval', nullif(s.approval, 'pending'))) AS k (kind, after)
      WHERE k.after IS NOT NULL`,
    [accountId, JSON.stringify(parts), IN_KOMMO],
  );
  const moved = [...parts, ...(await moving("role_suggestion")), ...(await moving("objection"))];
  return [...new Set(moved.map((row) => row.lead_id))];
}
