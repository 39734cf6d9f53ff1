import type { Tx } from "../../database/tenancy.ts";

/**
 * Forgets whose mails these were and what stood in them. That something was read, when and whether by a machine, stays:
 * deals are counted by it. Whoever shares the mailbox stays known by it.
 * @returns by what webhooks about the person are found
 */
export async function forgetReading(tx: Tx, contactId: number): Promise<string[]> {
  const [{ addresses, people }]: [{ addresses: string[]; people: number[] }] = await tx.query(
    `SELECT a.addresses,
            ARRAY(SELECT person_id FROM customerio_person_contact WHERE contact_id = $1
                  UNION SELECT id FROM customerio_person
                         WHERE identified_by = 'email' AND identifier_key = ANY(a.addresses)) AS people
       FROM (SELECT ARRAY(SELECT o.address FROM contact_address o
                           WHERE o.contact_id = $1
                             AND NOT EXISTS (SELECT FROM contact_address s WHERE s.address = o.address AND s.contact_id <> $1)) AS addresses) a`,
    [contactId],
  );
  const whose = [contactId, addresses];
  const theirs = "contact_id = $1 OR address = ANY($2)";
  const rows: { word: string }[] = await tx.query(
    `SELECT DISTINCT word FROM engagement_event, LATERAL (VALUES (address), (own_id), (cio_id)) AS w (word)
      WHERE (${theirs}) AND word IS NOT NULL
      UNION SELECT cio_id FROM customerio_person WHERE id = ANY($3) AND cio_id IS NOT NULL`,
    [...whose, people],
  );
  await tx.query(
    `UPDATE engagement_event SET address = NULL, own_id = NULL, cio_id = NULL, subject = NULL, link = NULL, reason = NULL
      WHERE ${theirs}`,
    whose,
  );
  // Of those whom we were never to tell of deals nobody else takes care.
  await tx.query(
    `DELETE FROM customerio_person p WHERE id = ANY($1)
        AND NOT EXISTS (SELECT FROM customerio_person_contact c WHERE c.person_id = p.id)`,
    [people],
  );
  return [...new Set([...addresses, ...rows.map(({ word }) => word)])];
}
