import type { Tx } from "../../../database/tenancy.ts";
import type { LeadReading } from "../../../leads/reader.ts";
import type { Member } from "../people/whom.ts";

/** Somebody in a deal, with his card. */
export interface MemberCard extends Member {
  contact: LeadReading["contacts"][number];
}

/** Whom Kommo links to the deal, with what we know of their part in it. */
export async function membersOf(tx: Tx, { lead, contacts }: LeadReading): Promise<MemberCard[]> {
  const rows: { contact_id: number; role: string | null }[] = await tx.query(
    "SELECT contact_id, role FROM stakeholder WHERE lead_id = $1",
    [lead.id],
  );
  const roles = new Map(rows.map(({ contact_id, role }) => [contact_id, role]));
  const isMain = new Map(lead._embedded.contacts.map(({ id, is_main }) => [id, is_main === true]));
  return contacts.map((contact) => ({
    contact,
    contactId: contact.id,
    isMain: isMain.get(contact.id) ?? false,
    role: roles.get(contact.id) ?? null,
  }));
}

export async function ownerOf(tx: Tx, { lead }: LeadReading): Promise<string | null> {
  const [user] = await tx.query("SELECT name FROM kommo_user WHERE user_id = $1", [lead.responsible_user_id]);
  return user?.name ?? null;
}
