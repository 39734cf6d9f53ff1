import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import type { Tx } from "../../database/tenancy.ts";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { isAlsoAbout } from "../../tracing.ts";
import type { EventOf, EventType, KommoEvent } from "../../webhooks/events.ts";
import { type Listener, Listeners } from "../../webhooks/listeners.ts";
import { Effects } from "../effects/effects.ts";
import { wronglyMarked } from "../effects/mark-rows.ts";
import { keep, markMachines, matters, newsIn } from "./event-rows.ts";
import { blankForgotten } from "./forgotten.ts";
import { findPeople, learnIds, makePeople } from "./people-rows.ts";
import { Sources } from "./sources.work.ts";
import { stand } from "./standing-rows.ts";
import { Whose } from "./whose.work.ts";
import { adopt, findWhose, followContact, followLead } from "./whose-rows.ts";

/**
 * Hears what became of mails. A newsletter is told thousands of times within minutes, so many events share a few statements,
 * and nothing outside is asked for what only passes by.
 */
@Injectable()
export class MailListener implements Listener, OnModuleInit {
  readonly name = "engagement-mail";
  readonly types = [
    "mail.told",
    "contact.linked",
    "contact.addressed",
    "contact.merged",
    "lead.merged",
  ] as const satisfies readonly EventType[];

  constructor(
    private readonly listeners: Listeners,
    private readonly accounts: Accounts,
    private readonly effects: Effects,
    private readonly whose: Whose,
    private readonly sources: Sources,
  ) {}

  onModuleInit() {
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    for (const { from, contactId } of of(events, "contact.merged")) await followContact(tx, from, contactId);
    for (const { from, leadId } of of(events, "lead.merged")) await followLead(tx, from, leadId);
    const addressed = of(events, "contact.addressed").map(({ contactId }) => contactId);
    const come = of(events, "contact.linked").map(({ contactId }) => contactId);
    if (come.length + addressed.length > 0) await adopt(tx, [...come, ...addressed]);
    if (addressed.length > 0) await this.effects.ofStanding(tx, accountId, await wronglyMarked(tx, addressed));
    const told = of(events, "mail.told");
    if (told.length > 0) await this.take(tx, accountId, told);
  }

  private async take(tx: Tx, accountId: number, told: readonly EventOf<"mail.told">[]) {
    const { engagement } = settingsOf(await this.accounts.read(tx, accountId));
    const rows = await newsIn(tx, told, engagement.effects.proxiedCounts);
    if (rows.length === 0) return;
    await blankForgotten(tx, accountId, rows);
    await findPeople(tx, rows);
    const whose = await findWhose(tx, rows);
    for (const row of rows) Object.assign(row, whose.get(row.event_id));
    for (const { event_id, contact_id, lead_id } of rows)
      for (const subject of [contact_id, lead_id]) if (subject !== null) isAlsoAbout(subject, event_id);
    // Leads before people, as whoever sends locks them.
    await lockLeads(
      tx,
      accountId,
      rows.filter(matters).flatMap(({ lead_id }) => lead_id ?? []),
    );
    await makePeople(tx, accountId, rows, engagement.identifier.by === "field");
    const fresh = await keep(tx, accountId, rows);
    const rethought = await markMachines(tx, fresh);
    await this.sources.learn(tx, accountId, fresh);
    await this.whose.look(tx, accountId, fresh);
    await this.effects.ofReading(tx, accountId, fresh, rethought);
    await learnIds(tx, fresh);
    await this.effects.ofStanding(tx, accountId, await stand(tx, fresh));
  }
}

function of<T extends EventType>(events: readonly KommoEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => (event as KommoEvent).type === type);
}
