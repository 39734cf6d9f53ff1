import type { Settings } from "@dealscope/shared/settings";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import { LeadFields } from "../installation/lead-fields.ts";
import { isAlsoAbout } from "../tracing.ts";
import type { KommoEvent } from "../webhooks/events.ts";
import { type Listener, Listeners } from "../webhooks/listeners.ts";
import { Work } from "../work/work.ts";
import { incomplete } from "../write-back/shown.ts";
import { countsMails } from "./judging/engagement.ts";
import { PromptVersions } from "./prompt/prompt-versions.service.ts";
import { QUALIFY, type QualifyDetail } from "./qualify.work.ts";
import { SettingsService } from "./settings.service.ts";

interface Stage {
  pipelineId: number;
  statusId: number;
}

type StageChanged = Extract<KommoEvent, { type: "lead.stage_changed" }>;

interface Talk {
  leadId: number;
  talkId: number;
}

/** How long other processes may go on with the fields as they were before they were made again. */
const OLD_FIELDS_MS = 6_000;

/** From what happened to "this lead wants a verdict". Everything that happens to a lead while it settles is one verdict. */
@Injectable()
export class QualificationTriggers implements Listener, OnModuleInit {
  readonly name = "qualification";
  readonly types = [
    "lead.added",
    "lead.updated",
    "lead.restored",
    "lead.stage_changed",
    "lead.dp_called",
    "lead.noted",
    "contact.changed",
    "message.received",
    "talk.changed",
    "lead.engaged",
  ] as const;

  constructor(
    private readonly listeners: Listeners,
    private readonly settings: SettingsService,
    private readonly work: Work,
    private readonly leadFields: LeadFields,
    private readonly versions: PromptVersions,
  ) {}

  onModuleInit() {
    this.work.expect(QUALIFY);
    this.listeners.add(this);
    this.leadFields.whenMade((tx, accountId) => this.complete(tx, accountId));
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    const { settings } = await this.settings.read(tx, accountId);
    const ofContacts = await leadsOfContacts(tx, events);
    const named = events.flatMap((event) => ("leadId" in event ? (event.leadId ?? []) : []));
    // A card that is still filling: what comes while it settles belongs to the first verdict.
    const filling = settings.triggers.onContentChange ? undefined : await beingQualified(tx, [...ofContacts, ...named]);
    const doesCount = (leadId: number) => filling?.has(leadId) ?? true;
    const leadIds = new Set(ofContacts.filter(doesCount));
    for (const event of events) {
      if ("leadId" in event && event.leadId !== undefined && (await this.wants(tx, settings, event, doesCount))) {
        leadIds.add(event.leadId);
      }
    }
    for (const leadId of await this.ofMails(tx, accountId, events)) leadIds.add(leadId);
    const called = new Set(
      events.flatMap((event) => (event.type === "lead.dp_called" && event.action === "qualify" ? event.leadId : [])),
    );
    await this.schedule(tx, accountId, settings, [...leadIds], called);
  }

  /** What is done with mails says something new only to who has made a criterion of it. */
  private async ofMails(tx: Tx, accountId: number, events: readonly KommoEvent[]): Promise<number[]> {
    const engaged = events.flatMap((event) => (event.type === "lead.engaged" ? event.leadId : []));
    if (engaged.length === 0) return [];
    const { content } = await this.versions.published(tx, accountId);
    return countsMails(content) ? engaged : [];
  }

  private async schedule(
    tx: Tx,
    accountId: number,
    settings: Settings,
    leadIds: readonly number[],
    called: ReadonlySet<number>,
  ) {
    if (leadIds.length === 0) return;
    await this.work.schedule(
      tx,
      accountId,
      leadIds.map((subject) => {
        const detail: QualifyDetail = called.has(subject) ? { isCalled: true } : {};
        return { kind: QUALIFY, subject, priority: "qualification" as const, detail: { ...detail } };
      }),
      { settleMs: settings.settleSeconds * 1000, atMostMs: settings.settleAtMostSeconds * 1000, hastens: false },
    );
  }

  /** There are fields or options that were missing: leads that lack something for want of them are put right. */
  private async complete(tx: Tx, accountId: number) {
    const requests = (await incomplete(tx)).map((subject) => {
      return { kind: QUALIFY, subject, priority: "qualification" as const };
    });
    const timing = { settleMs: OLD_FIELDS_MS, atMostMs: OLD_FIELDS_MS, hastens: false };
    await this.work.schedule(tx, accountId, requests, timing);
  }

