import type { KommoEvent } from "./events.ts";
import { entriesOf, type FormNode, integerAt, nodeAt, nodesOf, textAt, timeAt } from "./kommo-form.ts";

/** Kommo's number for "this note hangs on a lead". */
const ELEMENT_LEAD = 2;

/**
 * All events in one webhook body, in the order lead, contact, conversation. One body may carry several entities and
 * actions at once. What is not understood is left out: refusing it would make Kommo switch the hook off.
 */
export function readKommoEvents(form: FormNode): KommoEvent[] {
  return [
    ...leadEvents(nodeAt(form, "leads")),
    ...contactEvents(nodeAt(form, "contacts")),
    ...unsortedEvents(nodeAt(form, "unsorted")),
    ...talkEvents(nodeAt(form, "talk")),
    ...messageEvents(nodeAt(form, "message"), "incoming"),
    ...messageEvents(nodeAt(form, "outgoing_message"), "outgoing"),
  ];
}

/** The account the body says it is about: no proof, but another account's body must never be applied. */
export function accountOf(form: FormNode): number | undefined {
  return integerAt(nodeAt(form, "account"), "id");
}

function leadEvents(leads: FormNode | undefined): KommoEvent[] {
  const events: KommoEvent[] = [];
  const each = (action: string, use: (lead: FormNode, leadId: number) => KommoEvent | undefined) => {
    for (const lead of nodesOf(leads?.[action])) {
      const leadId = integerAt(lead, "id");
      const event = leadId ? use(lead, leadId) : undefined;
      if (event) events.push(event);
    }
  };
  each("add", (lead, leadId) => {
    return { type: "lead.added", leadId, stage: stageOf(lead), at: timeAt(lead, "updated_at") };
  });
  each("update", (lead, leadId) => ({ type: "lead.updated", leadId, at: timeAt(lead, "updated_at") }));
  each("restore", (lead, leadId) => ({ type: "lead.restored", leadId, at: timeAt(lead, "updated_at") }));
  each("status", stageChanged);
  each("responsible", (lead, leadId) => ({ type: "lead.responsible_changed", leadId, at: timeAt(lead, "updated_at") }));
  each("delete", (_lead, leadId) => ({ type: "lead.deleted", leadId }));
  for (const { note } of nodesOf(leads?.note)) {
    const event = typeof note === "object" ? noted(note) : undefined;
    if (event) events.push(event);
  }
  return events;
}

function stageOf(lead: FormNode): { pipelineId: number; statusId: number } | undefined {
  const pipelineId = integerAt(lead, "pipeline_id");
  const statusId = integerAt(lead, "status_id");
  return pipelineId && statusId ? { pipelineId, statusId } : undefined;
}

function stageChanged(lead: FormNode, leadId: number): KommoEvent | undefined {
  const to = stageOf(lead);
  if (!to) return undefined;
  return {
    type: "lead.stage_changed",
    leadId,
    from: {
      // Absent when the pipeline stayed the same.
      pipelineId: integerAt(lead, "old_pipeline_id") ?? to.pipelineId,
      statusId: integerAt(lead, "old_status_id"),
    },
    to,
    at: timeAt(lead, "updated_at"),
  };
}

function noted(note: FormNode): KommoEvent | undefined {
  const noteId = integerAt(note, "id");
  const leadId = integerAt(note, "element_id");
  const at = timeAt(note, "created_at");
  if (!noteId || !leadId || !at || integerAt(note, "element_type") !== ELEMENT_LEAD) return undefined;
  return {
    type: "lead.noted",
    leadId,
    noteId,
    noteType: integerAt(note, "note_type"),
    text: textAt(note, "text") ?? "",
    createdBy: integerAt(note, "created_by"),
    at,
  };
}

function contactEvents(contacts: FormNode | undefined): KommoEvent[] {
  const events: KommoEvent[] = [];
  // Companies share the key; a change of the responsible user arrives as an update.
  const people = (action: string) => nodesOf(contacts?.[action]).filter((c) => textAt(c, "type") !== "company");
  for (const contact of ["add", "update", "restore"].flatMap(people)) {
    const contactId = integerAt(contact, "id");
    if (!contactId) continue;
    events.push({
      type: "contact.changed",
      contactId,
      leadIds: linkedLeads(contact),
      at: timeAt(contact, "updated_at"),
    });
  }
  for (const contact of people("delete")) {
    const contactId = integerAt(contact, "id");
    if (contactId) events.push({ type: "contact.deleted", contactId });
  }
  return events;
}

/** `linked_leads_id[71][ID]=71`, or a plain list of ids. */
function linkedLeads(contact: FormNode): number[] {
  return entriesOf(contact.linked_leads_id)
    .map((entry) => Number(typeof entry === "string" ? entry : textAt(entry, "ID")))
    .filter((id) => Number.isSafeInteger(id) && id > 0);
}

/** An incoming lead is a lead already: it only waits to be accepted. */
function unsortedEvents(unsorted: FormNode | undefined): KommoEvent[] {
  return nodesOf(unsorted?.add).flatMap((entry): KommoEvent[] => {
    const leadId = integerAt(entry, "lead_id");
    return leadId ? [{ type: "lead.added", leadId, at: timeAt(entry, "created_at") }] : [];
  });
}

function talkEvents(talks: FormNode | undefined): KommoEvent[] {
  return ["add", "update"]
    .flatMap((action) => nodesOf(talks?.[action]))
    .flatMap((talk): KommoEvent[] => {
      const talkId = integerAt(talk, "talk_id");
      if (!talkId) return [];
      const [startedAt, at] = [timeAt(talk, "created_at"), timeAt(talk, "updated_at")];
      return [{ type: "talk.changed", talkId, leadId: leadOf(talk), startedAt, at }];
    });
}

function messageEvents(messages: FormNode | undefined, side: "incoming" | "outgoing"): KommoEvent[] {
  return nodesOf(messages?.add).flatMap((message): KommoEvent[] => {
    const messageId = textAt(message, "id");
    const at = timeAt(message, "created_at");
    if (!messageId || !at) return [];
    // `message[add]` may carry our own side's words; only the type tells.
    const isOurs = side === "outgoing" || textAt(message, "type") === "outgoing";
    return [
      {
        type: isOurs ? "message.sent" : "message.received",
        messageId,
        leadId: leadOf(message),
        contactId: integerAt(message, "contact_id"),
        talkId: integerAt(message, "talk_id"),
        text: textAt(message, "text") ?? "",
        author: textAt(nodeAt(message, "author"), "name") ?? "",
        origin: textAt(message, "origin") ?? "",
        at,
      },
    ];
  });
}

function leadOf(node: FormNode): number | undefined {
  const type = textAt(node, "entity_type");
  if (type !== undefined && type !== "lead" && type !== "leads") return undefined;
  return integerAt(node, "entity_id") ?? integerAt(node, "element_id");
}
