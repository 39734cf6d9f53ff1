import type { Account } from "../state/account.ts";
import type { EntityType, Message, Note, Talk, Task } from "../state/rows.ts";
import type { HookItem } from "./codes.ts";

const ELEMENT_TYPES: Record<EntityType, number> = { contacts: 1, leads: 2, companies: 3 };

/** The old numbers of note types; API v4 uses words. */
const NOTE_TYPES: Record<string, number> = {
  common: 4,
  attachment: 5,
  call_in: 10,
  call_out: 11,
  amomail_message: 15,
  service_message: 25,
  extended_service_message: 25,
  geolocation: 28,
  sms_in: 102,
  sms_out: 103,
};

export function noteItem(account: Account, note: Note): HookItem {
  const author = account.users.get(note.created_by)?.name ?? "";
  const isCall = note.note_type === "call_in" || note.note_type === "call_out";
  const metadata = { event_source: { id: note.created_by, author_name: author, type: 1 } };
  const old = {
    text: isCall ? JSON.stringify(note.params) : (note.params.text ?? ""),
    // Kommo's spelling.
    attachement: note.params.attachment ?? "",
    date_create: localTime(account, note.created_at),
    note_type: NOTE_TYPES[note.note_type] ?? 4,
    element_type: ELEMENT_TYPES[note.entity_type],
    element_id: note.entity_id,
    catalog_id: 0,
    group_id: note.group_id,
    timestamp_x: localTime(account, note.updated_at),
    account_id: account.id,
    metadata: JSON.stringify(metadata),
    created_by: note.created_by,
    modified_by: note.updated_by,
    main_user_id: note.responsible_user_id,
    id: note.id,
    created_at: note.created_at,
    updated_at: note.updated_at,
  };
  if (note.entity_type === "leads") return { key: "leads", action: "note", item: { note: old } };
  const type = note.entity_type === "contacts" ? "contact" : "company";
  return { key: "contacts", action: "note", item: { note: old, type } };
}

export function taskItem(account: Account, task: Task, action: string, old: Partial<Task> = {}): HookItem {
  const item = {
    id: task.id,
    element_id: task.entity_id ?? 0,
    element_type: task.entity_type ? ELEMENT_TYPES[task.entity_type] : 0,
    task_type: task.task_type_id,
    date_create: localTime(account, task.created_at),
    old_text: action === "update" ? (old.text ?? task.text) : undefined,
    text: task.text,
    status: Number(task.is_completed),
    action_close: action === "update" && task.is_completed && !old.is_completed ? 1 : undefined,
    result: task.result === null ? undefined : { id: task.id, text: task.result },
    account_id: account.id,
    created_user_id: task.created_by,
    last_modified: localTime(account, task.updated_at),
    responsible_user_id: task.responsible_user_id,
    old_responsible_user_id: old.responsible_user_id,
    main_user: action === "update" ? task.responsible_user_id : undefined,
    modified_by: action === "update" ? task.updated_by : undefined,
    complete_till: localTime(account, task.complete_till),
    created_at: task.created_at,
    updated_at: task.updated_at,
    complete_before: task.complete_till,
  };
  return { key: "task", action, item };
}

export function messageItem(talk: Talk, message: Message): HookItem {
  const incoming = message.type === "incoming";
  const item = {
    id: message.id,
    chat_id: talk.chat_id,
    talk_id: talk.id,
    contact_id: talk.contact_id,
    text: message.text,
    created_at: message.created_at,
    message_type: message.message_type,
    ...(talk.entity_id === null
      ? {}
      : { element_type: 2, entity_type: "lead", element_id: talk.entity_id, entity_id: talk.entity_id }),
    type: message.type,
    author: {
      ...message.author,
      avatar_url: incoming ? `https://amojo.kommo.com/attachments/${message.author.id}.jpg` : undefined,
    },
    attachment: message.attachment,
    origin: talk.origin,
  };
  return { key: incoming ? "message" : "outgoing_message", action: "add", item };
}

export function talkItem(talk: Talk, action: "add" | "update"): HookItem {
  const item = {
    talk_id: talk.id,
    chat_id: talk.chat_id,
    contact_id: talk.contact_id,
    entity_id: talk.entity_id,
    entity_type: talk.entity_id === null ? null : "lead",
    is_in_work: Number(talk.status === "in_work"),
    is_read: Number(talk.is_read),
    rate: talk.rate,
    origin: talk.origin,
    created_at: talk.created_at,
    updated_at: talk.updated_at,
  };
  return { key: "talk", action, item };
}

/** "2026-09-21 17:20:11", in the account's time and without a zone. */
function localTime(account: Account, seconds: number): string {
  return new Date((seconds + account.timezone_offset) * 1000).toISOString().slice(0, 19).replace("T", " ");
}