  private async wants(
    tx: Tx,
    { triggers }: Settings,
    event: KommoEvent,
    doesCount: (leadId: number) => boolean,
  ): Promise<boolean> {
    const isChosen = (stage: Stage | undefined) =>
      triggers.onStages.some((s) => s.pipelineId === stage?.pipelineId && s.statusId === stage.statusId);
    switch (event.type) {
      case "lead.added":
        return triggers.onCreation || isChosen(event.stage);
      case "lead.updated":
      case "lead.restored":
      case "lead.noted":
        return doesCount(event.leadId);
      case "lead.stage_changed": {
        const isOurs = await takeForOurs(tx, event.leadId, event.to);
        return (isChosen(event.to) || comesIn(triggers, event)) && (triggers.onOwnMoves || !isOurs);
      }
      case "lead.dp_called":
        return event.action === "qualify";
      case "message.received":
        if (event.leadId === undefined) return false;
        if (doesCount(event.leadId)) return true;
        return triggers.onFirstMessage && this.isFirstMessage(tx, event.leadId, event.messageId);
      case "talk.changed":
        if (event.leadId === undefined) return false;
        return this.bringsWords(
          tx,
          { leadId: event.leadId, talkId: event.talkId },
          doesCount(event.leadId),
          triggers.onFirstMessage,
        );
      default:
        return false;
    }
  }

  /** A conversation may have begun before it was known which lead it belongs to. */
  private async bringsWords(tx: Tx, { leadId, talkId }: Talk, doesCount: boolean, isFirstChosen: boolean) {
    const said: { talk_id: number | null }[] = await tx.query(
      "SELECT talk_id FROM message WHERE lead_id = $1 AND direction = 'incoming' ORDER BY at, message_id",
      [leadId],
    );
    if (doesCount) return said.some((message) => message.talk_id === talkId);
    return isFirstChosen && said[0]?.talk_id === talkId;
  }

  private async isFirstMessage(tx: Tx, leadId: number, messageId: string): Promise<boolean> {
    const [first] = await tx.query(
      "SELECT message_id FROM message WHERE lead_id = $1 AND direction = 'incoming' ORDER BY at, message_id LIMIT 1",
      [leadId],
    );
    return first?.message_id === messageId;
  }
}

async function beingQualified(tx: Tx, leadIds: readonly number[]): Promise<Set<number>> {
  const rows: { subject: number }[] = await tx.query(
    "SELECT subject FROM work WHERE kind = $1 AND subject = ANY($2) AND state = 'open'",
    [QUALIFY, leadIds],
  );
  return new Set(rows.map((row) => row.subject));
}

/**
 * Whether this is the move that we have made ourselves. Asked of every move, because each ends the matter: who moves the
 * lead there again later is a person.
 */
async function takeForOurs(tx: Tx, leadId: number, to: Stage): Promise<boolean> {
  // Kommo may tell of a move before it has answered it: then its row is still due.
  const [row] = await tx.query(
    `WITH told AS (UPDATE lead SET wrote = '{}' WHERE lead_id = $1 AND wrote <> '{}')
     SELECT EXISTS (SELECT FROM lead WHERE lead_id = $1 AND wrote @> $2::jsonb)
         OR EXISTS (SELECT FROM write WHERE lead_id = $1 AND state = 'due' AND body->'stage' = $2::jsonb) AS ours`,
    [leadId, JSON.stringify({ pipelineId: to.pipelineId, statusId: to.statusId })],
  );
  return row.ours;
}

/** Into the chosen pipelines from outside of them a lead comes as if it was made there. */
function comesIn({ pipelineIds, onCreation }: Settings["triggers"], { from, to }: StageChanged) {
  const wasIn = from.pipelineId !== undefined && pipelineIds.includes(from.pipelineId);
  return onCreation && pipelineIds.includes(to.pipelineId) && !wasIn;
}

/** A change of a person is a change of each deal they are in. */
async function leadsOfContacts(tx: Tx, events: readonly KommoEvent[]): Promise<number[]> {
  const changes = events.filter((event) => event.type === "contact.changed");
  if (changes.length === 0) return [];
  const linked: { lead_id: number; contact_id: number }[] = await tx.query(
    "SELECT lead_id, contact_id FROM lead_contact WHERE contact_id = ANY($1)",
    [changes.map((change) => change.contactId)],
  );
  for (const { lead_id, contact_id } of linked) isAlsoAbout(lead_id, contact_id);
  return [...changes.flatMap((change) => change.leadIds), ...linked.map((row) => row.lead_id)];
}
