import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../../database/tenancy.ts";
import { isAlsoAbout } from "../../../tracing.ts";
import type { EventType, KommoEvent } from "../../../webhooks/events.ts";
import { type Listener, Listeners } from "../../../webhooks/listeners.ts";
import { Work } from "../../../work/work.ts";
import type { Timing } from "../../../work/work-kind.ts";
import { CUSTOMERIO_DEAL } from "../../kinds.ts";
import { spokenFor, spokenForBy } from "../people/whom.ts";
import { isTelling, readTerms } from "./beginning.ts";

/** In the detail of a deal's row. */
export interface DealDetail {
  /** When it was heard that it was made, if that was since deals are told. */
  addedAt?: string;
}

/** A campaign may wait for a move. */
const AT_ONCE: Timing = { settleMs: 0, atMostMs: 0, hastens: false };
/** Edits come in pairs and threes. Whoever is asked for once more is not put off: a move may wait in the same row. */
const SETTLED: Timing = { settleMs: 1_000, atMostMs: 0, hastens: false };

/** From what happened in Kommo to "Customer.io should know of this deal". */
@Injectable()
export class DealsListener implements Listener, OnModuleInit {
  readonly name = "engagement-deals";
  readonly types = [
    "lead.added",
    "lead.updated",
    "lead.restored",
    "lead.stage_changed",
    "lead.responsible_changed",
    "lead.deleted",
    "lead.judged",
    "contact.changed",
    "contact.linked",
    "contact.unlinked",
    "stakeholder.changed",
  ] as const satisfies readonly EventType[];

  constructor(
    private readonly listeners: Listeners,
    private readonly work: Work,
  ) {}

  onModuleInit() {
    this.work.expect(CUSTOMERIO_DEAL);
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    // Most accounts tell nothing, and each of their webhooks pays for this.
    if (!(await isTelling(tx))) return;
    const added = new Set<number>();
    const hurried = new Set<number>();
    const settled = new Set<number>();
    const contacts = new Set<number>();
    for (const event of events) {
      if (event.type === "lead.added") added.add(event.leadId);
      else if (event.type === "lead.stage_changed" || event.type === "lead.judged") hurried.add(event.leadId);
      else if (event.type === "contact.changed") contacts.add(event.contactId);
      else if ("leadId" in event && event.leadId !== undefined) settled.add(event.leadId);
    }
    for (const leadId of await chosenDeals(tx, [...contacts])) settled.add(leadId);
    await this.ask(tx, accountId, settled, SETTLED);
    await this.ask(tx, accountId, hurried, AT_ONCE);
    if (added.size > 0) await this.ask(tx, accountId, added, AT_ONCE, { addedAt: await timeOf(tx) });
  }

  private async ask(tx: Tx, accountId: number, leadIds: Iterable<number>, timing: Timing, detail: DealDetail = {}) {
    const requests = [...leadIds].map((subject) => {
      return { kind: CUSTOMERIO_DEAL, subject, priority: "engagement" as const, detail: { ...detail } };
    });
    await this.work.schedule(tx, accountId, requests, timing);
  }
}

async function timeOf(tx: Tx): Promise<string> {
  const [{ at }] = await tx.query("SELECT app_now() AS at");
  return at.toISOString();
}

/** What somebody's card says is told with one of his deals, however many he has. */
async function chosenDeals(tx: Tx, contactIds: readonly number[]): Promise<number[]> {
  if (contactIds.length === 0) return [];
  const terms = await readTerms(tx);
  if (!terms) return [];
  const rows: { lead_id: number; contact_id: number }[] = await tx.query(
    `SELECT DISTINCT ON (d.contact_id) d.lead_id, d.contact_id
       FROM deal_person d
       JOIN lead l ON l.lead_id = d.lead_id AND l.gone IS NULL
       LEFT JOIN stakeholder s ON s.lead_id = d.lead_id AND s.contact_id = d.contact_id
      WHERE d.contact_id = ANY($1) AND ${spokenFor("$2", "$3")}
      ORDER BY d.contact_id, l.closed_at IS NOT NULL, l.kommo_created_at DESC NULLS LAST, l.lead_id DESC`,
    [contactIds, ...spokenForBy(terms.settings.speaksFor)],
  );
  for (const { lead_id, contact_id } of rows) isAlsoAbout(lead_id, contact_id);
  return rows.map(({ lead_id }) => lead_id);
}
