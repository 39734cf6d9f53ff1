import type { FoundContact, NewMember } from "@dealscope/shared/committee";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import type { KommoClient } from "../../kommo/client.ts";
import type { Contact } from "../../kommo/resources.ts";
import { nationalNumber, normaliseEmail, normalisePhone, readPhone } from "../../leads/contact-address.ts";
import { emailsOf, phonesOf, titleOf } from "../../leads/contact-values.ts";
import { saveContacts } from "../../leads/lead-rows.ts";
import { Listeners } from "../../webhooks/listeners.ts";
import { Work } from "../../work/work.ts";
import { rightAway } from "../../work/work-kind.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import type { NewContact } from "../../write-back/write-row.ts";
import { audit, type DealChange, DealChanges } from "./deal-changes.ts";
import { JOIN, type Newcomers } from "./join.work.ts";
import { NothingIsWritten, UnusableForDeal } from "./refusals.ts";
import { Stakeholders } from "./stakeholders.service.ts";

const FOUND_AT_MOST = 20;
/** Until a link is written, in which nobody has to look. */
const WRITTEN_IN_MS = 300;

export interface Person {
  userId: number;
  name: string;
}

/** Adds people to a deal: who is in Kommo already is linked, and only who is not there is made. */
@Injectable()
export class DealNewcomers {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly changes: DealChanges,
    private readonly stakeholders: Stakeholders,
    private readonly writes: WriteBack,
    private readonly work: Work,
    private readonly listeners: Listeners,
  ) {
    work.expect(JOIN);
  }

  /** Contacts of the account with these words in their name, e-mail or phone. */
  async search(accountId: number, leadId: number, query: string): Promise<FoundContact[]> {
    const kommo = await this.clients.of(accountId, "interactive");
    const found = await kommo.contactsLike(query, FOUND_AT_MOST);
    const linked: { contact_id: number }[] = await this.tenancy.run(accountId, (tx) =>
      tx.query("SELECT contact_id FROM lead_contact WHERE lead_id = $1", [leadId]),
    );
    const inDeal = new Set(linked.map((row) => row.contact_id));
    return found.map((contact) => ({
      id: contact.id,
      name: contact.name,
      title: titleOf(contact),
      emails: emailsOf(contact),
      phones: phonesOf(contact),
      isInDeal: inDeal.has(contact.id),
    }));
  }

  /**
   * @throws UnusableForDeal for a contact that is not there, a role, an address or a number that is none;
   * NothingIsWritten while dry run is on
   */
  async add(accountId: number, leadId: number, wish: NewMember, by: Person): Promise<void> {
    const wanted = checked(wish);
    const kommo = await this.clients.of(accountId, "interactive");
    const known = await (wish.contactId === undefined ? oldestOf(kommo, wanted) : named(kommo, wish.contactId));
    if (known) await this.save(accountId, known);
    await this.changes.in(accountId, leadId, by.name, async (change) => {
      if ((await this.changes.settings(change.tx, accountId)).dryRun)
        throw new NothingIsWritten(
          "Dry run is on, so nobody is linked in Kommo. An administrator can turn it off in Setup.",
        );
      if (wish.role !== null && !change.settings.roles.some(({ key }) => key === wish.role))
        throw new UnusableForDeal(`There is no role ${wish.role} in this account.`, "role");
      if (known) await this.link(change, known, wish.role);
      else await this.make(change, wanted, wish.role, by);
    });
  }

  /** So that the card has his name before the deal is read again. Apart, because contacts are locked before leads. */
  private async save(accountId: number, contact: Contact) {
    await this.tenancy.run(accountId, async (tx) =>
      this.listeners.tell(tx, accountId, await saveContacts(tx, accountId, [contact])),
    );
  }

  private async link(change: DealChange, contact: Contact, role: string | null) {
    const { tx, accountId, leadId } = change;
    const body = { contactId: contact.id };
    await this.writes.put(tx, accountId, { leadId, origin: "rep", target: "link", body });
    if (role !== null) await this.stakeholders.play(change, contact.id, { role });
    await audit(change, "contact added", body);
    await this.join(change, {});
  }

  /** Asked for twice, he is made once. */
  private async make(change: DealChange, { name, email, phone }: Wanted, role: string | null, by: Person) {
    const { tx, accountId, leadId } = change;
    const marker = markerFor(accountId, "newcomer", leadId, name, email ?? "", phone ?? "");
    const body: NewContact = {
      name,
      values: [
        ...(email === undefined ? [] : [{ field: "EMAIL", values: [{ value: email, enumCode: "WORK" }] }]),
        ...(phone === undefined ? [] : [{ field: "PHONE", values: [{ value: phone, enumCode: "WORK" }] }]),
      ],
      responsibleUserId: by.userId,
    };
    await this.writes.putOrRevive(tx, accountId, { leadId, origin: "rep", target: "contact_new", marker, body });
    await audit(change, "contact added", { marker });
    await this.join(change, role === null ? {} : { [marker]: { role, by: by.name } });
  }

  private async join({ tx, accountId, leadId }: DealChange, detail: Newcomers) {
    const request = { kind: JOIN, subject: leadId, priority: "interactive" as const, detail };
    await this.work.schedule(tx, accountId, [request], { ...rightAway, settleMs: WRITTEN_IN_MS });
  }
}

interface Wanted {
  name: string;
  email: string | undefined;
  phone: string | undefined;
}

function checked({ name = "", email, phone }: NewMember): Wanted {
  if (email && normaliseEmail(email) === null)
    throw new UnusableForDeal(`${email} is no e-mail address, so nobody can be reached there.`, "email");
  if (phone && readPhone(phone) === null) throw new UnusableForDeal(`${phone} is no phone number.`, "phone");
  return { name, email: email || undefined, phone: phone || undefined };
}

async function named(kommo: KommoClient, contactId: number): Promise<Contact> {
  const contact = await kommo.contact(contactId);
  if (!contact) throw new UnusableForDeal(`There is no contact ${contactId} in this account.`, "contactId");
  return contact;
}

/** Kommo's search is loose: only who has this very address or number is the one. Of several the oldest. */
async function oldestOf(kommo: KommoClient, { email, phone }: Wanted): Promise<Contact | undefined> {
  const found: Contact[] = [];
  if (email !== undefined) {
    const wanted = normaliseEmail(email);
    const like = await kommo.contactsFound(email);
    found.push(...like.filter((contact) => emailsOf(contact).some((one) => normaliseEmail(one) === wanted)));
  }
  if (phone !== undefined) {
    const wanted = readPhone(phone) ?? phone;
    // However it is written there, Kommo finds it by these digits.
    const like = await kommo.contactsFound(nationalNumber(wanted));
    found.push(...like.filter((contact) => phonesOf(contact).some((one) => normalisePhone(one) === wanted)));
  }
  return found.toSorted((one, other) => one.id - other.id)[0];
}
