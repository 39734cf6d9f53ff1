import type { Tx } from "../database/tenancy.ts";
import type { Contact, Lead } from "../kommo/resources.ts";
import type { EventOf } from "../webhooks/events.ts";
import { normaliseEmail, normalisePhone } from "./contact-address.ts";
import { emailsOf, phonesOf, titleOf } from "./contact-values.ts";

/**
 * Brings the read model to what Kommo has just told; an older reading never replaces a newer one.
 * @returns who has come to a lead or left it since the reading before
 */
export async function saveLeads(
  tx: Tx,
  accountId: number,
  leads: readonly Lead[],
): Promise<EventOf<"contact.linked" | "contact.unlinked">[]> {
  if (leads.length === 0) return [];
  await tx.query(
    `INSERT INTO lead AS l (account_id, lead_id, name, price, pipeline_id, status_id, responsible_user_id, group_id,
                            kommo_created_at, kommo_updated_at, closed_at)
     SELECT $1, r.* FROM unnest($2::bigint[], $3::text[], $4::numeric[], $5::bigint[], $6::bigint[], $7::bigint[],
                                $8::bigint[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[]) AS r
     ORDER BY 2
     ON CONFLICT (account_id, lead_id) DO UPDATE SET
       name = excluded.name, price = excluded.price, pipeline_id = excluded.pipeline_id, status_id = excluded.status_id,
       responsible_user_id = excluded.responsible_user_id, group_id = excluded.group_id,
       kommo_created_at = excluded.kommo_created_at, kommo_updated_at = excluded.kommo_updated_at,
       closed_at = excluded.closed_at, gone = NULL, seen_at = app_now()
     WHERE l.kommo_updated_at IS NULL OR excluded.kommo_updated_at >= l.kommo_updated_at`,
    [
      accountId,
      leads.map((l) => l.id),
      leads.map((l) => l.name),
      leads.map((l) => l.price_with_minor_units ?? l.price),
      leads.map((l) => l.pipeline_id),
      leads.map((l) => l.status_id),
      leads.map((l) => l.responsible_user_id ?? null),
      leads.map((l) => l.group_id ?? null),
      leads.map((l) => l.created_at),
      leads.map((l) => l.updated_at),
      leads.map((l) => l.closed_at),
    ],
  );
  const links = leads.flatMap((l) =>
    l._embedded.contacts.map((c) => ({ lead: l.id, contact: c.id, main: Boolean(c.is_main) })),
  );
  const [left]: [LinkRow[]] = await tx.query(
    `DELETE FROM lead_contact lc WHERE lead_id = ANY($1)
        AND NOT EXISTS (SELECT FROM unnest($2::bigint[], $3::bigint[]) AS n (lead, contact)
                         WHERE n.lead = lc.lead_id AND n.contact = lc.contact_id)
     RETURNING lead_id AS "leadId", contact_id AS "contactId"`,
    [leads.map((l) => l.id), links.map((n) => n.lead), links.map((n) => n.contact)],
  );
  const unlinked = left.map((link) => ({ type: "contact.unlinked" as const, ...link }));
  if (links.length === 0) return unlinked;
  const kept: (LinkRow & { isNew: boolean })[] = await tx.query(
    `INSERT INTO lead_contact (account_id, lead_id, contact_id, is_main)
     SELECT $1, n.* FROM unnest($2::bigint[], $3::bigint[], $4::bool[]) AS n
     ON CONFLICT (account_id, lead_id, contact_id) DO UPDATE SET is_main = excluded.is_main
       WHERE lead_contact.is_main <> excluded.is_main
     RETURNING lead_id AS "leadId", contact_id AS "contactId", xmax = 0 AS "isNew"`,
    [accountId, links.map((n) => n.lead), links.map((n) => n.contact), links.map((n) => n.main)],
  );
  const linked = kept.flatMap(({ isNew, ...link }) => (isNew ? { type: "contact.linked" as const, ...link } : []));
  return [...unlinked, ...linked];
}

interface LinkRow {
  leadId: number;
  contactId: number;
}

