import { expect, test } from "vitest";
import { quoteFinder } from "./quotes.ts";

const field = { kind: "field" as const, ref: "Budget", at: null };
const message = { kind: "message" as const, ref: "m1", at: "2026-11-03T09:12:00.000Z" };
const find = quoteFinder([
  { source: field, text: "Budget: 12 000 EUR" },
  { source: message, text: "We said “yes”,\nit’s urgent. 12 000 EUR is fine" },
]);

test.each([
  ["copied exactly", "12 000 EUR is fine", message],
  ["that stands twice: the first place counts", "12 000 EUR", field],
  ["with other white space", "yes”, it’s   urgent", message],
  ["with typewriter quotation marks", `We said "yes", it's urgent`, message],
  ["in another case", "we said “yes”", null],
  ["that was never said", "20 000 EUR", null],
  ["joined from two places", "Budget: 12 000 EUR We said", null],
  ["that is empty", "", null],
  ["of one letter", "W", null],
  ["of nothing but punctuation", "”,", null],
])("a quote %s", (_what, quote, source) => {
  expect(find(quote)?.source ?? null).toEqual(source);
});
