import type { Tx } from "../../database/tenancy.ts";

type AddressState = "bounced" | "spam";

/**
 * How mail reaches the contact `c`, by all who are him at Customer.io: those of whom he was told as, and whoever has one of his
 * addresses. Of several what is worse; the words are in that order.
 */
const STATE_OF_CONTACT = `
  (SELECT max(p.address_state) FROM (
     SELECT address_state FROM customerio_person
      WHERE id = ANY(ARRAY(SELECT person_id FROM customerio_person_contact WHERE contact_id = c.contact_id))
     UNION ALL
     SELECT address_state FROM customerio_person
      WHERE identified_by = 'email'
        AND identifier_key = ANY(ARRAY(SELECT address FROM contact_address WHERE contact_id = c.contact_id))) p)`;

/** An office may share one mailbox. */
const CONTACTS_AT_MOST = 50;

export interface MarkedContact {
  id: number;
  /** Any deal of his, in whose order his changes are written. */
  leadId: number;
  /** He is the person now; else he was once, and shows it still. */
  isHis: boolean;
  shown: AddressState | null;
  /** What he should show. */
  state: AddressState | null;
}

/** The contacts who are a person, also by what was just told, and those who show something because they were. */
export function contactsOf(
  tx: Tx,
  personId: number,
  { addresses, contactIds }: { addresses: readonly (string | null)[]; contactIds: readonly number[] },
): Promise<MarkedContact[]> {
  return tx.query(
    `SELECT c.contact_id AS id, l.lead_id AS "leadId", k.is_his AS "isHis", m.state AS shown,
            greatest(CASE WHEN k.is_his THEN (SELECT address_state FROM customerio_person WHERE id = $1) END,
                     ${STATE_OF_CONTACT}) AS state
       FROM (SELECT contact_id, bool_or(is_his) AS is_his FROM (
               SELECT contact_id, true AS is_his FROM customerio_person_contact WHERE person_id = $1
               UNION ALL SELECT contact_id, true FROM contact_address WHERE address = ANY($2)
               UNION ALL SELECT unnest($3::bigint[]), true
               UNION ALL SELECT contact_id, false FROM engagement_mark WHERE person_id = $1) a GROUP BY 1) k
       JOIN contact c ON c.contact_id = k.contact_id AND NOT c.gone
       LEFT JOIN engagement_mark m ON m.contact_id = c.contact_id
      CROSS JOIN LATERAL (SELECT lc.lead_id FROM lead_contact lc LEFT JOIN lead d ON d.lead_id = lc.lead_id
                           WHERE lc.contact_id = c.contact_id
                           ORDER BY d.gone IS NOT NULL, lc.lead_id DESC LIMIT 1) l
      ORDER BY 1 LIMIT ${CONTACTS_AT_MOST}`,
    [personId, addresses, contactIds],
  );
}

/** People because of whom some of these contacts show what is not so any more, or do not show what is. */
export async function wronglyMarked(tx: Tx, contactIds: readonly number[]): Promise<number[]> {
  const rows: { person_id: number }[] = await tx.query(
    `SELECT DISTINCT coalesce(m.person_id, pc.person_id) AS person_id
       FROM (SELECT c.contact_id, ${STATE_OF_CONTACT} AS state FROM contact c
              WHERE c.contact_id = ANY($1) AND NOT c.gone) c
       LEFT JOIN engagement_mark m ON m.contact_id = c.contact_id
       LEFT JOIN customerio_person_contact pc ON pc.contact_id = c.contact_id
      WHERE m.state IS DISTINCT FROM c.state AND coalesce(m.person_id, pc.person_id) IS NOT NULL
      ORDER BY 1`,
    [contactIds],
  );
  return rows.map(({ person_id }) => person_id);
}

export async function keepMark(tx: Tx, accountId: number, personId: number, { id, state }: MarkedContact) {
  if (state === null) {
    await tx.query("DELETE FROM engagement_mark WHERE contact_id = $1", [id]);
    return;
  }
  await tx.query(
    `INSERT INTO engagement_mark (account_id, contact_id, person_id, state) VALUES ($1, $2, $3, $4)
     ON CONFLICT (account_id, contact_id) DO UPDATE SET person_id = excluded.person_id, state = excluded.state`,
    [accountId, id, personId, state],
  );
}
