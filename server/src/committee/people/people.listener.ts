import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import type { EventOf, EventType, KommoEvent } from "../../webhooks/events.ts";
import { type Listener, Listeners } from "../../webhooks/listeners.ts";
import { Work } from "../../work/work.ts";
import { DealChanges } from "./deal-changes.ts";
import { JOIN } from "./join.work.ts";
import { dealsOf, noteLinks } from "./links.ts";
import { follow } from "./merges.ts";
import { suggestedByMessages, suggestedByNotes, suggestedByTitles } from "./said.ts";
import { readStakeholder } from "./stakeholder-rows.ts";
import { Stakeholders } from "./stakeholders.service.ts";
import { suggestObjections, suggestRoles } from "./suggestion-rows.ts";

/** Who comes to a deal and leaves it, and what people say there of their part and against the purchase. */
@Injectable()
export class PeopleListener implements Listener, OnModuleInit {
  readonly name = "people";
  readonly types = [
    "contact.linked",
    "contact.unlinked",
    "contact.titled",
    "contact.deleted",
    "contact.merged",
    "lead.merged",
    "lead.relinked",
    "lead.noted",
    "lead.recalled",
    "message.received",
    "talk.changed",
    "stakeholder.named",
  ] as const satisfies readonly EventType[];

  constructor(
    private readonly listeners: Listeners,
    private readonly changes: DealChanges,
    private readonly stakeholders: Stakeholders,
    private readonly work: Work,
  ) {}

  onModuleInit() {
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    const linked = of(events, "contact.linked");
    const deleted = await dealsOf(
      tx,
      of(events, "contact.deleted").map((event) => event.contactId),
    );
    const unlinked = [...of(events, "contact.unlinked"), ...deleted];
    await noteLinks(tx, accountId, "linked", linked);
    await noteLinks(tx, accountId, "unlinked", unlinked);
    const merged = await followAll(tx, accountId, events);
    await this.readAgain(tx, accountId, of(events, "lead.relinked"));
    await this.suggest(tx, accountId, events);
    const changed = new Set([...linked, ...unlinked].map((link) => link.leadId));
    await this.changes.judgeAgain(tx, accountId, [...changed, ...merged.filter((leadId) => !changed.has(leadId))]);
    for (const event of of(events, "stakeholder.named")) if (event.isTrusted) await this.takeName(tx, accountId, event);
  }

  /** One of the account's own servers says who somebody is; a person who has said otherwise knows better. */
  private async takeName(tx: Tx, accountId: number, { leadId, contactId, role, by }: EventOf<"stakeholder.named">) {
    await this.changes.within(tx, accountId, leadId, by, async (change) => {
      const { role: before } = await readStakeholder(change, contactId);
      const isKnown = change.settings.roles.some(({ key }) => key === role);
      if (before === null && isKnown) await this.stakeholders.play(change, contactId, { role });
    });
  }

  /** Whoever is judged anew for every change is read for that. */
  private async readAgain(tx: Tx, accountId: number, relinked: readonly { leadId: number }[]) {
    if (relinked.length === 0) return;
    const { triggers } = await this.changes.settings(tx, accountId);
    if (triggers.onContentChange) return;
    const requests = relinked.map(({ leadId }) => ({ kind: JOIN, subject: leadId, priority: "backfill" as const }));
    await this.work.schedule(tx, accountId, requests);
  }

  private async suggest(tx: Tx, accountId: number, events: KommoEvent[]) {
    const { roles } = (await this.changes.settings(tx, accountId)).committee;
    const links = of(events, "contact.linked");
    const recalled = of(events, "lead.recalled").map((event) => event.leadId);
    const titles = await suggestedByTitles(tx, roles, {
      contactIds: of(events, "contact.titled").map((event) => event.contactId),
      links,
    });
    const words = await suggestedByMessages(tx, roles, {
      messageIds: of(events, "message.received").map((event) => event.messageId),
      // A conversation's deal may become known after its first words.
      talks: of(events, "talk.changed").flatMap(({ talkId, leadId }) =>
        leadId === undefined ? [] : [{ talkId, leadId }],
      ),
      leadIds: recalled,
    });
    const notes = await suggestedByNotes(tx, roles, {
      noteIds: of(events, "lead.noted").map((event) => event.noteId),
      // A deal's people are often read after its notes have come.
      leadIds: [...new Set([...recalled, ...links.map((link) => link.leadId)])],
    });
    // A form in a page may be filled in by anybody, and a role opens gates.
    const forms = of(events, "stakeholder.named")
      .filter(({ isTrusted, role }) => !isTrusted && roles.some(({ key }) => key === role))
      .map(({ saidId, ...event }) => ({ ...event, kind: "form" as const, id: saidId }));
    await suggestRoles(tx, accountId, [...titles, ...words.roles, ...notes.roles, ...forms]);
    await suggestObjections(tx, accountId, [...words.objections, ...notes.objections]);
  }
}

/** @returns the deals that people have come to by it */
async function followAll(tx: Tx, accountId: number, events: KommoEvent[]): Promise<number[]> {
  const leads = new Set<number>();
  for (const { contactId, from } of of(events, "contact.merged"))
    for (const leadId of await follow(tx, accountId, "contact", from, contactId)) leads.add(leadId);
  for (const { leadId, from } of of(events, "lead.merged"))
    for (const changed of await follow(tx, accountId, "lead", from, leadId)) leads.add(changed);
  return [...leads];
}

function of<T extends EventType>(events: readonly KommoEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => (event as KommoEvent).type === type);
}
