import type { Account } from "../state/account.ts";
import type { HistoryEvent } from "../state/rows.ts";

type Recorded = Omit<HistoryEvent, "id" | "created_at" | "value_after" | "value_before"> &
  Partial<Pick<HistoryEvent, "created_at" | "value_after" | "value_before">>;

/** Kommo's feed of what happened; it is what `GET /events` lists. */
export function record(account: Account, event: Recorded): void {
  account.events.push({
    id: `01j${String(account.ids.next("event")).padStart(23, "0")}`,
    created_at: account.clock.seconds(),
    value_after: [],
    value_before: [],
    ...event,
  });
}

/** `GET /events/types`: keys and what a person reads. Types of a single custom field carry its id. */
export const EVENT_TYPES: Record<string, string> = {
  lead_added: "New lead",
  lead_deleted: "Lead deleted",
  lead_restored: "Lead restored",
  lead_status_changed: "Lead stage changed",
  contact_added: "New contact",
  contact_deleted: "Contact deleted",
  contact_restored: "Contact restored",
  company_added: "New company",
  company_deleted: "Company deleted",
  company_restored: "Company restored",
  entity_responsible_changed: "Responsible user changed",
  entity_linked: "Entity linked",
  entity_unlinked: "Entity unlinked",
  entity_merged: "Entities merged",
  entity_tag_added: "Tags added",
  entity_tag_deleted: "Tags deleted",
  sale_field_changed: "Sale value changed",
  name_field_changed: "Name changed",
  custom_field_value_changed: "Field changed",
  common_note_added: "Note added",
  service_message_note_added: "Service message added",
  incoming_call: "Incoming call",
  outgoing_call: "Outgoing call",
  incoming_sms: "Incoming SMS",
  outgoing_sms: "Outgoing SMS",
  incoming_chat_message: "Incoming message",
  outgoing_chat_message: "Outgoing message",
  talk_created: "Conversation started",
  talk_closed: "Conversation closed",
  task_added: "Task added",
  task_completed: "Task completed",
  task_text_changed: "Task text changed",
  task_deadline_changed: "Task deadline changed",
  task_type_changed: "Task type changed",
  task_deleted: "Task deleted",
  task_result_added: "Task result added",
};
