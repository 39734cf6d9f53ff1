import type { Account } from "../state/account.ts";
import type { Unsorted } from "../state/rows.ts";
import type { HookItem } from "./codes.ts";

export function unsortedItem(account: Account, one: Unsorted): HookItem {
  const lead = account.leads.get(one.lead_id);
  const contact = one.contact_id === null ? undefined : account.contacts.get(one.contact_id);
  const item = {
    uid: one.uid,
    source: one.source_name,
    source_uid: one.source_uid,
    category: one.category,
    source_data: one.category === "chats" ? chatSource(one, contact?.name ?? "") : one.metadata,
    date_create: one.created_at,
    data: { contacts: one.contact_id === null ? [] : [{ id: one.contact_id }] },
    pipeline_id: one.pipeline_id,
    account_id: account.id,
    source_id: lead?.source_id,
    lead_id: one.lead_id,
    created_at: one.created_at,
  };
  return { key: "unsorted", action: "add", item };
}

/** Both outcomes arrive as a deletion. */
export function decidedUnsortedItem(one: Unsorted, action: "accept" | "decline", by: number): HookItem {
  const item = {
    action,
    uid: one.uid,
    [`${action}_result`]: { leads: [one.lead_id] },
    category: one.category,
    created_at: one.created_at,
    modified_user_id: by,
  };
  return { key: "unsorted", action: "delete", item };
}

function chatSource(one: Unsorted, name: string): object {
  const service = one.source_name.split(":")[0];
  const message = one.first_message;
  return {
    from: name,
    name,
    date: one.created_at,
    service,
    site: service,
    client: { name, id: one.contact_id },
    origin: { provider: "amojo", chat_id: one.chat_id },
    data: message ? [{ id: message.id, manager: 0, date: message.created_at, text: message.text }] : [],
    source_name: service,
  };
}
