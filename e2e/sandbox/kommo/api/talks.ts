import { z } from "zod";
import { may } from "../crm/rights.ts";
import { addMessage, closeTalk } from "../crm/talks.ts";
import type { Plan } from "../state/account.ts";
import type { Message, Talk } from "../state/rows.ts";
import { Answer, type Api } from "./api.ts";
import { parseItem, writeOne } from "./batch.ts";
import type { Call } from "./call.ts";
import { among, Filter, inOrder, within } from "./filter.ts";
import { list } from "./paging.ts";
import { forbidden, notFound, Problem } from "./problem.ts";

const PLANS: readonly Plan[] = ["trial", "pro", "enterprise", "technical"];

/** Conversations: everybody sees that they are, their texts are bound to a scope of the token and to the plan. */
export function talkRoutes(api: Api): void {
  const path = "/talks";

  api.get(path, (call) => {
    const talks = inOrder(call, candidates(call).filter(talkFilter(call)), ["id"]);
    return list(call, talks, { path, name: "talks", render: (talk) => renderTalk(call, talk) });
  });

  api.get(`${path}/:id`, (call) => renderTalk(call, talkOf(call)));

  api.post(`${path}/:id/close`, (call) => {
    closeTalk(call.account, talkOf(call), call.user.id);
    // Not JSON.
    return new Answer(202, "Accepted");
  });

  api.get(`${path}/:id/messages`, (call) => {
    checkAddOn(call, "list_external_messages");
    const created_at = new Filter(call).range("created_at");
    const { id, origin, messages } = talkOf(call);
    const found = messages.filter((message) => within(created_at, message.created_at));
    const shown = call.account.switches.messageOrder === "oldest-first" ? found : found.reverse();
    return list(call, shown, {
      path: `${path}/${id}/messages`,
      name: "messages",
      render: (message) => renderMessage(origin, message),
    });
  });

  api.post(`${path}/:id/send_message`, (call) => {
    checkAddOn(call, "send_external_messages");
    const talk = talkOf(call);
    if (talk.status === "closed") throw new Problem(422, "Talk is closed");
    if (call.account.chat_quota <= 0) throw new Problem(402, "Over chat API limit");
    const { text } = writeOne(
      call,
      (item) => parseItem(z.object({ text: z.string().min(1) }), item),
      (input) => input,
    );
    call.account.chat_quota -= 1;
    call.created += 1;
    return new Answer(202, {
      id: addMessage(call.account, talk, { text, type: "outgoing", created_by: call.user.id }).id,
    });
  });
}

function checkAddOn(call: Call, scope: string): void {
  if (!call.token.grant.scopes.includes(scope)) throw forbidden("Invalid scope");
  if (!PLANS.includes(call.account.plan)) throw new Problem(402, "Endpoint not available for current account tariff");
}

function talkOf(call: Call): Talk {
  const talk = call.account.talks.get(call.id());
  if (!talk) throw notFound();
  return talk;
}

function candidates(call: Call): Talk[] {
  const contacts = new Filter(call).ids("contact_id");
  if (contacts) return [...contacts].flatMap((id) => call.account.talks.of(`contacts:${id}`));
  return [...call.account.talks.values()];
}

/** Who may see the contact may see the talk. */
function talkFilter(call: Call): (talk: Talk) => boolean {
  const filter = new Filter(call);
  const ids = filter.ids("talk_id");
  const entities = filter.ids("entity_id");
  const entityType = filter.text("entity_type");
  const onlyInWork = filter.text("only_in_work") === "1";
  return (talk) => {
    const contact = call.account.contacts.get(talk.contact_id);
    return (
      among(ids, talk.id) &&
      (entities === undefined || (talk.entity_id !== null && entities.has(talk.entity_id))) &&
      (entityType === undefined || (talk.entity_id !== null && entityType === "lead")) &&
      (!onlyInWork || talk.status === "in_work") &&
      contact !== undefined &&
      may(call.account, call.user, "view", "contacts", contact)
    );
  };
}

function renderTalk(call: Call, talk: Talk): object {
  return {
    talk_id: talk.id,
    created_at: talk.created_at,
    updated_at: talk.updated_at,
    rate: talk.rate,
    contact_id: talk.contact_id,
    chat_id: talk.chat_id,
    entity_id: talk.entity_id,
    entity_type: talk.entity_id === null ? null : "lead",
    status: talk.status,
    is_in_work: talk.status === "in_work",
    is_read: talk.is_read,
    origin: talk.origin,
    source_id: talk.source_id,
    account_id: call.account.id,
    _embedded: { contacts: [{ id: talk.contact_id }], leads: talk.entity_id === null ? [] : [{ id: talk.entity_id }] },
  };
}

function renderMessage(origin: string, message: Message): object {
  const { type } = message;
  return {
    ...message,
    origin,
    ...(type === "outgoing" ? { delivery_status: "delivered" } : {}),
    author: { ...message.author, avatar_url: "" },
  };
}
