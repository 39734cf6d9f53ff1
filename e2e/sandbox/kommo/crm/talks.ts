import { messageItem, talkItem } from "../hooks/activity-items.ts";
import type { Account } from "../state/account.ts";
import type { Message, Talk } from "../state/rows.ts";
import { record } from "./history.ts";

export interface NewMessage {
  text: string;
  type: "incoming" | "outgoing";
  message_type?: string;
  author?: { type?: "external" | "internal" | "bot"; name?: string } | undefined;
  attachment?: Message["attachment"];
  created_by?: number;
}

export function openTalk(account: Account, wish: { contact_id: number; lead_id: number | null; origin: string }): Talk {
  const now = account.clock.seconds();
  const talk: Talk = {
    id: account.ids.next("talk"),
    chat_id: crypto.randomUUID(),
    contact_id: wish.contact_id,
    entity_id: wish.lead_id,
    origin: wish.origin,
    source_id: account.ids.next("source"),
    status: "in_work",
    is_read: false,
    rate: 0,
    created_at: now,
    updated_at: now,
    messages: [],
  };
  account.talks.add(talk);
  recordTalk(account, talk, "talk_created", 0);
  account.announce(account, ["add_talk"], () => talkItem(talk, "add"));
  return talk;
}

export function addMessage(account: Account, talk: Talk, wish: NewMessage): Message {
  const incoming = wish.type === "incoming";
  const contact = account.contacts.get(talk.contact_id);
  const message: Message = {
    id: crypto.randomUUID(),
    type: wish.type,
    message_type: wish.message_type ?? "text",
    text: wish.text,
    created_at: account.clock.seconds(),
    author: {
      id: crypto.randomUUID(),
      type: wish.author?.type ?? (incoming ? "external" : "internal"),
      name:
        wish.author?.name ??
        (incoming ? (contact?.name ?? "") : (account.users.get(wish.created_by ?? 0)?.name ?? "Bot")),
    },
    ...(wish.attachment ? { attachment: wish.attachment } : {}),
  };
  talk.messages.push(message);
  change(account, talk, { status: "in_work", is_read: !incoming });
  const event = { message: { id: message.id, origin: talk.origin, talk_id: talk.id } };
  // Time, direction and channel; never the text.
  record(account, {
    type: `${wish.type}_chat_message`,
    entity_type: talk.entity_id === null ? "contact" : "lead",
    entity_id: talk.entity_id ?? talk.contact_id,
    created_by: incoming ? 0 : (wish.created_by ?? 0),
    value_after: [event],
    linked_talk_contact_id: talk.contact_id,
  });
  account.announce(account, [incoming ? "add_message" : "add_outgoing_message"], () => messageItem(talk, message));
  return message;
}

export function closeTalk(account: Account, talk: Talk, by: number): void {
  if (talk.status === "closed") return;
  change(account, talk, { status: "closed" });
  recordTalk(account, talk, "talk_closed", by);
}

function change(account: Account, talk: Talk, to: Partial<Pick<Talk, "status" | "is_read">>): void {
  Object.assign(talk, to, { updated_at: account.clock.seconds() });
  account.talks.touched(talk);
  if (talk.messages.length !== 1) account.announce(account, ["update_talk"], () => talkItem(talk, "update"));
}

function recordTalk(account: Account, talk: Talk, type: string, by: number): void {
  record(account, {
    type,
    entity_type: talk.entity_id === null ? "contact" : "lead",
    entity_id: talk.entity_id ?? talk.contact_id,
    created_by: by,
    value_after: [{ talk: { id: talk.id } }],
    linked_talk_contact_id: talk.contact_id,
  });
}
