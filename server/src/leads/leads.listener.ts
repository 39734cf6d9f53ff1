import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockContacts, lockLeads } from "../database/lock-leads.ts";
import type { Tx } from "../database/tenancy.ts";
import { type EventOf, eventTypes, type KommoEvent, OUTGOING_CALL_NOTE, TEXT_NOTE } from "../webhooks/events.ts";
import { type Listener, Listeners } from "../webhooks/listeners.ts";
import { rememberHeard } from "./heard.ts";
import { markGone, noteCalls, saveMessages, saveNotes } from "./lead-rows.ts";
import { hearMove } from "./stage-history.ts";
import { hearTalks } from "./talks.ts";

type MessageEvent = Extract<KommoEvent, { messageId: string }>;

/** Keeps what webhooks alone can tell: conversations, notes, moves and deletions. */
@Injectable()
export class LeadsListener implements Listener, OnModuleInit {
  readonly name = "leads";
  readonly types = eventTypes;

  constructor(private readonly listeners: Listeners) {}

  onModuleInit() {
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    await lockContacts(
      tx,
      accountId,
      events.flatMap((event) => (event.type === "contact.deleted" ? event.contactId : [])),
    );
    // That a lead was edited is noted apart from it, so it waits for nobody who reads or writes the lead.
    const named = events.flatMap((event) => ("leadId" in event && !isEdit(event) ? (event.leadId ?? []) : []));
    await lockLeads(tx, accountId, [...named, ...(await leadsLeft(tx, events))]);
    await rememberHeard(tx, accountId, events);
    await this.hearMessages(tx, accountId, events.filter(isMessage));
    await hearTalks(tx, events);
    await this.hearNotes(
      tx,
      accountId,
      events.filter((e) => e.type === "lead.noted"),
    );
    for (const event of events) {
      if (event.type === "lead.stage_changed" && event.at) {
        await hearMove(tx, accountId, { leadId: event.leadId, from: event.from, to: event.to, at: event.at });
      } else if (event.type === "lead.deleted") await markGone(tx, accountId, [event.leadId]);
      else if (event.type === "lead.restored")
        await tx.query("UPDATE lead SET gone = NULL WHERE lead_id = $1", [event.leadId]);
      else if (event.type === "contact.deleted")
        await tx.query("UPDATE contact SET gone = true WHERE contact_id = $1", [event.contactId]);
    }
  }

  private async hearMessages(tx: Tx, accountId: number, events: MessageEvent[]) {
    if (events.length === 0) return;
    await saveMessages(
      tx,
      accountId,
      events.map(({ messageId, type, ...rest }) => ({
        ...rest,
        id: messageId,
        direction: type === "message.received" ? ("incoming" as const) : ("outgoing" as const),
      })),
    );
  }

  private async hearNotes(tx: Tx, accountId: number, events: EventOf<"lead.noted">[]) {
    await noteCalls(
      tx,
      accountId,
      events.filter((event) => event.noteType === OUTGOING_CALL_NOTE),
    );
    const typed = events.filter((event) => event.noteType === TEXT_NOTE);
    await saveNotes(
      tx,
      accountId,
      typed.map(({ noteId, ...rest }) => ({ ...rest, id: noteId })),
    );
  }
}

/** Deals that somebody leaves of whom it is told without them: because he was deleted, or is another one now. */
async function leadsLeft(tx: Tx, events: readonly KommoEvent[]): Promise<number[]> {
  const mergedLeads = events.flatMap((event) => (event.type === "lead.merged" ? event.from : []));
  const contactIds = events.flatMap((event) => {
    if (event.type === "contact.deleted") return event.contactId;
    return event.type === "contact.merged" ? event.from : [];
  });
  if (contactIds.length === 0) return mergedLeads;
  const left: { lead_id: number }[] = await tx.query(
    `SELECT lead_id FROM lead_contact WHERE contact_id = ANY($1)
      UNION SELECT lead_id FROM stakeholder WHERE contact_id = ANY($1)`,
    [contactIds],
  );
  return [...mergedLeads, ...left.map(({ lead_id }) => lead_id)];
}

function isMessage(event: KommoEvent): event is MessageEvent {
  return event.type === "message.received" || event.type === "message.sent";
}

function isEdit({ type }: KommoEvent): boolean {
  return type === "lead.added" || type === "lead.updated" || type === "lead.responsible_changed";
}
