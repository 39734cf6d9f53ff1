import type { UnseenPart } from "@dealscope/shared/qualification";
import type { AccountEntity } from "../../installation/account.entity.ts";
import { provisioned } from "../../installation/provisioning.ts";
import type { Lead } from "../../kommo/resources.ts";
import type { LeadReading } from "../../leads/reader.ts";
import type { Facts } from "../facts.ts";
import { buildLeadInput } from "./build-lead-input.ts";
import type { LeadInput } from "./lead-input.ts";
import { type ModelInput, modelInput } from "./model-input.ts";
import { unseenPart } from "./unseen.ts";

/** A lead as the rules see it, and as the model is asked about it. */
export interface LeadQuestion {
  lead: LeadInput;
  input: ModelInput;
}

export function leadQuestion(reading: LeadReading, facts: Facts, account: AccountEntity): LeadQuestion {
  const isUnread = isOlderThanUs(reading.lead, account) && !isHistoryRead(facts, account);
  const missing = [
    ...(isUnread ? [] : facts.historyMissing.map((what) => unseenPart(what))),
    ...(isUnread ? [unseenPart("before_connection", { to: dayOf(account.connectedAt.toISOString()) })] : []),
    ...unreadable(facts.messages),
  ];
  const about = { currency: account.currency, provisioned: provisioned.parse(account.provisioned) };
  const lead = buildLeadInput(reading, facts, about, missing);
  return { lead, input: modelInput(lead) };
}

/** Whether there are conversations of which we have not heard all, and have not read it since. */
export function hasUnheardWords(lead: Lead, facts: Facts, account: AccountEntity): boolean {
  if (facts.talkIds.length === 0 || isHistoryRead(facts, account)) return false;
  return isOlderThanUs(lead, account) || facts.hasUnheardTalk;
}

/** What was said before we were connected has not been heard. Kommo's times are whole seconds. */
function isOlderThanUs(lead: Lead, account: AccountEntity): boolean {
  return lead.created_at !== null && lead.created_at.getTime() <= account.connectedAt.getTime() - 1_000;
}

/** What was read before an uninstall does not hold what was said until we came back. */
function isHistoryRead({ historyReadAt }: Facts, account: AccountEntity): boolean {
  return historyReadAt !== null && historyReadAt >= account.connectedAt;
}

/** Messages that the scan found in Kommo's log: when they were said is known, what was said is not. */
function unreadable(messages: Facts["messages"]): UnseenPart[] {
  const silent = messages.filter((message) => message.text === "");
  const [first] = silent;
  const last = silent.at(-1);
  if (!first || !last) return [];
  return [unseenPart("message_texts", { count: silent.length, from: dayOf(first.at), to: dayOf(last.at) })];
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
