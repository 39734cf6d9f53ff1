import type { Settings } from "@dealscope/shared/settings";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import type { KommoEvent } from "../webhooks/events.ts";
import { type Listener, Listeners } from "../webhooks/listeners.ts";
import { Work } from "../work/work.ts";
import { QUALIFY } from "./qualify.work.ts";
import { SettingsService } from "./settings.service.ts";

/** From what happened to "this lead wants a verdict". Everything that happens to a lead while it settles is one verdict. */
@Injectable()
export class QualificationTriggers implements Listener, OnModuleInit {
  readonly name = "qualification";
  readonly types = [
    "lead.added",
    "lead.updated",
    "lead.restored",
    "lead.stage_changed",
    "lead.noted",
    "contact.changed",
    "message.received",
    "talk.changed",
  ] as const;

  constructor(
    private readonly listeners: Listeners,
    private readonly settings: SettingsService,
    private readonly work: Work,
  ) {}

  onModuleInit() {
    this.work.expect(QUALIFY);
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    const { settings } = await this.settings.read(tx, accountId);
    const leadIds = new Set(settings.triggers.onContentChange ? await leadsOfContacts(tx, events) : []);
    for (const event of events) {
      if ("leadId" in event && event.leadId !== undefined && (await this.wants(tx, settings, event))) {
        leadIds.add(event.leadId);
      }
    }
    await this.schedule(tx, accountId, settings, [...leadIds]);
  }

  /** Asks for verdicts on leads that the scan has found changed. */
  async schedule(tx: Tx, accountId: number, settings: Settings, leadIds: readonly number[]) {
    if (leadIds.length === 0) return;
    await this.work.schedule(
      tx,
      accountId,
      leadIds.map((subject) => ({ kind: QUALIFY, subject, priority: "qualification" as const })),
      { settleMs: settings.settleSeconds * 1000, atMostMs: settings.settleAtMostSeconds * 1000, hastens: false },
    );
  }

  private async wants(tx: Tx, { triggers }: Settings, event: KommoEvent): Promise<boolean> {
    switch (event.type) {
      case "lead.added":
        return triggers.onCreation;
      case "lead.updated":
      case "lead.restored":
      case "lead.noted":
        return triggers.onContentChange || this.isBeingQualified(tx, event.leadId);
      case "lead.stage_changed": {
        const { pipelineId, statusId } = event.to;
        if (!triggers.onStages.some((s) => s.pipelineId === pipelineId && s.statusId === statusId)) return false;
        return triggers.onOwnMoves || !(await this.isOurMove(tx, event.leadId, event.to));
      }
      case "message.received":
        if (event.leadId === undefined) return false;
        if (triggers.onContentChange) return true;
        return triggers.onFirstMessage && this.isFirstMessage(tx, event.leadId, event.messageId);
      case "talk.changed":
        if (event.leadId === undefined) return false;
        return this.bringsWords(tx, triggers, event.leadId, event.talkId);
      default:
        return false;
    }
  }

  /** A conversation may have begun before it was known which lead it belongs to. */
  private async bringsWords(tx: Tx, triggers: Settings["triggers"], leadId: number, talkId: number) {
    const said: { talk_id: number | null }[] = await tx.query(
      "SELECT talk_id FROM message WHERE lead_id = $1 AND direction = 'incoming' ORDER BY at, message_id",
      [leadId],
    );
    if (triggers.onContentChange) return said.some((message) => message.talk_id === talkId);
    return triggers.onFirstMessage && said[0]?.talk_id === talkId;
  }

  /** A card that is still filling: what comes while it settles belongs to the first verdict. */
  private async isBeingQualified(tx: Tx, leadId: number): Promise<boolean> {
    return (
      (await tx.query("SELECT 1 FROM work WHERE kind = $1 AND subject = $2 AND state = 'open'", [QUALIFY, leadId]))
        .length > 0
    );
  }

  private async isOurMove(tx: Tx, leadId: number, to: { pipelineId: number; statusId: number }): Promise<boolean> {
    // Kommo may tell of a move before it has answered it: then its row is still due.
    const rows = await tx.query(
      `SELECT FROM lead WHERE lead_id = $1 AND wrote @> $2::jsonb
       UNION ALL SELECT FROM write WHERE lead_id = $1 AND state = 'due' AND body->'stage' = $2::jsonb`,
      [leadId, JSON.stringify({ pipelineId: to.pipelineId, statusId: to.statusId })],
    );
    return rows.length > 0;
  }

  private async isFirstMessage(tx: Tx, leadId: number, messageId: string): Promise<boolean> {
    const [first] = await tx.query(
      "SELECT message_id FROM message WHERE lead_id = $1 AND direction = 'incoming' ORDER BY at, message_id LIMIT 1",
      [leadId],
    );
    return first?.message_id === messageId;
  }
}

/** A change of a person is a change of each deal they are in. */
async function leadsOfContacts(tx: Tx, events: readonly KommoEvent[]): Promise<number[]> {
  const changes = events.filter((event) => event.type === "contact.changed");
  if (changes.length === 0) return [];
  const linked: { lead_id: number }[] = await tx.query("SELECT lead_id FROM lead_contact WHERE contact_id = ANY($1)", [
    changes.map((change) => change.contactId),
  ]);
  return [...changes.flatMap((change) => change.leadIds), ...linked.map((row) => row.lead_id)];
}
