import { Inject, Injectable, Logger, type OnModuleInit } from "@nestjs/common";
import { CONFIG, type Config, SCAN_SECONDS_AT_MOST } from "../config.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { Clients } from "../installation/clients.ts";
import { PROVISION, SCAN } from "../installation/installations.ts";
import { provisioned } from "../installation/provisioning.ts";
import { Users } from "../installation/users.ts";
import type { KommoClient } from "../kommo/client.ts";
import { KommoForbidden, KommoNotFound } from "../kommo/errors.ts";
import type { Event, Lead, Note } from "../kommo/resources.ts";
import { saveContacts, saveLeads } from "../leads/lead-rows.ts";
import { scanRepairs, scanRuns } from "../meters.ts";
import { type EventType, type KommoEvent, OUTGOING_CALL_NOTE, TEXT_NOTE } from "../webhooks/events.ts";
import { Listeners } from "../webhooks/listeners.ts";
import { backoffMs, isUnavailability } from "../work/failure.ts";
import { Work } from "../work/work.ts";
import { type Decision, type WorkItem, type WorkKind, waitsFor } from "../work/work-kind.ts";
import { moveCursor, readCursor, type ScanKind } from "./cursor.ts";
import { EVENT_TYPES, eventsOf, unheardTalks } from "./event-log.ts";
import { readSince } from "./pages.ts";

/** Kommo's filter has been seen to miss what was updated in these last minutes; its clock and ours may differ too. */
const OVERLAP_MS = 2 * 60_000;
/** What is younger may still be on its way by webhook. */
const WEBHOOK_GRACE_MS = 20_000;
/** The users' mirror must not get older than this, so neither may the scan. */
const SELDOMEST_MS = SCAN_SECONDS_AT_MOST * 1000;
/** What a scan that failed waits for, in the words of its row. */
const ITSELF = "the scan";
/** Without webhooks the scan is all there is. */
const ALONE_MS = 30_000;

/** What the log alone tells. */
const UNTOLD = new Set<EventType>(["lead.updated", "lead.relinked", "lead.merged", "contact.merged"]);

interface Scan {
  accountId: number;
  kommo: KommoClient;
  /** Since when the account is connected. */
  connectedAt: Date;
  /** What happened later may still be on its way by webhook. */
  upTo: Date;
}

interface Found {
  kind: ScanKind;
  /** Writes down what was found and says what happened that we had not heard of. */
  keep(tx: Tx): Promise<KommoEvent[]>;
}

/** Finds by reading what no webhook has told: Kommo drops them, and switches a hook off that fails too often. */
@Injectable()
export class ScanWork implements WorkKind, OnModuleInit {
  readonly kind = SCAN;
  readonly recurs = true;
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

  /** Whatever goes wrong, it comes back: nobody else would notice what webhooks do not tell. */
  async run(item: WorkItem): Promise<Decision> {
    try {
      const decision = await this.scan(item.accountId);
      scanRuns.inc({ outcome: "done" });
      return decision;
    } catch (error) {
      scanRuns.inc({ outcome: "failed" });
      if (isUnavailability(error)) throw error;
      const { message, stack } = error as Error;
      this.log.warn(`Account ${item.accountId}: the scan failed and tries again: ${stack}`);
      const afterMs = backoffMs(waitsFor(item, ITSELF), undefined);
      return { again: { afterMs, counts: "wait", on: ITSELF, why: message } };
    }
  }

  private async scan(accountId: number): Promise<Decision> {
    const { provisioned: made, connectedAt } = await this.accounts.get(accountId);
    const kommo = await this.clients.of(accountId, "scan");
    await this.users.mirror(accountId, kommo);
    const isSubscribed = provisioned.parse(made).webhook?.state === "subscribed";
    const upTo = new Date(Date.now() - (isSubscribed ? WEBHOOK_GRACE_MS : 0));
    const missed = await this.look({ accountId, kommo, connectedAt, upTo });
    if (missed > 0) this.log.log(`Account ${accountId}: the scan found ${missed} changes that no webhook had told of.`);
    const { quietRuns } = await this.tenancy.run(accountId, (tx) => readCursor(tx, accountId, "leads"));
    return {
      // Something was missed: is the webhook still there? Otherwise that is looked at now and then.
      ...(isSubscribed && (missed > 0 || quietRuns % 5 === 4)
        ? { keep: (tx: Tx) => this.checkHook(tx, accountId) }
        : {}),
      again: { afterMs: this.nextIn(isSubscribed, quietRuns), counts: "nothing", why: "" },
    };
  }

