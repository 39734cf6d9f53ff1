import { randomUUID } from "node:crypto";
import type { FoundContact, NewMember } from "@dealscope/shared/committee";
import { Injectable } from "@nestjs/common";
import type { CountryCode } from "libphonenumber-js/min";
import { Tenancy } from "../../database/tenancy.ts";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Clients } from "../../installation/clients.ts";
import { provisioned } from "../../installation/provisioning.ts";
import type { KommoClient } from "../../kommo/client.ts";
import type { Contact } from "../../kommo/resources.ts";
import { countryOfNumbers, normaliseEmail, readPhone } from "../../leads/contact-address.ts";
import { emailsOf, phonesOf, titleOf } from "../../leads/contact-values.ts";
import { KnownPeople } from "../../leads/known-people.ts";
import { saveContacts } from "../../leads/lead-rows.ts";
import { type Reach, samePerson } from "../../leads/same-person.ts";
import { Listeners } from "../../webhooks/listeners.ts";
import { Work } from "../../work/work.ts";
import { rightAway } from "../../work/work-kind.ts";
import type { FieldWish } from "../../write-back/field-wish.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import type { NewContact } from "../../write-back/write-row.ts";
import { audit, type DealChange, DealChanges } from "./deal-changes.ts";
import { JOIN, type Newcomers } from "./join.work.ts";
import { askedBefore } from "./newcomer-rows.ts";
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
    private readonly accounts: Accounts,
    private readonly people: KnownPeople,
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
    const account = await this.accounts.get(accountId);
    const { intake } = settingsOf(account);
    const country = countryOfNumbers(intake.country, provisioned.parse(account.provisioned).country);
    const wanted = checked(wish, country);
    const kommo = await this.clients.of(accountId, "interactive");
    const known = await (wish.contactId === undefined
      ? this.known(accountId, leadId, kommo, wanted, country)
      : named(kommo, wish.contactId));
    if (known) await this.save(accountId, known);
    await this.changes.in(accountId, leadId, by.name, async (change) => {
      if ((await this.changes.settings(change.tx, accountId)).dryRun)
        throw new NothingIsWritten(
          "Dry run is on, so nobody is linked in Kommo. An administrator can turn it off in Setup.",
        );
      if (wish.role !== null && !change.settings.roles.some(({ key }) => key === wish.role))
        throw new UnusableForDeal(`There is no role ${wish.role} in this account.`, "role");
      if (known) await this.link(change, known.id, wish.role);
      else await this.make(change, wanted, wish.role, by);
    });
  }

  /** Who has this address or number, else whom we have made for this deal by the same words, if he has left it since. */
  private async known(
    accountId: number,
    leadId: number,
    kommo: KommoClient,
    wanted: Wanted,
    country: CountryCode | undefined,
  ): Promise<Contact | undefined> {
    if (wanted.email !== "" || wanted.phone !== "") {
      const found = await this.people.find(accountId, kommo, wanted);
      const { kept } = samePerson(wanted, found, { country });
      if (kept !== null) return found.find(({ id }) => id === kept);
    }
    const before = await this.tenancy.run(accountId, (tx) => askedBefore(tx, leadId, wanted));
    if (!before || before.contactId === null || before.isRecent || before.isInDeal) return undefined;
    return kommo.contact(before.contactId);
  }

  /** So that the card has his name before the deal is read again. Apart, because contacts are locked before leads. */
  private async save(accountId: number, contact: Contact) {
    await this.tenancy.run(accountId, async (tx) =>
      this.listeners.tell(tx, accountId, await saveContacts(tx, accountId, [contact])),
    );
  }

  private async link(change: DealChange, contactId: number, role: string | null) {
    const { tx, accountId, leadId } = change;
    const body = { contactId };
    await this.writes.put(tx, accountId, { leadId, origin: "rep", target: "link", body });
    if (role !== null) await this.stakeholders.play(change, contactId, { role });
    await audit(change, "contact added", body);
    await this.join(change, {});
  }

  /** For two clicks he is made once; another one who is called the same is another person. */
  private async make(change: DealChange, wanted: Wanted, role: string | null, by: Person) {
    const { tx, accountId, leadId } = change;
    const before = await askedBefore(tx, leadId, wanted);
    if (before?.isRecent && before.contactId !== null) return this.link(change, before.contactId, role);
    const hasAddress = wanted.values.length > 0;
    const isUnderWay = before?.state === "due" && (before.isRecent || hasAddress);
    const isSame = isUnderWay || before?.state === "dead";
    const marker = isSame ? before.marker : markerFor(accountId, "newcomer", leadId, randomUUID());
    const body: NewContact = { name: wanted.name, values: wanted.values, responsibleUserId: by.userId };
    await this.writes.putOrRevive(tx, accountId, { leadId, origin: "rep", target: "contact_new", marker, body });
    await audit(change, "contact added", { marker });
    await this.join(change, role === null ? {} : { [marker]: { role, by: by.name } });
  }

  private async join({ tx, accountId, leadId }: DealChange, detail: Newcomers) {
    const request = { kind: JOIN, subject: leadId, priority: "interactive" as const, detail };
    await this.work.schedule(tx, accountId, [request], { ...rightAway, settleMs: WRITTEN_IN_MS });
  }
}

/** Somebody as he is looked for, and as he is made: there his number stands as it was typed. */
type Wanted = Reach & Pick<NewContact, "name" | "values">;

function checked({ name = "", email = "", phone = "" }: NewMember, country: CountryCode | undefined): Wanted {
  if (email !== "" && normaliseEmail(email) === null)
    throw new UnusableForDeal(`${email} is no e-mail address, so nobody can be reached there.`, "email");
  const number = phone === "" ? "" : readPhone(phone, country);
  if (number === null) throw new UnusableForDeal(`${phone} is no phone number.`, "phone");
  const value = (field: "EMAIL" | "PHONE", written: string): FieldWish[] =>
    written === "" ? [] : [{ field, values: [{ value: written, enumCode: "WORK" }] }];
  return { name, email, phone: number, values: [...value("EMAIL", email), ...value("PHONE", phone)] };
}

async function named(kommo: KommoClient, contactId: number): Promise<Contact> {
  const contact = await kommo.contact(contactId);
  if (!contact) throw new UnusableForDeal(`There is no contact ${contactId} in this account.`, "contactId");
  return contact;
}
