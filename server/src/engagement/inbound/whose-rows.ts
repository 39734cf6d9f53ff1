import type { Tx } from "../../database/tenancy.ts";
import { MATTERS } from "./event-rows.ts";

/**
 * Says of each of these events whose it is (docs/decisions/024): the deal whose event of ours has started the campaign; else,
 * of all contacts who are this person or have this address, the open deal that was made last. Of several contacts in that deal
 * the main one; nobody who was deleted or forgotten.
 */
export async function findWhose(tx: Tx, eventIds: readonly string[]) {
  await tx.query(
    `UPDATE engagement_event e SET contact_id = f.contact_id, lead_id = f.lead_id
       FROM (SELECT DISTINCT ON (t.event_id) t.event_id, c.contact_id, coalesce(t.exact, l.lead_id) AS lead_id
               FROM (SELECT event_id, person_id, address,
                            (SELECT w.lead_id FROM customerio_write w
                               JOIN lead x ON x.lead_id = w.lead_id AND x.gone IS NULL
                              WHERE w.event_id = trigger_event_id) AS exact
                       FROM engagement_event WHERE event_id = ANY($1)) t
               LEFT JOIN LATERAL (SELECT contact_id FROM customerio_person_contact WHERE person_id = t.person_id
                                   UNION SELECT contact_id FROM contact_address WHERE address = t.address) k ON true
               LEFT JOIN contact c ON c.contact_id = k.contact_id AND NOT c.gone AND c.erased_at IS NULL
               LEFT JOIN lead_contact lc ON lc.contact_id = c.contact_id
               LEFT JOIN lead l ON l.lead_id = lc.lead_id AND l.gone IS NULL AND l.closed_at IS NULL
              ORDER BY t.event_id, (lc.lead_id = t.exact) DESC NULLS LAST, l.lead_id IS NULL,
                       l.kommo_created_at DESC NULLS LAST, l.lead_id DESC, lc.is_main DESC NULLS LAST,
                       c.contact_id NULLS LAST) f
      WHERE e.event_id = f.event_id AND (f.contact_id IS NOT NULL OR f.lead_id IS NOT NULL)`,
    [eventIds],
  );
}

/** People among these events of whom our own database does not say enough, and whom Kommo was not asked for lately. */
export async function peopleToLookFor(tx: Tx, eventIds: readonly string[], daysApart: number): Promise<number[]> {
  const rows: { id: number }[] = await tx.query(
    `SELECT DISTINCT p.id FROM engagement_event e JOIN customerio_person p ON p.id = e.person_id
      WHERE e.event_id = ANY($1) AND ${MATTERS} AND e.lead_id IS NULL
        AND (p.looked_for_at IS NULL OR p.looked_for_at < app_now() - $2 * interval '1 day')
        AND (e.contact_id IS NULL OR NOT EXISTS (SELECT FROM lead_contact lc WHERE lc.contact_id = e.contact_id))
      ORDER BY p.id`,
    [eventIds, daysApart],
  );
  return rows.map(({ id }) => id);
}

/**
 * What was told of people before we knew them is theirs from now on: it stands in their timeline. What they did then belongs
 * to no deal, so nothing follows from it.
 */
export async function adopt(tx: Tx, contactIds: readonly number[]) {
  await tx.query(
    `UPDATE engagement_event e SET contact_id = a.contact_id
       FROM (SELECT DISTINCT ON (address) address, contact_id FROM contact_address WHERE contact_id = ANY($1)
              ORDER BY address, contact_id) a
      WHERE e.address = a.address AND e.contact_id IS NULL`,
    [contactIds],
  );
}

/** Two contacts have become one. */
export async function followContact(tx: Tx, from: number, to: number) {
  await tx.query("UPDATE engagement_event SET contact_id = $2 WHERE contact_id = $1", [from, to]);
  await tx.query(
    `UPDATE customerio_person_contact SET contact_id = $2
      WHERE contact_id = $1 AND NOT EXISTS (SELECT FROM customerio_person_contact WHERE contact_id = $2)`,
    [from, to],
  );
}

/** Two deals have become one. */
export async function followLead(tx: Tx, from: number, to: number) {
  await tx.query("UPDATE engagement_event SET lead_id = $2 WHERE lead_id = $1", [from, to]);
  await tx.query("UPDATE engagement_call SET lead_id = $2 WHERE lead_id = $1", [from, to]);
}