  /** @returns how much was found that a webhook should have told */
  private async look(scan: Scan): Promise<number> {
    let missed = 0;
    const failures: Error[] = [];
    for (const part of [this.leads, this.deleted, this.contacts, this.notes, this.events]) {
      try {
        missed += await this.heal(scan, await part.call(this, scan));
      } catch (error) {
        // One list in trouble does not hide what the others have to say.
        if (isUnavailability(error)) throw error;
        failures.push(error as Error);
      }
    }
    if (failures[0]) throw failures[0];
    return missed;
  }

  private nextIn(isSubscribed: boolean, quietRuns: number): number {
    const usual = this.config.SCAN_SECONDS * 1000;
    if (!isSubscribed) return Math.min(usual, ALONE_MS);
    return Math.max(usual, Math.min(SELDOMEST_MS, usual * (1 + quietRuns / 10)));
  }

  private async heal({ accountId, upTo }: Scan, { kind, keep }: Found): Promise<number> {
    const missed = await this.tenancy.run(accountId, async (tx) => {
      const news = await keep(tx);
      if (news.length > 0) await this.listeners.tell(tx, accountId, news);
      await moveCursor(tx, kind, upTo, news.length);
      // Of links and merges there is no webhook, only the log.
      return kind === "events" ? news.filter(({ type }) => !UNTOLD.has(type)).length : news.length;
    });
    scanRepairs.inc({ found_in: kind }, missed);
    return missed;
  }

  private async leads({ accountId, kommo, connectedAt, upTo }: Scan): Promise<Found> {
    const from = await this.from(accountId, "leads");
    const leads = await readSince(from, (since, page) => kommo.leadsUpdatedSince(since, page));
    const old = leads.filter((lead) => lead.updated_at && lead.updated_at <= upTo);
    const isOurs = (lead: Lead) =>
      lead.closed_at === null && (lead.created_at?.getTime() ?? 0) >= connectedAt.getTime() - OVERLAP_MS;
    return {
      kind: "leads",
      keep: async (tx) => {
        const known = await knownTimes(tx, "lead", idsOf(old));
        const moved = await saveLeads(
          tx,
          accountId,
          old.filter((lead) => isNewer(lead, known.get(lead.id)?.readAt)),
        );
        if (moved.length > 0) await this.listeners.tell(tx, accountId, moved);
        return old.flatMap((lead): KommoEvent[] => {
          const before = known.get(lead.id);
          const isAdded = isOurs(lead) && !before?.readAt && !before?.heardOfCreation;
          if (!isAdded && !isNewer(lead, before?.readAt, before?.heardAt)) return [];
          const told = { leadId: lead.id, at: lead.updated_at ?? undefined };
          const stage = { pipelineId: lead.pipeline_id, statusId: lead.status_id };
          return [isAdded ? { type: "lead.added", stage, ...told } : { type: "lead.updated", ...told }];
        });
      },
    };
  }

  private async deleted({ accountId, kommo }: Scan): Promise<Found> {
    const from = await this.from(accountId, "deleted");
    const leads = await readSince(from, (since, page) => kommo.leadsUpdatedSince(since, page, { deleted: true }));
    return {
      kind: "deleted",
      keep: async (tx) => {
        const rows: { lead_id: number }[] = await tx.query(
          "SELECT lead_id FROM lead WHERE gone IS NULL AND lead_id = ANY($1)",
          [idsOf(leads.filter((l) => l.is_deleted))],
        );
        return rows.map((row) => ({ type: "lead.deleted" as const, leadId: row.lead_id }));
      },
    };
  }

  private async contacts({ accountId, kommo, upTo }: Scan): Promise<Found> {
    const from = await this.from(accountId, "contacts");
    const contacts = await readSince(from, (since, page) => kommo.contactsUpdatedSince(since, page));
    const old = contacts.filter((contact) => contact.updated_at && contact.updated_at <= upTo);
    return {
      kind: "contacts",
      keep: async (tx) => {
        const known = await knownTimes(tx, "contact", idsOf(old));
        const titled = await saveContacts(
          tx,
          accountId,
          old.filter((contact) => isNewer(contact, known.get(contact.id)?.readAt)),
        );
        if (titled.length > 0) await this.listeners.tell(tx, accountId, titled);
        return old
          .filter((contact) => isNewer(contact, known.get(contact.id)?.readAt, known.get(contact.id)?.heardAt))
          .map((contact) => ({
            type: "contact.changed" as const,
            contactId: contact.id,
            leadIds: idsOf(contact._embedded.leads),
            at: contact.updated_at ?? undefined,
          }));
      },
    };
  }

