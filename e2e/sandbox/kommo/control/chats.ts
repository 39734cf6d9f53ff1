import { Problem } from "../api/problem.ts";
import { createLead, mainPipeline } from "../crm/leads.ts";
import { linkContact } from "../crm/linking.ts";
import { createPerson } from "../crm/people.ts";
import { addMessage, closeTalk, openTalk } from "../crm/talks.ts";
import { addUnsorted, incomingStage } from "../crm/unsorted.ts";
import type { Account } from "../state/account.ts";
import type { Message, Talk } from "../state/rows.ts";
import type { World } from "../world.ts";
import { findAccount, findLead, findUser, type InAccount } from "./find.ts";

interface ChatMessage extends InAccount {
  text: string;
  /** `in` is what the client writes. */
  direction?: "in" | "out";
  talk_id?: number;
  /** The open talk of this lead is used, or one is started with its main contact. */
  lead_id?: number;
  contact_id?: number;
  /** Of a new talk: telegram, waba, instagram_business, … */
  origin?: string;
  /** Of a new contact. */
  name?: string;
  message_type?: string;
  author_type?: "external" | "internal" | "bot";
  attachment?: Message["attachment"];
}

/** What clients and colleagues write in channels. */
export function chatControl(world: World) {
  return {
    /** Somebody unknown who writes becomes a contact with an incoming lead, as in Kommo. */
    message: (wish: ChatMessage) => {
      const account = findAccount(world, wish.account);
      const isStranger = wish.talk_id === undefined && wish.lead_id === undefined && wish.contact_id === undefined;
      const talk = isStranger ? strangersTalk(account, wish) : talkFor(account, wish);
      const outgoing = wish.direction === "out";
      const message = addMessage(account, talk, {
        text: wish.text,
        type: outgoing ? "outgoing" : "incoming",
        message_type: wish.message_type,
        author: { type: wish.author_type },
        attachment: wish.attachment,
        created_by: outgoing ? findUser(account, wish.user_id) : 0,
      });
      if (isStranger) announceStranger(account, talk, message);
      return { talk_id: talk.id, message_id: message.id, lead_id: talk.entity_id, contact_id: talk.contact_id };
    },
    close: ({ account: reference, user_id, talk_id }: InAccount & { talk_id: number }) => {
      const account = findAccount(world, reference);
      closeTalk(account, findTalk(account, talk_id), findUser(account, user_id));
      return { talk_id };
    },
  };
}

function talkFor(account: Account, wish: ChatMessage): Talk {
  if (wish.talk_id !== undefined) return findTalk(account, wish.talk_id);
  const lead = wish.lead_id === undefined ? undefined : findLead(account, wish.lead_id);
  const links = lead ? account.links.of("leads", lead.id, "contacts") : [];
  const main = links.find((link) => link.is_main) ?? links[0];
  const known = wish.contact_id ?? main?.to_entity_id;
  const open =
    known === undefined ? undefined : account.talks.of(`contacts:${known}`).find((talk) => talk.status === "in_work");
  if (open) return open;
  const contact_id = known ?? newContact(account, wish, false, lead?.id);
  return openTalk(account, { contact_id, lead_id: lead?.id ?? null, origin: wish.origin ?? "telegram" });
}

function strangersTalk(account: Account, wish: ChatMessage): Talk {
  const { id: pipeline_id } = mainPipeline(account);
  const lead = createLead(account, { pipeline_id, status_id: incomingStage(account, pipeline_id) }, 0);
  const contact_id = newContact(account, wish, true, lead.id);
  return openTalk(account, { contact_id, lead_id: lead.id, origin: wish.origin ?? "telegram" });
}

function announceStranger(account: Account, talk: Talk, first_message: Message): void {
  addUnsorted(account, {
    category: "chats",
    source_name: `${talk.origin}:${talk.source_id}`,
    source_uid: `amojo:${talk.origin}:${talk.chat_id}`,
    lead_id: talk.entity_id!,
    contact_id: talk.contact_id,
    chat_id: talk.chat_id,
    first_message,
  });
}

function newContact(account: Account, wish: ChatMessage, is_unsorted: boolean, leadId: number | undefined): number {
  const { id } = createPerson(account, "contacts", { name: wish.name ?? "Someone", is_unsorted }, 0, (person) => {
    if (leadId !== undefined) linkContact(account, leadId, person.id, true, 0);
  });
  return id;
}

function findTalk(account: Account, id: number): Talk {
  const talk = account.talks.get(id);
  if (!talk) throw new Problem(404, `There is no talk ${id}.`);
  return talk;
}
