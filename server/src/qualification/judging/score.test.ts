import type { Criterion } from "@dealscope/shared/qualification";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_PROMPT } from "../prompt/default-prompt.ts";
import { knownShare, scoreOf, segmentOf } from "./score.ts";

const { criteria, segments } = DEFAULT_PROMPT;
const levels = (known: Record<string, number | null>) => new Map(Object.entries(known));
const all = (level: number) => new Map(criteria.map(({ key }) => [key, level]));

test.each([
  ["everything at its best", all(5), 100],
  ["everything at its worst", all(0), 0],
  ["nothing known", levels({}), 40],
  ["a strong need and fit, soon, and silence about money and role", levels({ need: 5, fit: 4, timeline: 4 }), 71],
  ["an explicit no to money", levels({ budget: 0, need: 4, fit: 3 }), 46],
])("%s scores as documented", (_what, known, score) => {
  expect(scoreOf(criteria, known)).toBe(score);
});

const rubric = fc
  .array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 8 })
  .map((weights): Criterion[] => weights.map((weight, index) => ({ ...criteria[0]!, key: `c${index}`, weight })));
const judged = rubric.chain((rubric) =>
  fc.record({
    rubric: fc.constant(rubric),
    levels: fc
      .array(fc.option(fc.integer({ min: 0, max: 5 })), { minLength: rubric.length, maxLength: rubric.length })
      .map((levels) => new Map(rubric.map(({ key }, index) => [key, levels[index] ?? null]))),
    changed: fc.constantFrom(...rubric.map(({ key }) => key)),
  }),
);

test("a score is a whole number from 0 to 100", () => {
  fc.assert(
    fc.property(judged, ({ rubric, levels }) => {
      const score = scoreOf(rubric, levels);
      expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
    }),
  );
});

test("a higher level never lowers the score", () => {
  fc.assert(
    fc.property(judged, fc.integer({ min: 0, max: 4 }), ({ rubric, levels, changed }, level) => {
      const at = (value: number) => scoreOf(rubric, new Map(levels).set(changed, value));
      expect(at(level + 1)).toBeGreaterThanOrEqual(at(level));
    }),
  );
});

test("learning a level of 2 or more never lowers the score", () => {
  fc.assert(
    fc.property(judged, fc.integer({ min: 2, max: 5 }), ({ rubric, levels, changed }, level) => {
      const at = (value: number | null) => scoreOf(rubric, new Map(levels).set(changed, value));
      expect(at(level)).toBeGreaterThanOrEqual(at(null));
    }),
  );
});

test("the known share counts weights, and a level of 0 is known", () => {
  expect(knownShare(criteria, levels({ budget: 0, fit: 5, need: null }))).toBe(0.4);
});

test.each([
  [100, "hot"],
  [70, "hot"],
  [69, "warm"],
  [40, "warm"],
  [39, "cold"],
  [0, "cold"],
])("a score of %i is in the segment %s", (score, segment) => {
  expect(segmentOf(score, segments)).toBe(segment);
  expect(segmentOf(score, segments.toReversed())).toBe(segment);
});