  private async notes({ accountId, kommo, upTo }: Scan): Promise<Found> {
    const from = await this.from(accountId, "notes");
    const notes = await readSince(from, (since, page) => kommo.leadNotesUpdatedSince(since, page));
    const settled = notes.filter((note) => note.updated_at && note.updated_at <= upTo);
    const typed = settled.filter((note) => note.note_type === "common");
    const calls = settled.filter((note) => note.note_type === "call_out");
    return {
      kind: "notes",
      keep: async (tx) => {
        const rows: { note_id: number; text: string; is_erased: boolean }[] = await tx.query(
          `SELECT n.note_id, n.text, coalesce(l.erased_at >= n.at, false) AS is_erased
             FROM note n LEFT JOIN lead l ON l.lead_id = n.lead_id WHERE n.note_id = ANY($1)`,
          [idsOf(typed)],
        );
        const known = new Map(rows.map((row) => [row.note_id, row]));
        const news = typed
          .filter(({ id }) => !known.get(id)?.is_erased)
          .filter((note) => known.get(note.id)?.text !== (note.params?.text ?? ""));
        return [
          ...news.map((note) => noted(note, TEXT_NOTE, upTo)),
          ...(await firstCalls(tx, calls)).map((note) => noted(note, OUTGOING_CALL_NOTE, upTo)),
        ];
      },
    };
  }

  private async events({ accountId, kommo, upTo }: Scan): Promise<Found> {
    const from = await this.from(accountId, "events");
    const log = (await kommo.events(EVENT_TYPES, from))
      .filter((event) => event.created_at <= upTo)
      .sort((a, b) => a.created_at.getTime() - b.created_at.getTime());
    const texts = await this.textsOfUnheard(accountId, kommo, log, from);
    return { kind: "events", keep: (tx) => eventsOf(tx, accountId, log, texts) };
  }

  /** Texts of messages we have not heard; empty where the account gives no history. */
  private async textsOfUnheard(
    accountId: number,
    kommo: KommoClient,
    log: readonly Event[],
    since: Date,
  ): Promise<Map<string, string>> {
    const unheard = await this.tenancy.run(accountId, (tx) => unheardTalks(tx, log));
    const texts = new Map<string, string>();
    for (const talkId of unheard) {
      try {
        for (const message of await kommo.messagesOfTalk(talkId, since)) texts.set(message.id, message.text);
      } catch (error) {
        if (!(error instanceof KommoForbidden || error instanceof KommoNotFound)) throw error;
        break;
      }
    }
    return texts;
  }

  private async from(accountId: number, kind: ScanKind): Promise<Date> {
    const cursor = await this.tenancy.run(accountId, (tx) => readCursor(tx, accountId, kind));
    return new Date(cursor.at.getTime() - OVERLAP_MS);
  }

  private checkHook(tx: Tx, accountId: number) {
    return this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "backfill" }]);
  }
}

interface Known {
  /** How new it was when we last read it. */
  readAt: Date | null;
  /** How new it was when a webhook last told of it. */
  heardAt: Date | null;
  heardOfCreation: boolean;
}

async function knownTimes(tx: Tx, table: "lead" | "contact", ids: number[]): Promise<Map<number, Known>> {
  const rows: (Known & { id: number })[] = await tx.query(
    `SELECT i.id, r.kommo_updated_at AS "readAt", h.at AS "heardAt",
            ${table === "lead" ? "coalesce(h.of_creation, false)" : "false"} AS "heardOfCreation"
       FROM unnest($1::bigint[]) AS i (id)
       LEFT JOIN ${table} r ON r.${table}_id = i.id LEFT JOIN heard_${table} h ON h.${table}_id = i.id`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Those before which nobody of ours is known to have called. */
async function firstCalls(tx: Tx, calls: readonly Note[]): Promise<Note[]> {
  const rows: { lead_id: number; first_call_at: Date }[] = await tx.query(
    "SELECT lead_id, first_call_at FROM lead WHERE lead_id = ANY($1) AND first_call_at IS NOT NULL",
    [calls.map(({ entity_id }) => entity_id)],
  );
  const known = new Map(rows.map((row) => [row.lead_id, row.first_call_at]));
  return calls.filter(({ entity_id, created_at }) => {
    const first = known.get(entity_id);
    return created_at !== null && (first === undefined || created_at < first);
  });
}

function noted(note: Note, noteType: number, otherwiseAt: Date): KommoEvent {
  return {
    type: "lead.noted",
    leadId: note.entity_id,
    noteId: note.id,
    noteType,
    text: note.params?.text ?? "",
    createdBy: note.created_by ?? undefined,
    at: note.created_at ?? otherwiseAt,
  };
}

function isNewer({ updated_at }: { updated_at: Date | null }, ...than: (Date | null | undefined)[]): boolean {
  return than.every((time) => !time || (updated_at !== null && updated_at > time));
}

function idsOf(things: readonly { id: number }[]): number[] {
  return things.map(({ id }) => id);
}
