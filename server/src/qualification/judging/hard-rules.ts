import { type Blocklist, type HardRule, SPAM, TEXT_LIMITS, type Verdict } from "@dealscope/shared/qualification";
import { domainOf, isPublicMail, normaliseEmail, normalisePhone } from "../../leads/contact-address.ts";
import { cleanText, cutText } from "../lead-text/clean-text.ts";
import type { LeadInput } from "../lead-text/lead-input.ts";
import { asWholeWord } from "../lead-text/personal-data.ts";
import { ask } from "../next-step.ts";
import { manualVerdict } from "./manual-verdict.ts";

/** What the rules need to know besides the lead. */
export interface HardRuleFacts {
  /** The addresses of the account's users. */
  staffEmails: readonly string[];
  blocklist: Blocklist;
  /** Other open leads with an equal e-mail or phone, compared as `normaliseEmail` and `normalisePhone` write them. */
  equalLeads: readonly { id: number; createdAt: string }[];
}

/** The verdict on a lead that needs no model, or null when it has to be asked. The first rule that holds decides. */
export function hardVerdict(lead: LeadInput, facts: HardRuleFacts, promptVersion: number): Verdict | null {
  const staff = staffAddress(lead, facts.staffEmails);
  if (staff) return spamVerdict("own_staff", `Sent by your own team: ${staff}.`, promptVersion);

  const blocked = blockedBy(lead, facts.blocklist);
  if (blocked) return spamVerdict("blocklist", `On the blocklist: ${blocked}.`, promptVersion);

  const original = olderLead(lead, facts.equalLeads);
  if (original !== null) {
    return {
      ...manualVerdict("duplicate", promptVersion, null),
      nextAction: `Merge this lead with lead ${original}, or clear the contact they share.`,
      rule: "duplicate",
    };
  }
  return isEmpty(lead) ? emptyVerdict(promptVersion) : null;
}

/** Every contact with an address must be staff: reps add themselves to leads of clients. */
function staffAddress(lead: LeadInput, staffEmails: readonly string[]): string | undefined {
  const staff = new Set(staffEmails.flatMap((email) => normaliseEmail(email) ?? []));
  const domains = new Set([...staff].map(domainOf).filter((domain) => !isPublicMail(domain)));
  const emails = emailsOf(lead);
  return emails.every((email) => staff.has(email) || domains.has(domainOf(email))) ? emails[0] : undefined;
}

function blockedBy(lead: LeadInput, blocklist: Blocklist): string | undefined {
  const emails = emailsOf(lead);
  const blockedEmails = new Set(blocklist.emails.map(normaliseEmail));
  const email = emails.find((address) => blockedEmails.has(address));
  if (email) return email;

  const domains = blocklist.domains.map((domain) => domain.trim().toLowerCase().replace(/^@/, ""));
  const domain = domains.find((blocked) =>
    emails.some((address) => domainOf(address) === blocked || domainOf(address).endsWith(`.${blocked}`)),
  );
  if (domain) return domain;

  const phones = new Set(
    lead.contacts.flatMap((contact) => contact.phones.flatMap((raw) => normalisePhone(raw) ?? [])),
  );
  const phone = blocklist.phones.find((blocked) => phones.has(normalisePhone(blocked) ?? ""));
  if (phone) return phone;

  const text = asWords(clientText(lead).join("\n"));
  return blocklist.words.find((word) => {
    const words = asWords(word);
    return words !== "" && new RegExp(asWholeWord(words), "u").test(text);
  });
}

/** Only the younger of two equal leads is the duplicate, or both would wait for a person. */
function olderLead(lead: LeadInput, equalLeads: HardRuleFacts["equalLeads"]): number | null {
  const older = equalLeads.filter(
    ({ id, createdAt }) => createdAt < lead.createdAt || (createdAt === lead.createdAt && id < lead.id),
  );
  return older.length === 0 ? null : Math.min(...older.map(({ id }) => id));
}

/** No word by anybody, no price, no company, and a name that Kommo or a form gave: `Lead #123` or the contact's own. */
function isEmpty(lead: LeadInput): boolean {
  const given = new Set(
    lead.contacts.flatMap(({ name, emails, phones }) => [name, ...emails, ...phones].map(cleanText)),
  );
  const name = cleanText(lead.name);
  const said = [
    ...[...lead.messages, ...lead.notes].map(({ text }) => text),
    ...lead.fields.map(({ value }) => value),
    ...lead.companies,
    ...lead.contacts.map(({ position }) => position ?? ""),
    given.has(name) || /^(?:\p{L}+ ?)?#?\d+$/u.test(name) ? "" : name,
  ];
  return !lead.price && said.every((text) => cleanText(text) === "");
}

const emailsOf = (lead: LeadInput) =>
  lead.contacts.flatMap(({ emails }) => emails.flatMap((email) => normaliseEmail(email) ?? []));

const clientText = (lead: LeadInput) => [
  lead.name,
  ...lead.fields.map(({ value }) => value),
  ...lead.messages.flatMap(({ from, text }) => (from === "client" ? text : [])),
];

/** Words in lower case between single spaces. */
const asWords = (text: string) =>
  cleanText(text)
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();

const unasked = { criteria: [], flags: [], modelSegment: null, model: null };

const spamVerdict = (rule: HardRule, summary: string, promptVersion: number): Verdict => ({
  status: "qualified",
  reason: null,
  score: 0,
  segment: SPAM,
  question: null,
  summary: cutText(summary, TEXT_LIMITS.summary),
  nextAction: "Nothing to do, unless the rule is wrong here.",
  rule,
  promptVersion,
  ...unasked,
});

const WHAT_IS_NEEDED = "What do you need, and by when?";

const emptyVerdict = (promptVersion: number): Verdict => ({
  status: "not_enough",
  reason: null,
  score: null,
  segment: null,
  question: WHAT_IS_NEEDED,
  summary: "The lead is empty: there is no message, note or filled field.",
  nextAction: ask(WHAT_IS_NEEDED),
  rule: "empty",
  promptVersion,
  ...unasked,
});
