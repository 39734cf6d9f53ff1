import { expect, test } from "vitest";
import type { DealsOfPerson } from "./deals-of-person.ts";
import { awaits, change, isNews, personAttributes } from "./person-attributes.ts";

const names = { prefix: "deal_", fields: [] };
const sums = { deals_open: 2, deals_won: 1, deals_lost: 0, deals_won_value: 500 };
const of = (chosen: number | null): DealsOfPerson => ({ chosen, ...sums });
const deal = (id: number, attributes = {}) => ({
  id,
  attributes: { name: `Deal ${id}`, price: 10, role: null, ...attributes },
});
const card = (contactId: number, name: string) => ({ contactId, attributes: { name, kommo_contact_id: contactId } });

const shown = { name: "Ana", kommo_contact_id: 1, deal_id: 7, deal_name: "Deal 7", deal_price: 10, ...sums };

test("the chosen deal stands under the prefix, beside the card and the sums", () => {
  expect(personAttributes({ before: {}, deals: of(7), deal: deal(7), cards: [card(1, "Ana")] }, names)).toEqual(shown);
});

test("another deal changes the sums and leaves the chosen one as it was told", () => {
  const deals = { ...of(7), deals_open: 3 };
  expect(personAttributes({ before: shown, deals, deal: deal(8), cards: [card(1, "Ana R.")] }, names)).toEqual({
    ...shown,
    name: "Ana R.",
    deals_open: 3,
  });
});

test("somebody without any deal that speaks for him keeps what the card says, and no deal", () => {
  expect(personAttributes({ before: shown, deals: of(null), deal: null, cards: [] }, names)).toEqual({
    ...{ name: "Ana", kommo_contact_id: 1 },
    ...sums,
  });
});

test("who shares a mailbox shows as the one in the chosen deal, whichever deal changes", () => {
  const inOther = personAttributes({ before: shown, deals: of(7), deal: deal(8), cards: [card(2, "Bo")] }, names);
  expect(inOther).toMatchObject({ name: "Ana", kommo_contact_id: 1 });
  const inChosen = personAttributes({ before: shown, deals: of(8), deal: deal(8), cards: [card(2, "Bo")] }, names);
  expect(inChosen).toMatchObject({ name: "Bo", kommo_contact_id: 2, deal_id: 8 });
});

test("a prefix that was changed takes the old attributes away", () => {
  const after = personAttributes(
    { before: shown, deals: of(7), deal: deal(7), cards: [card(1, "Ana")] },
    { ...names, prefix: "offer_" },
  );
  expect(change(shown, after)).toMatchObject({ deal_id: null, deal_name: null, offer_id: 7, offer_name: "Deal 7" });
});

test("a deal that is chosen and was never told is asked for, once", () => {
  expect(awaits(of(9), shown, names)).toBe(9);
  expect(awaits(of(7), shown, names)).toBeNull();
  expect(awaits(of(null), shown, names)).toBeNull();
});

test("that somebody has touched a deal is no news, and everything else is", () => {
  const before = { ...shown, deal_updated_at: 1 };
  expect(isNews(before, { ...before, deal_updated_at: 2 }, "deal_")).toBe(false);
  expect(isNews(before, { ...before, deal_price: 11, deal_updated_at: 2 }, "deal_")).toBe(true);
  const { deal_name: _, ...less } = before;
  expect(isNews(before, less, "deal_")).toBe(true);
});
