import type { Tx } from "../../database/tenancy.ts";
import type { MailRow } from "./event-rows.ts";

/**
 * Forgets whose mails these were and what stood in them. That something was read, when and whether by a machine, stays:
 * deals are counted by it. Whoever shares the mailbox stays known by it, and what is told of him is kept as it is.
 * @returns by what webhooks about the person are found
 */
export async function forgetReading(tx: Tx, accountId: number, contactId: number): Promise<string[]> {
  const [{ addresses, people, shared }]: [{ addresses: string[]; people: number[]; shared: number[] }] = await tx.query(
    `SELECT a.addresses,
            ARRAY(SELECT person_id FROM customerio_person_contact WHERE contact_id = $1
                  UNION SELECT id FROM customerio_person
                         WHERE identified_by = 'email' AND identifier_key = ANY(a.addresses)) AS people,
            ARRAY(SELECT p.id FROM customerio_person p
                    JOIN customerio_person_contact o ON o.person_id = p.id AND o.contact_id <> $1
                    JOIN customerio_person_contact his ON his.person_id = p.id AND his.contact_id = $1
                   UNION SELECT p.id FROM customerio_person p
                    JOIN contact_address his ON his.address = p.identifier_key AND his.contact_id = $1
                    JOIN contact_address s ON s.address = his.address AND s.contact_id <> $1
                   WHERE p.identified_by = 'email') AS shared
       FROM (SELECT ARRAY(SELECT o.address FROM contact_address o
                           WHERE o.contact_id = $1
                             AND NOT EXISTS (SELECT FROM contact_address s WHERE s.address = o.address AND s.contact_id <> $1)) AS addresses) a`,
    [contactId],
  );
  const whose = [contactId, addresses];
  const theirs = "contact_id = $1 OR address = ANY($2)";
  const rows: { word: string }[] = await tx.query(
    `SELECT DISTINCT word FROM engagement_event e, LATERAL (VALUES (address), (own_id), (cio_id)) AS w (word)
      WHERE (${theirs}) AND word IS NOT NULL AND NOT coalesce(person_id = ANY($4), false)
        AND NOT EXISTS (SELECT FROM contact_address s WHERE s.address = e.address AND s.contact_id <> $1)
      UNION SELECT cio_id FROM customerio_person WHERE id = ANY($3) AND id <> ALL($4) AND cio_id IS NOT NULL`,
    [...whose, people, shared],
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
  await tx.query("DELETE FROM engagement_mark WHERE contact_id = $1", [contactId]);
  const words = [...new Set([...addresses, ...rows.map(({ word }) => word)])];
  await tx.query(
    `INSERT INTO customerio_forgotten (account_id, word) SELECT DISTINCT $1::bigint, ${HASH} FROM unnest($2::text[]) AS w (word)
     ON CONFLICT DO NOTHING`,
    [accountId, words],
  );
  return words;
}

/** Not to be read back; whoever knows an address can ask for it. */
const HASH = "sha256(convert_to(concat($1::bigint, ' ', lower(w.word)), 'UTF8'))";

/**
 * Takes away who it was, and what stood in the mail, of what is told of people who were erased: Customer.io goes on to know
 * them. Whoever has come back to Kommo as another contact is known again.
 */
export async function blankForgotten(tx: Tx, accountId: number, rows: readonly MailRow[]) {
  const forgotten: { event_id: string }[] = await tx.query(
    `SELECT DISTINCT event_id
       FROM jsonb_to_recordset($2) AS t (event_id text, address text, own_id text, cio_id text)
      CROSS JOIN LATERAL (VALUES (address), (own_id), (cio_id)) AS w (word)
       JOIN customerio_forgotten f ON f.word = ${HASH}
      WHERE NOT EXISTS (SELECT FROM contact_address a JOIN contact c ON c.contact_id = a.contact_id
                         WHERE a.address = t.address AND NOT c.gone AND c.erased_at IS NULL)`,
    [accountId, JSON.stringify(rows)],
  );
  if (forgotten.length === 0) return;
  const ids = new Set(forgotten.map(({ event_id }) => event_id));
  // As they came, they are being unpacked.
  await tx.query(
    `UPDATE delivery d SET body = '', flag = 'erased' FROM unnest($1::text[]) AS told (id)
      WHERE d.state = 'new' AND d.source = 'customerio' AND position(to_json(told.id)::text IN d.body) > 0`,
    [[...ids]],
  );
  for (const row of rows) if (ids.has(row.event_id)) Object.assign(row, NOBODY);
}

const NOBODY = {
  ...{ address: null, own_id: null, cio_id: null, trigger_event_id: null },
  ...{ subject: null, link: null, reason: null },
} satisfies Partial<MailRow>;