/** @returns whose title is another than it was, and whose addresses are */
export async function saveContacts(
  tx: Tx,
  accountId: number,
  contacts: readonly Contact[],
): Promise<EventOf<"contact.titled" | "contact.addressed">[]> {
  if (contacts.length === 0) return [];
  const saved: { contactId: number; title: string; before: string | null }[] = await tx.query(
    `WITH before AS (SELECT contact_id, title FROM contact WHERE contact_id = ANY($2))
     INSERT INTO contact AS c (account_id, contact_id, name, title, kommo_updated_at)
     SELECT $1, r.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) AS r ORDER BY 2
     ON CONFLICT (account_id, contact_id) DO UPDATE SET
       name = excluded.name, title = excluded.title, gone = false, kommo_updated_at = excluded.kommo_updated_at
     WHERE c.kommo_updated_at IS NULL OR excluded.kommo_updated_at >= c.kommo_updated_at
     RETURNING c.contact_id AS "contactId", c.title,
               (SELECT b.title FROM before b WHERE b.contact_id = c.contact_id) AS before`,
    [
      accountId,
      contacts.map((c) => c.id),
      contacts.map((c) => c.name),
      contacts.map(titleOf),
      contacts.map((c) => c.updated_at),
    ],
  );
  const addresses = contacts.flatMap((contact) =>
    [...emailsOf(contact).map(normaliseEmail), ...phonesOf(contact).map((phone) => normalisePhone(phone))]
      .filter((address) => address !== null)
      .map((address) => ({ address, contactId: contact.id })),
  );
  const lists = [addresses.map((a) => a.address), addresses.map((a) => a.contactId)];
  const [lost]: [{ contact_id: number }[]] = await tx.query(
    `DELETE FROM contact_address ca WHERE contact_id = ANY($1)
        AND NOT EXISTS (SELECT FROM unnest($2::text[], $3::bigint[]) AS n (address, contact_id)
                         WHERE n.address = ca.address AND n.contact_id = ca.contact_id)
     RETURNING contact_id`,
    [contacts.map((c) => c.id), ...lists],
  );
  const got: { contact_id: number }[] = await tx.query(
    `INSERT INTO contact_address (account_id, address, contact_id)
     SELECT $1, n.* FROM unnest($2::text[], $3::bigint[]) AS n ON CONFLICT DO NOTHING RETURNING contact_id`,
    [accountId, ...lists],
  );
  const addressed = new Set([...lost, ...got].map(({ contact_id }) => contact_id));
  return [
    ...saved
      .filter(({ title, before }) => title !== (before ?? ""))
      .map(({ contactId, title }) => ({ type: "contact.titled" as const, contactId, title })),
    ...[...addressed].map((contactId) => ({ type: "contact.addressed" as const, contactId })),
  ];
}

/** Of those whom we have never read no more than the name, which the first reading replaces. */
export async function nameContacts(tx: Tx, accountId: number, contacts: readonly Pick<Contact, "id" | "name">[]) {
  await tx.query(
    `INSERT INTO contact (account_id, contact_id, name) SELECT DISTINCT ON (id) $1::bigint, n.*
       FROM unnest($2::bigint[], $3::text[]) AS n (id, name) ORDER BY id
     ON CONFLICT DO NOTHING`,
    [accountId, contacts.map(({ id }) => id), contacts.map(({ name }) => name)],
  );
}

/** Deleted, or merged into another: Kommo tells of both alike. Also of leads we have never read: their work has to end as well. */
export async function markGone(tx: Tx, accountId: number, leadIds: readonly number[]) {
  if (leadIds.length === 0) return;
  await tx.query(
    `INSERT INTO lead AS l (account_id, lead_id, gone) SELECT DISTINCT $1::bigint, id, 'deleted' FROM unnest($2::bigint[]) AS id ORDER BY id
     ON CONFLICT (account_id, lead_id) DO UPDATE SET gone = excluded.gone WHERE l.gone IS NULL`,
    [accountId, leadIds],
  );
}

export interface HeardMessage {
  id: string;
  leadId: number | undefined;
  contactId: number | undefined;
  talkId: number | undefined;
  direction: "incoming" | "outgoing";
  text: string;
  author: string;
  origin: string;
  at: Date;
}

