import type { Tx } from "../database/tenancy.ts";
import type { EventType, KommoEvent } from "../webhooks/events.ts";

/** Notes and messages have times of their own, which say nothing of the card's. */
const TELLS_OF_THE_CARD: ReadonlySet<EventType> = new Set<EventType>([
  "lead.added",
  "lead.updated",
  "lead.restored",
  "lead.stage_changed",
  "lead.responsible_changed",
]);

/**
 * Remembers how far we were told of each lead and contact, whether or not it was read for it: what the scan finds that
 * is newer, no webhook has told.
 */
export async function rememberHeard(tx: Tx, accountId: number, events: readonly KommoEvent[]) {
  const contacts = new Map<number, Date>();
  const leads = new Map<number, { at: Date; isAdded: boolean }>();
  for (const event of events) {
    if (!("at" in event) || !event.at) continue;
    const { at } = event;
    if (event.type === "contact.changed") contacts.set(event.contactId, later(contacts.get(event.contactId), at));
    if (!("leadId" in event) || event.leadId === undefined || !TELLS_OF_THE_CARD.has(event.type)) continue;
    const before = leads.get(event.leadId);
    const isAdded = event.type === "lead.added" || before?.isAdded === true;
    leads.set(event.leadId, { at: later(before?.at, at), isAdded });
  }
  if (contacts.size > 0) {
    await tx.query(
      `INSERT INTO heard_contact AS c (account_id, contact_id, at)
       SELECT $1, h.* FROM unnest($2::bigint[], $3::timestamptz[]) AS h (contact_id, at) ORDER BY contact_id
       ON CONFLICT (account_id, contact_id) DO UPDATE SET at = excluded.at WHERE c.at < excluded.at`,
      [accountId, [...contacts.keys()], [...contacts.values()]],
    );
  }
  if (leads.size === 0) return;
  const told = [...leads.values()];
  await tx.query(
    `INSERT INTO heard_lead AS l (account_id, lead_id, at, of_creation)
     SELECT $1, h.* FROM unnest($2::bigint[], $3::timestamptz[], $4::bool[]) AS h (lead_id, at, is_added) ORDER BY lead_id
     ON CONFLICT (account_id, lead_id) DO UPDATE SET
       at = greatest(l.at, excluded.at), of_creation = l.of_creation OR excluded.of_creation
     WHERE l.at < excluded.at OR l.of_creation < excluded.of_creation`,
    [accountId, [...leads.keys()], told.map((lead) => lead.at), told.map((lead) => lead.isAdded)],
  );
}

function later(one: Date | undefined, other: Date): Date {
  return one && one > other ? one : other;
}
