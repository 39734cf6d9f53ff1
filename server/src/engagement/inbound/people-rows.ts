import type { Tx } from "../../database/tenancy.ts";
import { type MailRow, matters } from "./event-rows.ts";

/**
 * Says of each of these which person it is about: by Customer.io's own id, which never changes, then by the workspace's,
 * then by the address; at last by our event that has started the campaign.
 */
export async function findPeople(tx: Tx, rows: readonly MailRow[]) {
  const found: { event_id: string; person_id: number }[] = await tx.query(
    `SELECT event_id, coalesce(
              (SELECT p.id FROM customerio_person p WHERE p.cio_id = t.cio_id ORDER BY p.id LIMIT 1),
              (SELECT p.id FROM customerio_person p WHERE p.identified_by = 'id' AND p.identifier_key = t.own_id),
              (SELECT p.id FROM customerio_person p WHERE p.identified_by = 'email' AND p.identifier_key = t.address),
              (SELECT w.person_id FROM customerio_write w WHERE w.event_id = t.trigger_event_id)) AS person_id
       FROM jsonb_to_recordset($1) AS t (event_id text, cio_id text, own_id text, address text, trigger_event_id text)`,
    [JSON.stringify(rows)],
  );
  const people = new Map(found.map(({ event_id, person_id }) => [event_id, person_id]));
  for (const row of rows) row.person_id = people.get(row.event_id) ?? null;
}

/**
 * Makes a person of whom we have not heard, but whose doing matters.
 *
 * @param byOwnId whether the account knows people by the workspace's own ids
 */
export async function makePeople(tx: Tx, accountId: number, rows: readonly MailRow[], byOwnId: boolean) {
  const strangers = rows
    .filter((row) => row.person_id === null && matters(row))
    .flatMap(({ own_id, address }) => {
      if (own_id !== null && (byOwnId || address === null)) return { by: "id", identifier: own_id };
      return address === null ? [] : { by: "email", identifier: address };
    });
  if (strangers.length === 0) return;
  await tx.query(
    `INSERT INTO customerio_person (account_id, identified_by, identifier, identifier_key)
     SELECT DISTINCT $1::bigint, n.by, n.identifier, n.identifier FROM unnest($2::text[], $3::text[]) AS n (by, identifier)
      ORDER BY 2, 3
     ON CONFLICT DO NOTHING`,
    [accountId, strangers.map(({ by }) => by), strangers.map(({ identifier }) => identifier)],
  );
  await findPeople(tx, rows);
}

/** Customer.io's own ids of people whom we have known by something else; what comes late knows less than what came before. */
export async function learnIds(tx: Tx, eventIds: readonly string[]) {
  await tx.query(
    `UPDATE customerio_person p SET cio_id = n.cio_id
       FROM (SELECT DISTINCT ON (person_id) person_id, cio_id, at FROM engagement_event
              WHERE event_id = ANY($1) AND person_id IS NOT NULL AND cio_id IS NOT NULL
              ORDER BY person_id, at DESC, event_id DESC) n
      WHERE p.id = n.person_id AND p.cio_id IS DISTINCT FROM n.cio_id
        AND (p.cio_id IS NULL OR NOT EXISTS (SELECT FROM engagement_event later
              WHERE later.person_id = n.person_id AND later.cio_id IS NOT NULL AND later.at > n.at))`,
    [eventIds],
  );
}