/** The messages' leads are locked by the caller. What an erased person said until then is kept without its words. */
export async function saveMessages(tx: Tx, accountId: number, messages: readonly HeardMessage[]) {
  const unique = [...new Map(messages.map((m) => [m.id, m])).values()];
  await tx.query(
    `INSERT INTO message (account_id, message_id, lead_id, contact_id, talk_id, direction, text, author, origin, at)
     SELECT $1, m.id, m.lead_id, m.contact_id, m.talk_id, m.direction,
            CASE WHEN erased THEN '' ELSE m.text END, CASE WHEN erased THEN '' ELSE m.author END, m.origin, m.at
       FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[],
                   $9::text[], $10::timestamptz[])
            AS m (id, lead_id, contact_id, talk_id, direction, text, author, origin, at)
      CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM lead l WHERE l.lead_id = m.lead_id AND l.erased_at >= m.at)
                              OR EXISTS (SELECT FROM contact c WHERE c.contact_id = m.contact_id AND c.erased_at >= m.at)
                                 AS erased) e
      ORDER BY 2
     ON CONFLICT (account_id, message_id) DO UPDATE SET text = excluded.text, author = excluded.author
       WHERE message.text = '' AND excluded.text <> ''`,
    [
      accountId,
      unique.map((m) => m.id),
      unique.map((m) => m.leadId ?? null),
      unique.map((m) => m.contactId ?? null),
      unique.map((m) => m.talkId ?? null),
      unique.map((m) => m.direction),
      unique.map((m) => m.text),
      unique.map((m) => m.author),
      unique.map((m) => m.origin),
      unique.map((m) => m.at),
    ],
  );
  await noteWaiting(
    tx,
    unique.flatMap((m) => m.leadId ?? []),
  );
}

/**
 * Notes since when these leads wait for an answer, and when we first wrote. From all messages of a lead, because they come
 * late and in disorder; the leads are locked by the caller.
 */
export async function noteWaiting(tx: Tx, leadIds: readonly number[]) {
  if (leadIds.length === 0) return;
  await tx.query(
    `UPDATE lead l SET answered_at = talk.answered_at, unanswered_at = talk.unanswered_at,
            first_touch_at = least(talk.first_touch_at, l.first_call_at)
       FROM (SELECT DISTINCT id FROM unnest($1::bigint[]) AS id) t
      CROSS JOIN LATERAL (SELECT max(at) AS answered_at, min(at) AS first_touch_at
                            FROM message WHERE lead_id = t.id AND direction = 'outgoing') answer
      CROSS JOIN LATERAL (SELECT answer.*, min(at) AS unanswered_at FROM message
                           WHERE lead_id = t.id AND direction = 'incoming'
                             AND (answer.answered_at IS NULL OR at > answer.answered_at)) talk
      WHERE l.lead_id = t.id`,
    [leadIds],
  );
}

/** Notes when one of us called about these leads, which are locked by the caller. It may be told before anything else of them. */
export async function noteCalls(tx: Tx, accountId: number, calls: readonly { leadId: number; at: Date }[]) {
  if (calls.length === 0) return;
  await tx.query(
    `INSERT INTO lead AS l (account_id, lead_id, first_call_at, first_touch_at)
     SELECT $1, c.lead_id, min(c.at), min(c.at) FROM unnest($2::bigint[], $3::timestamptz[]) AS c (lead_id, at)
      GROUP BY c.lead_id ORDER BY c.lead_id
     ON CONFLICT (account_id, lead_id) DO UPDATE SET
       first_call_at = least(l.first_call_at, excluded.first_call_at),
       first_touch_at = least(l.first_touch_at, excluded.first_touch_at)`,
    [accountId, calls.map(({ leadId }) => leadId), calls.map(({ at }) => at)],
  );
}

export interface HeardNote {
  id: number;
  leadId: number;
  text: string;
  createdBy: number | undefined;
  at: Date;
}

/** What was noted in an erased person's lead until then is kept without its words. */
export async function saveNotes(tx: Tx, accountId: number, notes: readonly HeardNote[]) {
  const unique = [...new Map(notes.map((n) => [n.id, n])).values()];
  if (unique.length === 0) return;
  await tx.query(
    `INSERT INTO note (account_id, note_id, lead_id, text, created_by, at)
     SELECT $1, n.id, n.lead_id, CASE WHEN l.erased_at >= n.at THEN '' ELSE n.text END, n.created_by, n.at
       FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::timestamptz[])
            AS n (id, lead_id, text, created_by, at)
       LEFT JOIN lead l ON l.lead_id = n.lead_id
      ORDER BY 2
     ON CONFLICT (account_id, note_id) DO UPDATE SET text = excluded.text WHERE note.text <> excluded.text`,
    [
      accountId,
      unique.map((n) => n.id),
      unique.map((n) => n.leadId),
      unique.map((n) => n.text),
      unique.map((n) => n.createdBy ?? null),
      unique.map((n) => n.at),
    ],
  );
}
