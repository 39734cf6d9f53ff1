import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Clients } from "../installation/clients.ts";
import type { Contact, Lead } from "../kommo/resources.ts";
import { type Priority } from "../queue/priority.ts";
import { markGone, saveContacts, saveLeads } from "./lead-rows.ts";

/** A lead as Kommo shows it at this moment, with its people. */
export interface LeadReading {
  lead: Lead;
  contacts: Contact[];
  companies: string[];
}

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
  ) {}

  /** @returns undefined when the lead is deleted or was merged into another */
  async read(accountId: number, leadId: number, priority: Priority): Promise<LeadReading | undefined> {
    const kommo = await this.clients.of(accountId, priority);
    const lead = await kommo.lead(leadId);
    if (!lead) {
      await this.save(accountId, (batch) => batch.gone.add(leadId));
      return undefined;
    }
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
    await saveContacts(tx, accountId, [...contacts.values()]);
    await saveLeads(tx, accountId, [...leads.values()]);
    if (gone.size > 0) await markGone(tx, accountId, [...gone], "deleted");
  }
}
