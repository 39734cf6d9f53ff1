import type { InputIssue } from "@dealscope/shared/api-error";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import type { Contact } from "../kommo/resources.ts";
import { saveContacts } from "../leads/lead-rows.ts";
import type { KommoEvent } from "../webhooks/events.ts";
import { Listeners } from "../webhooks/listeners.ts";
import { markerFor } from "../write-back/marker.ts";
import { WriteBack } from "../write-back/write-back.ts";
import { endRequest, type Plan, propose, type Request } from "./intake-rows.ts";
import type { Result } from "./maker.ts";
import { lineOf, noteOf } from "./said.ts";

/** Tells what was made of a request, to people and to the features, in the transaction that ends it. */
@Injectable()
export class Ending {
  constructor(
    private readonly listeners: Listeners,
    private readonly writes: WriteBack,
  ) {}

  async done(
    tx: Tx,
    accountId: number,
    settings: Settings,
    { no, receipt, wish, keyName, isTrusted, receivedAt }: Request,
    plan: Plan,
    { leadId, contactIds, issues }: Result,
  ) {
    // Who was made is found here before Kommo shows him.
    await saveContacts(
      tx,
      accountId,
      contactIds.flatMap((id, place) =>
        id !== null && plan.contactIds[place] === null ? toContact(id, wish.people[place]) : [],
      ),
    );
    const by = `Form “${keyName}”`;
    const roles = new Map(settings.committee.roles.map(({ key, name }) => [key, name]));
    const named = contactIds.flatMap((contactId, place): KommoEvent[] => {
      const person = wish.people[place];
      if (contactId === null || !person?.role) return [];
      const said = { quote: lineOf(person, roles), saidId: receipt, at: receivedAt };
      return [{ type: "stakeholder.named", leadId, contactId, role: person.role, by, isTrusted, ...said }];
    });
    const said: KommoEvent[] =
      wish.message === ""
        ? []
        : [
            {
              type: "message.received",
              messageId: `form ${receipt}`,
              leadId,
              contactId: contactIds[0] ?? undefined,
              talkId: undefined,
              text: wish.message,
              author: wish.people[0]?.name ?? "",
              origin: "form",
              at: receivedAt,
            },
          ];
    await this.listeners.tell(tx, accountId, [...named, ...said]);
    await this.writes.put(tx, accountId, {
      leadId,
      origin: "rep",
      target: "note",
      body: { text: noteOf(wish, keyName, roles) },
      marker: markerFor(accountId, "intake note", no),
    });
    const proposals = plan.doubts.flatMap(({ entity, place, otherIds, shared }) => {
      const keptId = entity === "company" ? plan.companyId : contactIds[place];
      return keptId ? [{ entity, keptId, otherIds, shared }] : [];
    });
    await propose(tx, accountId, no, proposals);
    await endRequest(tx, no, { state: "done", leadId, contactIds, isExtended: plan.leadId !== null, issues });
  }

  /** Kommo took none of it. */
  async refused(tx: Tx, { no }: Request, issues: InputIssue[]) {
    await endRequest(tx, no, { state: "failed", leadId: null, contactIds: [], isExtended: false, issues });
  }
}

function toContact(id: number, person: Request["wish"]["people"][number] | undefined): Contact[] {
  if (!person) return [];
  const value = (field_code: string, text = "") =>
    text === "" ? [] : [{ field_id: 0, field_code, values: [{ value: text }] }];
  return [
    {
      id,
      name: person.name || person.email || person.phone,
      created_at: null,
      updated_at: null,
      custom_fields_values: [
        ...value("EMAIL", person.email),
        ...value("PHONE", person.phone),
        ...value("POSITION", person.title),
      ],
      _embedded: { companies: [], leads: [] },
    },
  ];
}
