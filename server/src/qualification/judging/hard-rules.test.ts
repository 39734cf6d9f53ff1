import { type HardRule, Verdict } from "@dealscope/shared/qualification";
import { expect, test } from "vitest";
import { sampleLead } from "../../../test/sample-lead.ts";
import type { LeadInput } from "../lead-text/lead-input.ts";
import { type HardRuleFacts, hardVerdict } from "./hard-rules.ts";

const nothing: HardRuleFacts = {
  staffEmails: [],
  blocklist: { domains: [], emails: [], phones: [], words: [] },
  equalLeads: [],
};

const ruled = (lead: Partial<LeadInput>, facts: Partial<HardRuleFacts> = {}) => {
  const verdict = hardVerdict(sampleLead(lead), { ...nothing, ...facts }, 3);
  return verdict && Verdict.parse(verdict);
};
const blocking = (entry: Partial<HardRuleFacts["blocklist"]>) => ({ blocklist: { ...nothing.blocklist, ...entry } });
const bare: Partial<LeadInput> = {
  name: "Lead #4711",
  fields: [{ name: "Team size", value: " " }],
  messages: [],
  companies: [],
  contacts: [{ name: "Marta Nowak", emails: ["marta@gmail.com"], phones: [] }],
};
const contactWith = (...emails: string[]): Partial<LeadInput> => ({ contacts: [{ name: "M", emails, phones: [] }] });

const saying = (text: string): Partial<LeadInput> => ({
  messages: [{ id: "m", at: "2026-11-03T09:00:00.000Z", from: "client", text }],
});

test("an ordinary lead has to be asked about", () => {
  expect(ruled({})).toBeNull();
});

test.each<[string, Partial<LeadInput>, Partial<HardRuleFacts>, HardRule]>([
  ["a user's own address", contactWith("Anna@gmail.com"), { staffEmails: ["anna@GMAIL.com"] }, "own_staff"],
  ["the company's domain", contactWith("test@seller.example"), { staffEmails: ["anna@seller.example"] }, "own_staff"],
  ["a blocked domain", {}, blocking({ domains: ["@BalticFoods.example"] }), "blocklist"],
  ["the domain above it", contactWith("a@mail.spam.example"), blocking({ domains: ["spam.example"] }), "blocklist"],
  ["a blocked e-mail", {}, blocking({ emails: ["M.Nowak@balticfoods.example"] }), "blocklist"],
  ["a blocked phone in another form", {}, blocking({ phones: ["0048601234567"] }), "blocklist"],
  ["a blocked phrase", {}, blocking({ words: ["lose  Inquiries"] }), "blocklist"],
  ["a blocked phrase with other marks between", {}, blocking({ words: ["lose-inquiries"] }), "blocklist"],
  ["a blocked word in Chinese", saying("我们在赌场推广"), blocking({ words: ["赌场"] }), "blocklist"],
  ["a blocked word in Thai", saying("สนใจคาสิโนออนไลน์"), blocking({ words: ["คาสิโน"] }), "blocklist"],
  ["an older equal lead", {}, { equalLeads: [{ id: 400, createdAt: "2026-11-01T00:00:00.000Z" }] }, "duplicate"],
  ["no content", bare, {}, "empty"],
  ["a name that only repeats the contact", { ...bare, name: "Marta Nowak" }, {}, "empty"],
])("a lead with %s needs no model", (_what, lead, facts, rule) => {
  expect(ruled(lead, facts)).toMatchObject({ rule, model: null, promptVersion: 3 });
});

test.each<[string, Partial<LeadInput>, Partial<HardRuleFacts>]>([
  [
    "shares only a public mail provider with a user",
    contactWith("client@gmail.com"),
    { staffEmails: ["anna@gmail.com"] },
  ],
  [
    "has a user among its contacts",
    contactWith("a@seller.example", "b@client.example"),
    { staffEmails: ["a@seller.example"] },
  ],
  [
    "has a domain that only ends like a blocked one",
    contactWith("a@notspam.example"),
    blocking({ domains: ["spam.example"] }),
  ],
  ["has a blocked word inside another", {}, blocking({ words: ["how"] })],
  ["meets an entry of the blocklist without letters", {}, blocking({ words: ["!!!"] })],
  [
    "has the blocked word in our own message",
    {
      messages: [{ id: "u", at: "2026-11-03T09:00:00.000Z", from: "us", text: "casino" }],
    },
    blocking({ words: ["casino"] }),
  ],
  ["is older than the equal one", {}, { equalLeads: [{ id: 600, createdAt: "2026-11-04T00:00:00.000Z" }] }],
  ["says something in its name", { ...bare, name: "CRM for 25 people" }, {}],
  ["has a price", { ...bare, price: 900 }, {}],
])("a lead that %s has to be asked about", (_what, lead, facts) => {
  expect(ruled(lead, facts)).toBeNull();
});

test("staff and blocked senders are spam, a duplicate waits for a person, an empty lead for an answer", () => {
  expect(ruled({}, blocking({ domains: ["balticfoods.example"] }))).toMatchObject({
    status: "qualified",
    segment: "spam",
    score: 0,
    summary: "On the blocklist: balticfoods.example.",
  });
  expect(ruled({}, { equalLeads: [{ id: 400, createdAt: "2026-11-03T09:12:00.000Z" }] })).toMatchObject({
    status: "needs_manual",
    reason: "duplicate",
    nextAction: "Merge this lead with lead 400, or clear the contact they share.",
  });
  expect(ruled(bare)).toMatchObject({ status: "not_enough", question: "What do you need, and by when?" });
});
