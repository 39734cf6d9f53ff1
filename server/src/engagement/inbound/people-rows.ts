import type { Tx } from "../../database/tenancy.ts";
import { MATTERS } from "./event-rows.ts";

/**
 * Says of each of these events which person it is about: by Customer.io's own id, which never changes, then by the
 * workspace's, then by the address; at last by our event that has started the campaign. Of whom we have not heard, but
 * whose doing matters, a person is made.
 *
 * @param byOwnId whether the account knows people by the workspace's own ids
 */
export async function findPeople(tx: Tx, accountId: number, eventIds: readonly string[], byOwnId: boolean) {
  await find(tx, eventIds);
  const made: unknown[] = await tx.query(
    `INSERT INTO customerio_person (account_id, identified_by, identifier, identifier_key)
     SELECT DISTINCT $1::bigint, k.by, k.identifier, k.identifier
       FROM engagement_event
      CROSS JOIN LATERAL (SELECT own_id IS NOT NULL AND ($3 OR address IS NULL) AS is_own) o
      CROSS JOIN LATERAL (SELECT CASE WHEN is_own THEN 'id' ELSE 'email' END AS by,
                                 CASE WHEN is_own THEN own_id ELSE address END AS identifier) k
      WHERE event_id = ANY($2) AND person_id IS NULL AND k.identifier IS NOT NULL AND ${MATTERS}
      ORDER BY 2, 3
     ON CONFLICT DO NOTHING RETURNING id`,
    [accountId, eventIds, byOwnId],
  );
  if (made.length > 0) await find(tx, eventIds);
}

/** Customer.io's own ids of people whom we have known by something else. */
export async function learnIds(tx: Tx, eventIds: readonly string[]) {
  await tx.query(
    `UPDATE customerio_person p SET cio_id = n.cio_id
       FROM (SELECT DISTINCT ON (person_id) person_id, cio_id FROM engagement_event
              WHERE event_id = ANY($1) AND person_id IS NOT NULL AND cio_id IS NOT NULL
              ORDER BY person_id, at DESC, event_id DESC) n
      WHERE p.id = n.person_id AND p.cio_id IS DISTINCT FROM n.cio_id`,
    [eventIds],
  );
}

async function find(tx: Tx, eventIds: readonly string[]) {
  await tx.query(
    `UPDATE engagement_event e SET person_id = f.person_id
       FROM (SELECT event_id, coalesce(
               (SELECT p.id FROM customerio_person p WHERE p.cio_id = t.cio_id ORDER BY p.id LIMIT 1),
               (SELECT p.id FROM customerio_person p WHERE p.identified_by = 'id' AND p.identifier_key = t.own_id),
               (SELECT p.id FROM customerio_person p WHERE p.identified_by = 'email' AND p.identifier_key = t.address),
               (SELECT w.person_id FROM customerio_write w WHERE w.event_id = t.trigger_event_id)) AS person_id
               FROM engagement_event t WHERE event_id = ANY($1) AND person_id IS NULL) f
      WHERE e.event_id = f.event_id AND f.person_id IS NOT NULL`,
    [eventIds],
  );
}
