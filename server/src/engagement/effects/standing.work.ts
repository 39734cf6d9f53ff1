import { fillIn } from "@dealscope/shared/engagement";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { PROVISION } from "../../installation/installations.ts";
import type { Lead } from "../../kommo/resources.ts";
import { LeadReader } from "../../leads/reader.ts";
import { Work } from "../../work/work.ts";
import { type Decision, type WorkItem, type WorkKind, waitsFor } from "../../work/work-kind.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import { MAIL_STANDING, MAIL_WHOSE } from "../kinds.ts";
import { type Wishes, wishesOf } from "./account.ts";
import { contactsOf, keepMark, type MarkedContact } from "./mark-rows.ts";
import { readDue, type StandingRow } from "./reading-rows.ts";
import { readable, say, type Tongue } from "./wording.ts";

/** The field is made within seconds where Kommo lets us; after this long it does not. */
const FIELD_WAITS = 20;
const FIELD_AFTER_MS = 3_000;
const FIELD = "the field for the e-mail status";

interface State {
  due: StandingRow[];
  contacts: MarkedContact[];
  /** Kommo is being searched for the person. */
  isLookedFor: boolean;
  wishes: Wishes;
}

/** Shows in Kommo that somebody has unsubscribed, or that mail does not reach him; once for each time that it changes. */
@Injectable()
export class MailStanding implements WorkKind, OnModuleInit {
  readonly kind = MAIL_STANDING;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly leads: LeadReader,
    private readonly writes: WriteBack,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const { accountId, subject: personId } = item;
    const state = await this.tenancy.run(accountId, (tx) => this.read(tx, accountId, personId));
    // Who is looked for is asked about again when he is found, or is not.
    if (state.isLookedFor || (state.due.length === 0 && !needsField(state))) return {};
    const { emailStatusField } = state.wishes.made;
    const waits = waitsFor(item, FIELD);
    if (needsField(state) && emailStatusField === null && waits < FIELD_WAITS) {
      const wish = { kind: PROVISION, subject: accountId, priority: "engagement" } as const;
      return {
        ...(waits === 0 ? { keep: (tx: Tx) => this.work.schedule(tx, accountId, [wish]) } : {}),
        again: { afterMs: FIELD_AFTER_MS, counts: "wait", on: FIELD, why: "The field is not made yet." },
      };
    }
    const leadIds = new Set(state.due.flatMap(({ leadId }) => leadId ?? []));
    const leads = await Promise.all(
      [...leadIds].map((id) => this.leads.readAlone(accountId, id, "engagement", "long ago")),
    );
    const byId = new Map(leads.flatMap((lead) => (lead ? [[lead.id, lead] as const] : [])));
    return { keep: (tx) => this.keep(tx, accountId, personId, byId) };
  }

  private async read(tx: Tx, accountId: number, personId: number): Promise<State> {
    const due = await readDue(tx, personId);
    const contacts = await contactsOf(tx, personId, {
      addresses: due.map(({ address }) => address),
      contactIds: due.flatMap(({ contactId }) => contactId ?? []),
    });
    const [{ is_looked_for }] = await tx.query(
      "SELECT EXISTS (SELECT FROM work WHERE kind = $2 AND subject = $1 AND state = 'open') AS is_looked_for",
      [personId, MAIL_WHOSE],
    );
    const wishes = await wishesOf(tx, this.accounts, accountId);
    return { due, contacts, isLookedFor: is_looked_for, wishes };
  }

  private async keep(tx: Tx, accountId: number, personId: number, leads: ReadonlyMap<number, Lead>) {
    const before = await this.read(tx, accountId, personId);
    await lockLeads(tx, accountId, [...leads.keys(), ...before.contacts.map(({ leadId }) => leadId)]);
    const { due, contacts, wishes } = before;
    if (!wishes.dryRun) {
      for (const change of due) {
        const lead = change.leadId === null ? undefined : leads.get(change.leadId);
        if (lead) await this.tell(tx, accountId, lead, change, wishes);
      }
      if (due.some(({ metric }) => metric === "unsubscribed")) await this.tick(tx, accountId, contacts, wishes);
      if (needsField(before)) await this.mark(tx, accountId, personId, contacts, wishes);
    }
    await tx.query("UPDATE engagement_event SET is_due = false WHERE event_id = ANY($1)", [due.map(({ id }) => id)]);
  }

  private async tell(tx: Tx, accountId: number, lead: Lead, change: StandingRow, { effects, tongue }: Wishes) {
    if (change.metric === "delivered") return;
    const isOptOut = change.metric === "unsubscribed";
    const wish = isOptOut ? effects.unsubscribe : effects.address;
    const text = textOf(wish.text, change, tongue);
    const write = { leadId: lead.id, origin: "engagement" } as const;
    if (wish.note) {
      const marker = markerFor(accountId, `mail ${change.metric}`, change.id);
      await this.writes.put(tx, accountId, { ...write, target: "note", marker, body: { text } });
    }
    const { task, minutes, moveTo } = effects.unsubscribe;
    if (!isOptOut || lead.closed_at !== null) return;
    if (task) {
      await this.writes.put(tx, accountId, {
        ...write,
        target: "task",
        marker: markerFor(accountId, "mail unsubscribed task", change.id),
        body: {
          text,
          completeTill: Math.floor(Date.now() / 1000) + minutes * 60,
          ...(lead.responsible_user_id ? { responsibleUserId: lead.responsible_user_id } : {}),
        },
      });
    }
    const stage = { pipelineId: lead.pipeline_id, statusId: lead.status_id };
    if (moveTo && (moveTo.pipelineId !== stage.pipelineId || moveTo.statusId !== stage.statusId)) {
      await this.writes.put(tx, accountId, { ...write, target: "lead", body: { stage: moveTo }, expect: { stage } });
    }
  }

  /** The address is the person's, so it is ticked wherever the address stands. */
  private async tick(tx: Tx, accountId: number, contacts: readonly MarkedContact[], { optOutFieldId }: Wishes) {
    if (optOutFieldId === null) return;
    const values = [{ field: optOutFieldId, values: [{ value: true }] }];
    for (const { id, leadId, isHis } of contacts)
      if (isHis) await this.change(tx, accountId, leadId, { contactId: id, values });
  }

  /** Compared with what was written last, because an address may be put right and a contact become another person. */
  private async mark(
    tx: Tx,
    accountId: number,
    personId: number,
    contacts: readonly MarkedContact[],
    { made, tongue }: Wishes,
  ) {
    const field = made.emailStatusField;
    if (field === null) return;
    for (const contact of contacts.filter(isWrong)) {
      const values = [{ field, values: contact.state === null ? null : [{ value: say(tongue, contact.state) }] }];
      await this.change(tx, accountId, contact.leadId, { contactId: contact.id, values });
      await keepMark(tx, accountId, personId, contact);
    }
  }

  private async change(
    tx: Tx,
    accountId: number,
    leadId: number,
    body: { contactId: number; values: { field: number; values: { value: string | boolean }[] | null }[] },
  ) {
    await this.writes.put(tx, accountId, { leadId, origin: "engagement", target: "contact", body });
  }
}

function needsField({ contacts, wishes }: State): boolean {
  return !wishes.dryRun && wishes.effects.address.mark && contacts.some(isWrong);
}

const isWrong = ({ shown, state }: MarkedContact) => shown !== state;

function textOf(template: string, change: StandingRow, tongue: Tongue): string {
  const { metric, address, reason, subject, campaign } = change;
  return fillIn(template, {
    person: change.person ?? say(tongue, "somebody"),
    address: address ?? "–",
    subject: subject ?? campaign ?? "–",
    campaign: campaign ?? subject ?? "–",
    at: readable(tongue, change.at),
    state: metric === "unsubscribed" ? "" : say(tongue, metric === "spammed" ? "spam" : "bounced"),
    reason: reason ?? "",
  }).trim();
}
