import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { provisioned } from "../../installation/provisioning.ts";
import type { EventType, KommoEvent } from "../../webhooks/events.ts";
import { type Listener, Listeners } from "../../webhooks/listeners.ts";
import type { Timing } from "../../work/work-kind.ts";
import { Mirror } from "./mirror.service.ts";

/** News from Kommo come in bursts, and a contact is read for all of them once. */
const NEWS: Timing = { settleMs: 1_000, atMostMs: 10_000, hastens: false };

/** Hears what may change what people show in Kommo, and what somebody may have changed of it there. */
@Injectable()
export class MirrorListener implements Listener, OnModuleInit {
  readonly name = "mirror";
  readonly types = [
    "stakeholder.changed",
    "contact.linked",
    "contact.unlinked",
    "contact.changed",
    "contact.deleted",
    "contact.merged",
    "lead.updated",
    "lead.restored",
    "lead.stage_changed",
    "lead.deleted",
    "message.received",
  ] as const satisfies readonly EventType[];

  constructor(
    private readonly listeners: Listeners,
    private readonly accounts: Accounts,
    private readonly mirror: Mirror,
  ) {}

  onModuleInit() {
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    const { contactFields, list } = provisioned.parse((await this.accounts.read(tx, accountId)).provisioned);
    if (contactFields.role === undefined && list === null) return;
    await this.mirror.contacts(
      tx,
      accountId,
      events.flatMap((event) => (event.type === "stakeholder.changed" ? event.contactId : [])),
    );
    const edited = events.flatMap((event) => (event.type === "contact.changed" ? event.contactId : []));
    const known = events.flatMap((event) => namedIn(event, list !== null));
    const moved = events.flatMap((event) => (event.type.startsWith("lead.") && "leadId" in event ? event.leadId : []));
    if (edited.length + known.length + moved.length === 0) return;
    const news: { contact_id: number }[] = await tx.query(
      `SELECT contact_id FROM unnest($1::bigint[]) AS e (contact_id)
        WHERE EXISTS (SELECT FROM lead_contact lc WHERE lc.contact_id = e.contact_id)
           OR EXISTS (SELECT FROM stakeholder s WHERE s.contact_id = e.contact_id) OR contact_id = ANY($4)
       UNION
       SELECT contact_id FROM unnest($2::bigint[]) AS k (contact_id)
        WHERE EXISTS (SELECT FROM stakeholder s WHERE s.contact_id = k.contact_id)
           OR EXISTS (SELECT FROM stakeholder_element e WHERE e.contact_id = k.contact_id)
       UNION
       -- Which of his deals is the latest is a question for those only who are in several.
       SELECT lc.contact_id FROM lead_contact lc
        WHERE lc.lead_id = ANY($3) AND EXISTS (SELECT FROM stakeholder s WHERE s.contact_id = lc.contact_id)
          AND EXISTS (SELECT FROM lead_contact o WHERE o.contact_id = lc.contact_id AND o.lead_id <> lc.lead_id)`,
      [edited, known, moved, inDeals(events)],
    );
    await this.mirror.contacts(
      tx,
      accountId,
      news.map(({ contact_id }) => contact_id),
      NEWS,
    );
  }
}

/** Contacts whose links have changed, and who have written where the list tells of it. */
function namedIn(event: KommoEvent, hasList: boolean): number[] {
  switch (event.type) {
    case "contact.linked":
    case "contact.unlinked":
    case "contact.deleted":
      return [event.contactId];
    case "contact.merged":
      return [event.contactId, event.from];
    case "message.received":
      return hasList && event.contactId !== undefined ? [event.contactId] : [];
    default:
      return [];
  }
}

/** Edited contacts that are in a deal by Kommo's own word. */
function inDeals(events: readonly KommoEvent[]): number[] {
  return events.flatMap((event) =>
    event.type === "contact.changed" && event.leadIds.length > 0 ? event.contactId : [],
  );
}
