import { Injectable } from "@nestjs/common";
import { lockLeads } from "../database/lock-leads.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Clients } from "../installation/clients.ts";
import type { Contact, Lead } from "../kommo/resources.ts";
import { type Priority } from "../queue/priority.ts";
import { Listeners } from "../webhooks/listeners.ts";
import { markGone, saveContacts, saveLeads } from "./lead-rows.ts";

/** A lead as Kommo shows it at this moment, with its people. */
export interface LeadReading {
  lead: Lead;
  contacts: Contact[];
  companies: string[];
}

/** What Kommo tells of may take so long to show up in its reads; what is missing afterwards is gone. */
const SHOWS_WITHIN_SECONDS = 30;

/** When we first heard of a lead; of one that was told of long ago, what Kommo does not show is gone. */
export type ToldAt = Date | "long ago";

interface Batch {
  leads: Map<number, Lead>;
  contacts: Map<number, Contact>;
  gone: Set<number>;
  saved: Promise<void>;
}

/** Reads leads from Kommo and keeps the read model up to date with what was read. */
@Injectable()
export class LeadReader {
  private readonly batches = new Map<number, Batch>();

  constructor(
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly listeners: Listeners,
  ) {}

  /** @returns undefined when the lead is deleted or was merged into another */
  async read(accountId: number, leadId: number, priority: Priority): Promise<LeadReading | undefined> {
    const reading = await this.readNew(accountId, leadId, priority, "long ago");
    return reading === "not yet" ? undefined : reading;
  }

  /**
   * Reads a lead that may be so new that Kommo does not show it yet.
   * @returns "not yet" for a lead that was never seen and of which we have heard only seconds ago
   */
  async readNew(
    accountId: number,
    leadId: number,
    priority: Priority,
    toldAt: ToldAt,
  ): Promise<LeadReading | "not yet" | undefined> {
    const lead = await this.find(accountId, leadId, priority, toldAt);
    if (!lead || lead === "not yet") return lead;
    const kommo = await this.clients.of(accountId, priority);
    const [contacts, companies] = await Promise.all([
      Promise.all(lead._embedded.contacts.map(({ id }) => kommo.contact(id))),
      Promise.all(lead._embedded.companies.map(({ id }) => kommo.company(id))),
    ]);
    const people = contacts.filter((contact) => contact !== undefined);
    await this.save(accountId, (batch) => {
      batch.leads.set(lead.id, lead);
      for (const contact of people) batch.contacts.set(contact.id, contact);
    });
    return { lead, contacts: people, companies: companies.flatMap((company) => company?.name || []) };
  }

  /** Like `readNew`, without the lead's people: one call, for who is in a hurry. */
  async readAlone(accountId: number, leadId: number, priority: Priority, toldAt: "long ago"): Promise<Lead | undefined>;
  async readAlone(
    accountId: number,
    leadId: number,
    priority: Priority,
    toldAt: ToldAt,
  ): Promise<Lead | "not yet" | undefined>;
  async readAlone(accountId: number, leadId: number, priority: Priority, toldAt: ToldAt) {
    const lead = await this.find(accountId, leadId, priority, toldAt);
    if (lead && lead !== "not yet") await this.save(accountId, (batch) => batch.leads.set(lead.id, lead));
    return lead;
  }

  private async find(accountId: number, leadId: number, priority: Priority, toldAt: ToldAt) {
    const kommo = await this.clients.of(accountId, priority);
    const lead = await kommo.lead(leadId);
    if (lead) return lead;
    const mayShow =
      toldAt !== "long ago" && (await this.tenancy.run(accountId, (tx) => mayStillShow(tx, leadId, toldAt)));
    if (mayShow) return "not yet";
    await this.save(accountId, (batch) => batch.gone.add(leadId));
    return undefined;
  }

  /** Readings that arrive together, as those of one coalesced call do, are saved together. */
  private save(accountId: number, add: (batch: Batch) => void): Promise<void> {
    let batch = this.batches.get(accountId);
    if (!batch) {
      const fresh: Batch = { leads: new Map(), contacts: new Map(), gone: new Set(), saved: Promise.resolve() };
      fresh.saved = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        this.batches.delete(accountId);
        return this.tenancy.run(accountId, (tx) => this.write(tx, accountId, fresh));
      });
      this.batches.set(accountId, fresh);
      batch = fresh;
    }
    add(batch);
    return batch.saved;
  }

  private async write(tx: Tx, accountId: number, { leads, contacts, gone }: Batch) {
    const titled = await saveContacts(tx, accountId, [...contacts.values()]);
    if (gone.size > 0) await lockLeads(tx, accountId, [...leads.keys(), ...gone]);
    const moved = await saveLeads(tx, accountId, [...leads.values()]);
    await markGone(tx, accountId, [...gone]);
    const news = [...titled, ...moved];
    if (news.length > 0) await this.listeners.tell(tx, accountId, news);
  }
}

/** Asked of the database, whose clock the times of work are. */
async function mayStillShow(tx: Tx, leadId: number, toldAt: Date): Promise<boolean> {
  const [row] = await tx.query(
    `SELECT $2::timestamptz > app_now() - interval '${SHOWS_WITHIN_SECONDS} seconds'
        AND NOT EXISTS (SELECT FROM lead WHERE lead_id = $1 AND (kommo_updated_at IS NOT NULL OR gone IS NOT NULL)) AS may`,
    [leadId, toldAt],
  );
  return row.may;
}
