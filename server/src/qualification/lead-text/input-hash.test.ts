import { expect, test } from "vitest";
import { sampleLead } from "../../../test/sample-lead.ts";
import { DEFAULT_PROMPT } from "../prompt/default-prompt.ts";
import { contentHash, inputHash, type JudgedBy } from "./input-hash.ts";
import { leadDocument } from "./lead-document.ts";
import type { LeadInput } from "./lead-input.ts";
import { unseenPart } from "./unseen.ts";

const judgedBy = (changed: Partial<JudgedBy> = {}, lead: Partial<LeadInput> = {}): JudgedBy => ({
  promptVersion: 3,
  content: DEFAULT_PROMPT,
  model: "gpt-6-luna",
  document: leadDocument(sampleLead(lead)),
  engagement: { mails: 0, opens: 0, clicks: 0 },
  ...changed,
});
const hash = (changed: Partial<JudgedBy> = {}, lead: Partial<LeadInput> = {}) => inputHash(judgedBy(changed, lead));

test("the hash does not depend on the order of keys", () => {
  const { document, ...rest } = judgedBy();
  const turned = Object.fromEntries(Object.entries(DEFAULT_PROMPT).toReversed()) as typeof DEFAULT_PROMPT;
  expect(contentHash(turned)).toBe(contentHash(DEFAULT_PROMPT));
  expect(inputHash({ document, ...rest, content: turned })).toBe(hash());
});

test.each([
  ["prompt version", hash({ promptVersion: 4 })],
  ["prompt content", hash({ content: { ...DEFAULT_PROMPT, icp: "Other" } })],
  ["model", hash({ model: "gpt-6.1-terra" })],
  ["message", hash({}, { messages: [] })],
  ["field", hash({}, { fields: [{ name: "Team size", value: "26" }] })],
  ["missing source", hash({}, { missing: [unseenPart("chat_history")] })],
])("another %s is another hash", (_what, other) => {
  expect(other).not.toBe(hash());
});

test("a new responsible, and invisible characters, ask for no new verdict", () => {
  expect(hash({}, { responsible: "Anna" })).toBe(hash());
  expect(hash({}, { name: "Request  from\u200b the website " })).toBe(hash());
});
