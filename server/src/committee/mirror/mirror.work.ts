import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Clients } from "../../installation/clients.ts";
import { PROVISION } from "../../installation/installations.ts";
import { provisioned } from "../../installation/provisioning.ts";
import type { Contact, Lead } from "../../kommo/resources.ts";
import { mayBeOpen } from "../../leads/open-leads.ts";
import { LeadReader } from "../../leads/reader.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import { type ContactState, contactState, keepContact, partsOf } from "./contact-rows.ts";
import { Edits } from "./edits.ts";
import { pairsOf } from "./element-rows.ts";
import { Elements } from "./elements.ts";
import { Mirror } from "./mirror.service.ts";
import { MIRROR } from "./mirror-kinds.ts";
import { isForeign, keyOf, type Shown, shownIn, wish } from "./shown.ts";
import { wantedOfContact } from "./wanted.ts";

/** A contact as Kommo shows it at this moment. */
interface Reading {
  contact: Contact;
  /** The deals it is in, and those of them that are open. */
  linked: ReadonlySet<number>;
  open: readonly Lead[];
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
    const linked = new Set(contact._embedded.leads.map(({ id }) => id));
    const leadIds = await this.tenancy.run(accountId, (tx) => worthReading(tx, contactId, linked));
    const read = (id: number) => this.leads.readAlone(accountId, id, "qualification", "long ago");
    const deals = await Promise.all([...leadIds].map(read));
    return { contact, linked, open: deals.filter((lead) => lead !== undefined).filter(isOpen) };
  }

  private async keep(
    tx: Tx,
    accountId: number,
    contactId: number,
    reading: Reading | undefined,
    before: ContactState,
  ): Promise<void> {
    const open = (reading?.open ?? []).map(({ id }) => id);
    const pairs = await pairsOf(tx, contactId);
    await lockLeads(tx, accountId, [...open, ...pairs.map(({ leadId }) => leadId)]);
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
      leadIds: reading?.linked ?? new Set<number>(),
      openLeadIds: new Set(open),
    };
    await this.elements.put(tx, accountId, person, list);
  }

  /** A role that somebody has chosen in Kommo: of the one open deal, or a suggestion in each of several. */
  private async hearEdit(tx: Tx, accountId: number, { contact, open }: Reading, { shown }: ContactState) {
    const { contactFields, roles } = provisioned.parse((await this.accounts.read(tx, accountId)).provisioned);
    const fieldId = contactFields.role;
    if (fieldId === undefined) return;
    const chosen = shownIn(contact, fieldId);
    if (chosen === (shown[fieldId] ?? null)) return;
    await keepContact(tx, accountId, contact.id, { shown: { [fieldId]: chosen } });
    const role = keyOf(chosen, roles);
    // What it means nobody knows; why it stays there the setup says.
    if (role === undefined) return this.provision(tx, accountId);
    const leadIds = open.map(({ id }) => id);
    const [only] = leadIds;
    if (only === undefined) return;
    if (leadIds.length === 1) await this.edits.role(tx, accountId, only, contact.id, role);
    else if (role !== null) {
      const field = contact.custom_fields_values.find(({ field_id }) => field_id === fieldId);
      const quote = `${field?.field_name ?? "Role"}: ${field?.values[0]?.value}`;
      await this.edits.suggestRole(tx, accountId, leadIds, { contactId: contact.id, role, quote });
    }
  }

  private provision(tx: Tx, accountId: number) {
    return this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "backfill" }]);
  }

  /** The part in the latest deal; of somebody of whom nothing was ever said, nothing. */
  private async show(tx: Tx, accountId: number, { contact, open }: Reading, state: ContactState) {
    const latest = open.toSorted(latestFirst)[0];
    const parts = await partsOf(tx, contact.id);
    if (!latest || parts.size === 0) return;
    const account = await this.accounts.read(tx, accountId);
    const { committee } = settingsOf(account);
    const part = parts.get(latest.id) ?? { role: null, weight: null };
    const made = provisioned.parse(account.provisioned);
    const wanted = wantedOfContact(part, committee, made);
    // While a change is on its way nobody knows what the contact shows, only what it was asked to.
    const now: Shown = state.isDue
      ? state.wanted
      : Object.fromEntries(Object.keys(wanted).map((key) => [key, shownIn(contact, Number(key))]));
    // Chosen after our last word, it stands until there is another one.
    const isLeft = (key: string) =>
      Number(key) === made.contactFields.role &&
      isForeign(now[key] ?? null, made.roles) &&
      (state.wanted[key] ?? null) === wanted[key];
    const missing = Object.keys(wanted).filter((key) => wanted[key] !== (now[key] ?? null) && !isLeft(key));
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

/** Deals that may be open, and of very many surely those in which something was said of this person. */
async function worthReading(tx: Tx, contactId: number, linked: ReadonlySet<number>): Promise<Set<number>> {
  const said = (await pairsOf(tx, contactId)).map(({ leadId }) => leadId).filter((id) => linked.has(id));
  return new Set([...(await mayBeOpen(tx, said)), ...(await mayBeOpen(tx, [...linked]))]);
}

function isOpen({ closed_at }: Lead): boolean {
  return closed_at === null;
}

function latestFirst(one: Lead, other: Lead): number {
  return (other.updated_at?.getTime() ?? 0) - (one.updated_at?.getTime() ?? 0) || other.id - one.id;
}
