import { Inject, Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { Clients } from "../installation/clients.ts";
import { PROVISION, SCAN } from "../installation/installations.ts";
import { provisioned } from "../installation/provisioning.ts";
import { Users } from "../installation/users.ts";
import type { KommoClient } from "../kommo/client.ts";
import { KommoForbidden, KommoNotFound } from "../kommo/errors.ts";
import type { Event } from "../kommo/resources.ts";
import { saveContacts, saveLeads } from "../leads/lead-rows.ts";
import type { KommoEvent } from "../webhooks/events.ts";
import { Listeners } from "../webhooks/listeners.ts";
import { Work } from "../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../work/work-kind.ts";
import { moveCursor, readCursor, type ScanKind } from "./cursor.ts";
import { EVENT_TYPES, eventsOf, unheardTalks } from "./event-log.ts";
import { readSince } from "./pages.ts";

/** Kommo's filter has been seen to miss what was updated in these last minutes. */
const OVERLAP_MS = 2 * 60_000;
/** What is younger may still be on its way by webhook. */
const WEBHOOK_GRACE_MS = 20_000;
/** The users' mirror must not get older than this, so neither may the scan. */
const SELDOMEST_MS = 5 * 60_000;
/** Without webhooks the scan is all there is. */
const ALONE_MS = 30_000;

interface Found {
  kind: ScanKind;
  /** How far the scan has seen everything. */
  upTo: Date;
  /** Writes down what was found and says what happened that we had not heard of. */
  keep(tx: Tx): Promise<KommoEvent[]>;
}

/** Finds by reading what no webhook has told: Kommo drops them, and switches a hook off that fails too often. */
@Injectable()
export class ScanWork implements WorkKind, OnModuleInit {
  readonly kind = SCAN;
  private readonly log = new Logger("scan");

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly users: Users,
    private readonly listeners: Listeners,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId }: WorkItem): Promise<Decision> {
    const { provisioned: made } = await this.accounts.get(accountId);
    const kommo = await this.clients.of(accountId, "scan");
    await this.users.mirror(accountId, kommo);
    const startedAt = Date.now();
    let healed = 0;
    for (const look of [this.leads, this.deleted, this.contacts, this.notes, this.events]) {
      healed += await this.heal(accountId, await look.call(this, accountId, kommo, startedAt));
    }
    if (healed > 0) this.log.log(`Account ${accountId}: the scan found ${healed} changes that no webhook had told of.`);
    const { quietRuns } = await this.tenancy.run(accountId, (tx) => readCursor(tx, accountId, "leads"));
    return {
      // Something was missed: is the webhook still there? Otherwise that is looked at now and then.
      ...(healed > 0 || quietRuns % 5 === 4 ? { keep: (tx: Tx) => this.checkHook(tx, accountId) } : {}),
      again: { afterMs: this.nextIn(provisioned.parse(made).webhook?.state, quietRuns), counts: "nothing", why: "" },
    };
  }

  private nextIn(webhook: string | undefined, quietRuns: number): number {
    const usual = this.config.SCAN_SECONDS * 1000;
    if (webhook !== "subscribed") return Math.min(usual, ALONE_MS);
    return Math.max(usual, Math.min(SELDOMEST_MS, usual * (1 + quietRuns / 10)));
  }

  private async heal(accountId: number, { kind, upTo, keep }: Found): Promise<number> {
    return this.tenancy.run(accountId, async (tx) => {
      const news = await keep(tx);
      if (news.length > 0) await this.listeners.tell(tx, accountId, news);
      await moveCursor(tx, kind, upTo, news.length);
      return news.length;
    });
  }

  private async leads(accountId: number, kommo: KommoClient, now: number): Promise<Found> {
    const { from, upTo } = await this.span(accountId, "leads", now);
    const leads = await readSince(from, (since, page) => kommo.leadsUpdatedSince(since, page));
    const old = leads.filter((lead) => lead.updated_at && lead.updated_at <= upTo);
    return {
      kind: "leads",
      upTo,
      keep: async (tx) => {
        const known = await knownTimes(
          tx,
          "lead",
          old.map((l) => l.id),
        );
        const news = old.filter((lead) => (known.get(lead.id) ?? 0) < (lead.updated_at?.getTime() ?? 0));
        await saveLeads(tx, accountId, news);
        return news.map((lead) => ({
          type: known.has(lead.id) ? ("lead.updated" as const) : ("lead.added" as const),
          leadId: lead.id,
          at: lead.updated_at ?? undefined,
        }));
      },
    };
  }

  private async deleted(accountId: number, kommo: KommoClient, now: number): Promise<Found> {
    const { from, upTo } = await this.span(accountId, "deleted", now);
    const leads = await readSince(from, (since, page) => kommo.leadsUpdatedSince(since, page, { deleted: true }));
    return {
      kind: "deleted",
      upTo,
      keep: async (tx) => {
        const rows: { lead_id: number }[] = await tx.query(
          "SELECT lead_id FROM lead WHERE gone IS NULL AND lead_id = ANY($1)",
          [leads.filter((l) => l.is_deleted).map((l) => l.id)],
        );
        return rows.map((row) => ({ type: "lead.deleted" as const, leadId: row.lead_id }));
      },
    };
  }

  private async contacts(accountId: number, kommo: KommoClient, now: number): Promise<Found> {
    const { from, upTo } = await this.span(accountId, "contacts", now);
    const contacts = await readSince(from, (since, page) => kommo.contactsUpdatedSince(since, page));
    const old = contacts.filter((contact) => contact.updated_at && contact.updated_at <= upTo);
    return {
      kind: "contacts",
      upTo,
      keep: async (tx) => {
        const known = await knownTimes(
          tx,
          "contact",
          old.map((c) => c.id),
        );
        const news = old.filter((contact) => (known.get(contact.id) ?? 0) < (contact.updated_at?.getTime() ?? 0));
        await saveContacts(tx, accountId, news);
        return news.map((contact) => ({
          type: "contact.changed" as const,
          contactId: contact.id,
          leadIds: contact._embedded.leads.map((lead) => lead.id),
          at: contact.updated_at ?? undefined,
        }));
      },
    };
  }

  private async notes(accountId: number, kommo: KommoClient, now: number): Promise<Found> {
    const { from, upTo } = await this.span(accountId, "notes", now);
    const notes = await readSince(from, (since, page) => kommo.leadNotesUpdatedSince(since, page));
    const typed = notes.filter((note) => note.note_type === "common" && note.updated_at && note.updated_at <= upTo);
    return {
      kind: "notes",
      upTo,
      keep: async (tx) => {
        const rows: { note_id: number; text: string }[] = await tx.query(
          "SELECT note_id, text FROM note WHERE note_id = ANY($1)",
          [typed.map((n) => n.id)],
        );
        const known = new Map(rows.map((row) => [row.note_id, row.text]));
        return typed
          .filter((note) => known.get(note.id) !== (note.params?.text ?? ""))
          .map((note) => ({
            type: "lead.noted" as const,
            leadId: note.entity_id,
            noteId: note.id,
            noteType: 4,
            text: note.params?.text ?? "",
            createdBy: note.created_by ?? undefined,
            at: note.created_at ?? new Date(now),
          }));
      },
    };
  }

  private async events(accountId: number, kommo: KommoClient, now: number): Promise<Found> {
    const { from, upTo } = await this.span(accountId, "events", now);
    const log: Event[] = [];
    for (let page = 1, more = true; more; page++) {
      const some = await kommo.events(EVENT_TYPES, from, page);
      log.push(...some.events);
      more = some.more;
    }
    const old = log
      .filter((event) => event.created_at <= upTo)
      .sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
    const texts = await this.textsOfUnheard(accountId, kommo, old);
    return { kind: "events", upTo, keep: (tx) => eventsOf(tx, accountId, old, texts) };
  }

  /** Texts of messages we have not heard; empty where the account gives no history. */
  private async textsOfUnheard(
    accountId: number,
    kommo: KommoClient,
    log: readonly Event[],
  ): Promise<Map<string, string>> {
    const unheard = await this.tenancy.run(accountId, (tx) => unheardTalks(tx, log));
    const texts = new Map<string, string>();
    for (const talkId of unheard) {
      try {
        for (const message of await kommo.messagesOfTalk(talkId)) texts.set(message.id, message.text);
      } catch (error) {
        if (!(error instanceof KommoForbidden || error instanceof KommoNotFound)) throw error;
        break;
      }
    }
    return texts;
  }

  private async span(accountId: number, kind: ScanKind, now: number): Promise<{ from: Date; upTo: Date }> {
    const cursor = await this.tenancy.run(accountId, (tx) => readCursor(tx, accountId, kind));
    return { from: new Date(cursor.at.getTime() - OVERLAP_MS), upTo: new Date(now - WEBHOOK_GRACE_MS) };
  }

  private checkHook(tx: Tx, accountId: number) {
    return this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "backfill" }]);
  }
}

/** When we last saw each of them change, in ms; those never seen are missing. */
async function knownTimes(tx: Tx, table: "lead" | "contact", ids: number[]): Promise<Map<number, number>> {
  const rows: { id: number; at: Date }[] = await tx.query(
    `SELECT ${table}_id AS id, kommo_updated_at AS at FROM ${table} WHERE ${table}_id = ANY($1) AND kommo_updated_at IS NOT NULL`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.at.getTime()]));
}
