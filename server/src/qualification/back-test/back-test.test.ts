import { expect, test } from "vitest";
import { DEFAULT_PROMPT } from "../prompt/default-prompt.ts";
import { agreementOf, labelOf } from "./back-test.ts";

const { segments } = DEFAULT_PROMPT;
const pair = (person: string, model: string | null) => ({ person, model });

test("agreement counts every pair once, by what people and the model said", () => {
  const agreement = agreementOf(
    [pair("hot", "hot"), pair("hot", "warm"), pair("warm", "warm"), pair("cold", null), pair("hot", "hot")],
    segments,
  );
  expect(agreement).toEqual({
    total: 5,
    agreed: 3,
    share: 0.6,
    interval: { low: expect.closeTo(0.2307, 4), high: expect.closeTo(0.8824, 4) },
    matrix: [
      { person: "hot", model: "hot", count: 2 },
      { person: "hot", model: "warm", count: 1 },
      { person: "warm", model: "warm", count: 1 },
      { person: "cold", model: null, count: 1 },
    ],
    segments: [
      { key: "hot", people: 3, precision: 1, recall: 2 / 3 },
      { key: "warm", people: 1, precision: 0.5, recall: 1 },
      { key: "cold", people: 1, precision: null, recall: 0 },
      { key: "spam", people: 0, precision: null, recall: null },
    ],
  });
});

test("without labels there is no share", () => {
  expect(agreementOf([], segments)).toMatchObject({ total: 0, share: null, matrix: [] });
});

test("a segment that no longer exists still shows in the matrix", () => {
  expect(agreementOf([pair("vip", "hot")], segments).matrix).toEqual([{ person: "vip", model: "hot", count: 1 }]);
});

test("an override by score is the segment of that score", () => {
  expect(labelOf({ segment: null, score: 55 }, segments)).toBe("warm");
  expect(labelOf({ segment: "hot", score: 55 }, segments)).toBe("hot");
});
