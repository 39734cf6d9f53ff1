import { expect, test } from "vitest";
import { cardFor, cardIn, differences } from "./card.ts";
import { DUPLICATE, HOT, NOT_ENOUGH } from "./verdict-sample.ts";

const shown = {
  fields: {
    DEALSCOPE_SCORE: "91",
    DEALSCOPE_SEGMENT: "Hot",
    DEALSCOPE_SUMMARY: "Ready to buy",
    DEALSCOPE_NEXT_ACTION: "Call today.",
  },
  tags: ["fair", "dealscope:hot"],
};

test("a card that shows its verdict has no differences; what others have tagged is no matter", () => {
  expect(differences(cardFor(HOT), cardIn(shown))).toEqual([]);
});

test("each part that differs is named with both values", () => {
  const card = cardIn({
    fields: { ...shown.fields, DEALSCOPE_SCORE: "40" },
    tags: ["dealscope:hot", "dealscope:cold"],
  });
  expect(differences(cardFor(HOT), card)).toEqual([
    'score is "40" and not "91"',
    'tags is "dealscope:hot,dealscope:cold" and not "dealscope:hot"',
  ]);
});

test("a lead that says too little has a question and neither score nor tag", () => {
  const fields = { DEALSCOPE_SUMMARY: "Ready to buy", DEALSCOPE_NEXT_ACTION: "Ask: What do you need?" };
  expect(differences(cardFor(NOT_ENOUGH), cardIn({ fields, tags: [] }))).toEqual([]);
  expect(differences(cardFor(NOT_ENOUGH), cardIn({ fields, tags: ["dealscope:hot"] }))).toHaveLength(1);
});

test("a duplicate carries the tag that calls for a person", () => {
  const { DEALSCOPE_SUMMARY, DEALSCOPE_NEXT_ACTION } = shown.fields;
  const fields = { DEALSCOPE_SUMMARY, DEALSCOPE_NEXT_ACTION };
  expect(differences(cardFor(DUPLICATE), cardIn({ fields, tags: ["needs manual qualification"] }))).toEqual([]);
  expect(differences(cardFor(DUPLICATE), cardIn({ fields, tags: [] }))).toEqual([
    'tags is empty and not "needs manual qualification"',
  ]);
});
