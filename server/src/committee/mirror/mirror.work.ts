import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Clients } from "../../installation/clients.ts";
import { provisioned } from "../../installation/provisioning.ts";
import type { Contact, Lead } from "../../kommo/resources.ts";
import { LeadReader } from "../../leads/reader.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import { settingsOf } from "../account-settings.ts";
import { type ContactState, contactState, keepContact, partsOf } from "./contact-rows.ts";
import { Edits } from "./edits.ts";
import { pairsOf } from "./element-rows.ts";
import { Elements } from "./elements.ts";
import { Mirror } from "./mirror.service.ts";
import { MIRROR } from "./mirror-kinds.ts";
import { keyOf, type Shown, shownIn, wish } from "./shown.ts";
import { wantedOfContact } from "./wanted.ts";

/** A contact as Kommo shows it at this moment, with its deals. */
interface Reading {
  contact: Contact;
  deals: readonly Lead[];
}

/**
 * Brings a contact to what we know of the person. Judged by what stands there, between what we wrote last and what we know:
 * where Kommo shows something else than we wrote, somebody has edited it, and that is heard first.
 */
@Injectable()
export class MirrorWork implements WorkKind, OnModuleInit {
  readonly kind = MIRROR;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly leads: LeadReader,
    private readonly writes: WriteBack,
    private readonly mirror: Mirror,
    private readonly edits: Edits,
    private readonly elements: Elements,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId, subject: contactId }: WorkItem): Promise<Decision> {
    const before = await this.tenancy.run(accountId, (tx) => contactState(tx, contactId));
    const reading = await this.read(accountId, contactId);
    return { keep: (tx) => this.keep(tx, accountId, contactId, reading, before) };
  }

  private async read(accountId: number, contactId: number): Promise<Reading | undefined> {
    const kommo = await this.clients.of(accountId, "qualification");
    const contact = await kommo.contact(contactId);
    if (!contact) return undefined;
    const read = (id: number) => this.leads.readAlone(accountId, id, "qualification", new Date(0));
    const deals = await Promise.all(contact._embedded.leads.map(({ id }) => read(id)));
    return { contact, deals: deals.filter((lead) => lead !== undefined && lead !== "not yet") };
  }

  private async keep(
    tx: Tx,
    accountId: number,
    contactId: number,
    reading: Reading | undefined,
    before: ContactState,
  ): Promise<void> {
    const deals = reading?.deals ?? [];
    const pairs = await pairsOf(tx, contactId);
    await lockLeads(tx, accountId, [...deals.map(({ id }) => id), ...pairs.map(({ leadId }) => leadId)]);
    const state = await contactState(tx, contactId);
    // Something was written while we read: what we have read may be from before it.
    if (state.version !== before.version) return this.mirror.contacts(tx, accountId, [contactId]);
    if (reading && !state.isDue) await this.hearEdit(tx, accountId, reading, state);
    const account = await this.accounts.read(tx, accountId);
    const { dryRun } = settingsOf(account);
    if (dryRun) return;
    if (reading) await this.show(tx, accountId, reading, await contactState(tx, contactId));
    const { list } = provisioned.parse(account.provisioned);
    if (!list) return;
    const person = {
      id: contactId,
      name: reading?.contact.name ?? "",
      leadIds: new Set(deals.map(({ id }) => id)),
      openLeadIds: new Set(deals.filter(isOpen).map(({ id }) => id)),
    };
    await this.elements.put(tx, accountId, person, list);
  }

  /** A role that somebody has chosen in Kommo: of the one open deal, or a suggestion in each of several. */
  private async hearEdit(tx: Tx, accountId: number, { contact, deals }: Reading, { shown }: ContactState) {
    const { contactFields, roles } = provisioned.parse((await this.accounts.read(tx, accountId)).provisioned);
    const fieldId = contactFields.role;
    if (fieldId === undefined) return;
    const chosen = shownIn(contact, fieldId);
    if (chosen === (shown[fieldId] ?? null)) return;
    await keepContact(tx, accountId, contact.id, { shown: { [fieldId]: chosen } });
    const role = keyOf(chosen, roles);
    const open = deals.filter(isOpen).map(({ id }) => id);
    const [only] = open;
    if (role === undefined || only === undefined) return;
    if (open.length === 1) await this.edits.role(tx, accountId, only, contact.id, role);
    else if (role !== null) {
      const field = contact.custom_fields_values.find(({ field_id }) => field_id === fieldId);
      const quote = `${field?.field_name ?? "Role"}: ${field?.values[0]?.value}`;
      await this.edits.suggestRole(tx, accountId, open, { contactId: contact.id, role, quote });
    }
  }

  /** The part in the latest deal; of somebody of whom nothing was ever said, nothing. */
  private async show(tx: Tx, accountId: number, { contact, deals }: Reading, state: ContactState) {
    const latest = deals.filter(isOpen).toSorted(latestFirst)[0];
    const parts = await partsOf(tx, contact.id);
    if (!latest || parts.size === 0) return;
    const account = await this.accounts.read(tx, accountId);
    const { committee } = settingsOf(account);
    const part = parts.get(latest.id) ?? { role: null, weight: null };
    const wanted = wantedOfContact(part, committee, provisioned.parse(account.provisioned));
    // While a change is on its way nobody knows what the contact shows, only what it was asked to.
    const now: Shown = state.isDue
      ? state.wanted
      : Object.fromEntries(Object.keys(wanted).map((key) => [key, shownIn(contact, Number(key))]));
    const missing = Object.keys(wanted).filter((key) => wanted[key] !== (now[key] ?? null));
    if (missing.length === 0) return;
    const values = missing.map((key) =>
      wish(Number(key), wanted[key] ?? null, state.isDue ? undefined : (now[key] ?? null)),
    );
    await this.writes.put(tx, accountId, {
      leadId: latest.id,
      origin: "qualification",
      target: "contact",
      body: { contactId: contact.id, values },
    });
    await keepContact(tx, accountId, contact.id, { wanted });
  }
}

function isOpen({ closed_at }: Lead): boolean {
  return closed_at === null;
}

function latestFirst(one: Lead, other: Lead): number {
  return (other.updated_at?.getTime() ?? 0) - (one.updated_at?.getTime() ?? 0) || other.id - one.id;
}
