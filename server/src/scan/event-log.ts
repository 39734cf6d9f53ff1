import { z } from "zod";
import { lockLeads } from "../database/lock-leads.ts";
import type { Tx } from "../database/tenancy.ts";
import type { Event } from "../kommo/resources.ts";
import { confirmMove, moveIn } from "../leads/stage-history.ts";
import type { KommoEvent } from "../webhooks/events.ts";

export const EVENT_TYPES = [
  "lead_status_changed",
  "entity_linked",
  "entity_unlinked",
  "entity_merged",
  "incoming_chat_message",
  "outgoing_chat_message",
] as const;

const id = z.number().int();
const merge = z.object({ entity_merged: z.object({ id }) });
const message = z.object({
  message: z.object({ id: z.string(), talk_id: id.nullish(), origin: z.string().nullish() }),
});

/**
 * What Kommo's own log of an account knows and we do not: confirms moves, and says what happened unheard.
 * `texts` are those of messages by id, as far as the account gives them.
 */
export async function eventsOf(
  tx: Tx,
  accountId: number,
  log: readonly Event[],
  texts: ReadonlyMap<string, string>,
): Promise<KommoEvent[]> {
  const heard = await heardMessages(tx, log);
  await lockLeads(
    tx,
    accountId,
    log.flatMap((event) => (event.entity_type === "lead" ? event.entity_id : [])),
  );
  const news: KommoEvent[] = [];
  for (const event of log) {
    const merged = mergeIn(event);
    if (merged) news.push(merged);
    const found = await eventOf(tx, accountId, event, heard, texts);
    if (found) news.push(found);
    if (found?.type === "lead.updated") news.push({ type: "lead.relinked", leadId: found.leadId });
  }
  return news;
}

/** Of people and of deals; the one that is gone stands in what was before. */
function mergeIn({ type, entity_type, entity_id, value_before }: Event): KommoEvent | undefined {
  if (type !== "entity_merged") return undefined;
  const from = merge.safeParse(value_before?.[0]).data?.entity_merged.id;
  if (from === undefined) return undefined;
  if (entity_type === "contact") return { type: "contact.merged", contactId: entity_id, from };
  return entity_type === "lead" ? { type: "lead.merged", leadId: entity_id, from } : undefined;
}

async function eventOf(
  tx: Tx,
  accountId: number,
  event: Event,
  heard: ReadonlySet<string>,
  texts: ReadonlyMap<string, string>,
): Promise<KommoEvent | undefined> {
  const leadId = event.entity_id;
  if (event.type === "lead_status_changed") {
    const move = moveIn(event);
    if (!move) return undefined;
    const isNews = await confirmMove(tx, accountId, event.id, move);
    return isNews ? { type: "lead.stage_changed", ...move } : undefined;
  }
  if (event.type.endsWith("_chat_message")) {
    const said = message.safeParse(event.value_after?.[0]);
    if (!said.success || heard.has(said.data.message.id) || event.entity_type !== "lead") return undefined;
    const { id: messageId, talk_id, origin } = said.data.message;
    return {
      type: event.type === "incoming_chat_message" ? "message.received" : "message.sent",
      messageId,
      leadId,
      contactId: undefined,
      talkId: talk_id ?? undefined,
      text: texts.get(messageId) ?? "",
      author: "",
      origin: origin ?? "",
      at: event.created_at,
    };
  }
  // Links, unlinks and merges change who is in the deal; a lead we have not read since then is read again.
  if (event.entity_type !== "lead") return undefined;
  const [row] = await tx.query("SELECT seen_at FROM lead WHERE lead_id = $1 AND kommo_updated_at IS NOT NULL", [
    leadId,
  ]);
  // Kommo tells the second, and a link may be younger than a reading of the same one.
  const isKnown = row && row.seen_at.getTime() >= event.created_at.getTime() + 1_000;
  return isKnown ? undefined : { type: "lead.updated", leadId, at: event.created_at };
}

/** Talks with messages that no webhook has brought. */
export async function unheardTalks(tx: Tx, log: readonly Event[]): Promise<number[]> {
  const heard = await heardMessages(tx, log);
  const talks = messagesIn(log).flatMap((said) => (heard.has(said.id) || !said.talk_id ? [] : [said.talk_id]));
  return [...new Set(talks)];
}

async function heardMessages(tx: Tx, log: readonly Event[]): Promise<Set<string>> {
  const rows: { message_id: string }[] = await tx.query("SELECT message_id FROM message WHERE message_id = ANY($1)", [
    messagesIn(log).map((said) => said.id),
  ]);
  return new Set(rows.map((row) => row.message_id));
}

function messagesIn(log: readonly Event[]) {
  return log.flatMap((event) => {
    const said = message.safeParse(event.value_after?.[0]);
    return said.success ? [said.data.message] : [];
  });
}
