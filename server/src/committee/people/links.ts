import type { Tx } from "../../database/tenancy.ts";

/** Who has told us of links: nobody of ours. */
const IN_KOMMO = "Kommo";

export interface Link {
  leadId: number;
  contactId: number;
}

/** Notes that people have come to deals or left them; once, by whatever ways it is told. */
export async function noteLinks(tx: Tx, accountId: number, kind: "linked" | "unlinked", links: readonly Link[]) {
  if (links.length === 0) return;
  await tx.query(
    `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, by_name)
     SELECT DISTINCT $1::bigint, n.lead_id, n.contact_id, $2, $3
       FROM unnest($4::bigint[], $5::bigint[]) AS n (lead_id, contact_id)
      WHERE $2 IS DISTINCT FROM (SELECT kind FROM stakeholder_change c
                                  WHERE c.lead_id = n.lead_id AND c.contact_id = n.contact_id
                                    AND c.kind IN ('linked', 'unlinked') ORDER BY c.id DESC LIMIT 1)
      ORDER BY 2, 3`,
    [accountId, kind, IN_KOMMO, links.map((link) => link.leadId), links.map((link) => link.contactId)],
  );
}

/** The deals somebody is in, as far as they were read. */
export async function dealsOf(tx: Tx, contactIds: readonly number[]): Promise<Link[]> {
  if (contactIds.length === 0) return [];
  return tx.query(
    `SELECT lead_id AS "leadId", contact_id AS "contactId" FROM lead_contact
      WHERE contact_id = ANY($1) ORDER BY lead_id, contact_id`,
    [contactIds],
  );
}
