import type { Tx } from "../../database/tenancy.ts";
import { MATTERS, type MailRow } from "./event-rows.ts";

/** What says whose something is. */
export type Clues = Pick<MailRow, "event_id" | "person_id" | "address" | "trigger_event_id">;

interface Found {
  event_id: string;
  contact_id: number | null;
  lead_id: number | null;
}

/**
 * Whose each of these is (docs/decisions/024): the deal's whose event of ours has started the campaign; else, of all contacts
 * who are this person or have this address, the open deal's that was made last. Of several contacts in that deal the main one;
 * nobody who was deleted or forgotten.
 */
export async function findWhose(tx: Tx, clues: readonly Clues[]): Promise<Map<string, Found>> {
  const found: Found[] = await tx.query(
    `SELECT t.event_id, b.contact_id, coalesce(x.lead_id, b.lead_id) AS lead_id
       FROM jsonb_to_recordset($1) AS t (event_id text, person_id bigint, address text, trigger_event_id text)
       LEFT JOIN LATERAL (SELECT w.lead_id FROM customerio_write w
                            JOIN lead l ON l.lead_id = w.lead_id AND l.gone IS NULL
                           WHERE w.event_id = t.trigger_event_id LIMIT 1) x ON true
       LEFT JOIN LATERAL (
         SELECT c.contact_id, l.lead_id
           FROM (SELECT contact_id FROM customerio_person_contact WHERE person_id = t.person_id
                  UNION SELECT contact_id FROM contact_address WHERE address = t.address) k
           JOIN contact c ON c.contact_id = k.contact_id AND NOT c.gone AND c.erased_at IS NULL
           LEFT JOIN lead_contact lc ON lc.contact_id = c.contact_id
           LEFT JOIN lead l ON l.lead_id = lc.lead_id AND l.gone IS NULL AND l.closed_at IS NULL
          ORDER BY (lc.lead_id = x.lead_id) DESC NULLS LAST, l.lead_id IS NULL, l.kommo_created_at DESC NULLS LAST,
                   l.lead_id DESC, lc.is_main DESC NULLS LAST, c.contact_id
          LIMIT 1) b ON true`,
    [
      JSON.stringify(
        clues.map(({ event_id, person_id, address, trigger_event_id }) => {
          return { event_id, person_id, address, trigger_event_id };
        }),
      ),
    ],
  );
  return new Map(found.map((row) => [row.event_id, row]));
}

/** Of what is kept already: what a person did lately, or has still to be told, that was nobody's then. @returns the ids of what is somebody's now */
export async function findAgain(tx: Tx, personId: number): Promise<string[]> {
  const clues: Clues[] = await tx.query(
    `SELECT event_id, person_id, address, trigger_event_id FROM engagement_event
      WHERE person_id = $1 AND lead_id IS NULL AND (received_at > app_now() - interval '1 day' OR is_due)
      ORDER BY event_id`,
    [personId],
  );
  const found = [...(await findWhose(tx, clues)).values()];
  await tx.query(
    `UPDATE engagement_event e SET contact_id = coalesce(f.contact_id, e.contact_id), lead_id = f.lead_id
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS f (event_id, contact_id, lead_id)
      WHERE e.event_id = f.event_id`,
    [found.map((row) => row.event_id), found.map((row) => row.contact_id), found.map((row) => row.lead_id)],
  );
  return found.map(({ event_id }) => event_id);
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
  // Kommo puts the values of both together.
  await tx.query(
    `UPDATE engagement_mark SET contact_id = $2
      WHERE contact_id = $1 AND NOT EXISTS (SELECT FROM engagement_mark WHERE contact_id = $2)`,
    [from, to],
  );
}

/** Two deals have become one. */
export async function followLead(tx: Tx, from: number, to: number) {
  await tx.query("UPDATE engagement_event SET lead_id = $2 WHERE lead_id = $1", [from, to]);
  await tx.query("UPDATE engagement_call SET lead_id = $2 WHERE lead_id = $1", [from, to]);
  await tx.query(
    `UPDATE engagement_note n SET lead_id = $2
      WHERE lead_id = $1
        AND NOT EXISTS (SELECT FROM engagement_note t WHERE t.lead_id = $2 AND t.delivery_id = n.delivery_id)`,
    [from, to],
  );
}
