import { expect, it } from "vitest";
import type { KommoApp, KommoWidget } from "../src/host/kommo.ts";
import { readLeadId, readPage } from "../src/host/page.ts";

const inCard = (id: unknown, entity = "leads"): KommoApp => ({
  isCard: () => true,
  getBaseEntity: () => entity,
  data: { current_card: { id } },
});

it("knows the lead whose card is open, however Kommo writes its number", () => {
  expect(readLeadId(inCard(71))).toBe(71);
  expect(readLeadId(inCard("71"))).toBe(71);
});

it("takes a card that has not been saved for lead 0, and what is no number as well", () => {
  for (const id of [0, "0", "", null, undefined, "x", -5, 1.5, {}]) expect(readLeadId(inCard(id))).toBe(0);
});

it("sees no lead outside of lead cards", () => {
  expect(readLeadId(inCard(71, "contacts"))).toBeUndefined();
  expect(readLeadId({ isCard: () => false, getBaseEntity: () => "leads" })).toBeUndefined();
  expect(readLeadId({ ...inCard(71), data: { current_card: false } })).toBeUndefined();
  expect(readLeadId({})).toBeUndefined();
});

it("reads who has the page open, and does without what Kommo does not say", () => {
  const widget = (settings: unknown) => ({ get_settings: () => settings }) as KommoWidget;
  const constants: Record<string, unknown> = { account: { id: "31" }, user: { id: 7 } };
  const app: KommoApp = { lang_id: "pt", constant: (name) => constants[name] };
  expect(readPage(widget({ widget_code: "ds", path: "/upl/ds/widget/" }), app)).toEqual({
    ...{ accountId: 31, userId: 7, language: "pt", code: "ds", path: "/upl/ds/widget" },
  });
  expect(readPage(widget(null), {})).toEqual({
    ...{ accountId: 0, userId: 0, language: "en", code: "", path: "" },
  });
});
