import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Clients } from "../../installation/clients.ts";
import type { KommoClient } from "../../kommo/client.ts";
import type { Contact } from "../../kommo/resources.ts";
import { normaliseEmail } from "../../leads/contact-address.ts";
import { emailsOf } from "../../leads/contact-values.ts";
import { saveContacts } from "../../leads/lead-rows.ts";
import { mayBeOpen } from "../../leads/open-leads.ts";
import { LeadReader } from "../../leads/reader.ts";
import { Listeners } from "../../webhooks/listeners.ts";
import { Work } from "../../work/work.ts";
import type { Decision, Timing, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { Effects } from "../effects/effects.ts";
import { MAIL_WHOSE } from "../kinds.ts";
import { adopt, findAgain, peopleToLookFor } from "./whose-rows.ts";

/** Who is in no deal today will hardly be in one tomorrow without our hearing of it. */
const DAYS_APART = 7;
/** What a person does comes in bursts; one search is enough for it. */
const SETTLED: Timing = { settleMs: 1_000, atMostMs: 5_000, hastens: false };

/** Looks in Kommo for somebody of whom our own database does not say enough: once, and not again for days. */
@Injectable()
export class Whose implements WorkKind, OnModuleInit {
  readonly kind = MAIL_WHOSE;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly clients: Clients,
    private readonly leads: LeadReader,
    private readonly listeners: Listeners,
    private readonly effects: Effects,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  /** Asks for whoever did something that matters and is nobody whom we know with his deals. */
  async look(tx: Tx, accountId: number, eventIds: readonly string[]) {
    const people = await peopleToLookFor(tx, eventIds, DAYS_APART);
    const requests = people.map((subject) => ({ kind: this.kind, subject, priority: "engagement" as const }));
    await this.work.schedule(tx, accountId, requests, SETTLED);
  }

  async run({ accountId, subject: personId }: WorkItem): Promise<Decision> {
    const { address, known } = await this.tenancy.run(accountId, (tx) => readPerson(tx, personId));
    const kommo = await this.clients.of(accountId, "engagement");
    const contacts = await find(kommo, address, known);
    const linked = contacts.flatMap((contact) => contact._embedded.leads.map(({ id }) => id));
    const open = await this.tenancy.run(accountId, (tx) => mayBeOpen(tx, linked));
    await Promise.all(open.map((leadId) => this.leads.readAlone(accountId, leadId, "engagement", "long ago")));
    return { keep: (tx) => this.keep(tx, accountId, personId, contacts) };
  }

  private async keep(tx: Tx, accountId: number, personId: number, contacts: readonly Contact[]) {
    const titled = await saveContacts(tx, accountId, contacts);
    if (titled.length > 0) await this.listeners.tell(tx, accountId, titled);
    await tx.query("UPDATE customerio_person SET looked_for_at = app_now() WHERE id = $1", [personId]);
    const eventIds = await findAgain(tx, personId);
    await adopt(
      tx,
      contacts.map(({ id }) => id),
    );
    await this.effects.ofReading(tx, accountId, eventIds, []);
    // It has waited for this search, whatever was found.
    await this.effects.ofStanding(tx, accountId, [personId]);
  }

  /** Nobody was found then. What does not need a deal is done all the same. */
  async onDead(tx: Tx, { accountId, subject: personId }: WorkItem) {
    await this.effects.ofStanding(tx, accountId, [personId]);
  }
}

/** By his address as events tell it: by its own ids the workspace knows him, and Kommo does not. */
async function readPerson(tx: Tx, personId: number): Promise<{ address: string | null; known: number[] }> {
  const [row] = await tx.query(
    `SELECT e.address, ARRAY(SELECT contact_id FROM customerio_person_contact WHERE person_id = $1
                             UNION SELECT contact_id FROM contact_address a WHERE a.address = e.address) AS known
       FROM (SELECT coalesce((SELECT address FROM engagement_event WHERE person_id = $1 AND address IS NOT NULL
                               ORDER BY at DESC LIMIT 1),
                             (SELECT identifier_key FROM customerio_person WHERE id = $1 AND identified_by = 'email')) AS address) e`,
    [personId],
  );
  return { address: row.address, known: row.known.map(Number) };
}

/** With their deals. Kommo's search is loose, so what it finds is compared. */
async function find(kommo: KommoClient, address: string | null, known: readonly number[]): Promise<Contact[]> {
  const found = address?.includes("@") ? await kommo.contactsFound(address) : [];
  const same = found.filter((contact) => emailsOf(contact).some((email) => normaliseEmail(email) === address));
  const ids = new Set([...known, ...same.map(({ id }) => id)]);
  const read = await Promise.all([...ids].map((id) => kommo.contact(id)));
  return read.filter((contact) => contact !== undefined);
}
