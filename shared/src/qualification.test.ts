import { expect, test } from "vitest";
import { Override, PromptVersionContent } from "./qualification.ts";

const criterion = (key: string) => ({
  key,
  name: "Name",
  description: "Description",
  weight: 10,
  anchors: ["0", "1", "2", "3", "4", "5"],
});
const content: PromptVersionContent = {
  icp: "Companies",
  criteria: ["budget", "need", "fit"].map(criterion),
  segments: [
    { key: "hot", name: "Hot", minScore: 70 },
    { key: "cold", name: "Cold", minScore: 0 },
    { key: "spam", name: "Spam", minScore: null },
  ],
  outputLanguage: "lead",
  model: null,
};

/** The messages a person would read, in order. */
const complaints = (changed: object) =>
  PromptVersionContent.safeParse({ ...content, ...changed }).error?.issues.map(({ message }) => message) ?? [];
const first = (changed: object) =>
  complaints({ criteria: [{ ...criterion("budget"), ...changed }, ...content.criteria.slice(1)] });
const segments = (...list: [key: string, minScore: number | null][]) =>
  complaints({ segments: list.map(([key, minScore]) => ({ key, name: key, minScore })) });

test("a sound prompt version has nothing to complain about", () => {
  expect(complaints({})).toEqual([]);
  expect(complaints({ outputLanguage: "pt-BR", model: "gpt-6-luna" })).toEqual([]);
});

test.each([
  ["a weight of 0", first({ weight: 0 }), "The weight of a criterion must be positive."],
  ["a broken weight", first({ weight: 1.5 }), "The weight of a criterion must be a whole number."],
  [
    "five anchors",
    first({ anchors: ["0", "1", "2", "3", "4"] }),
    "A criterion must have one anchor for each of the six levels 0 to 5.",
  ],
  ["an empty name", first({ name: "  " }), "The name of a criterion must not be empty."],
  [
    "a key with spaces",
    first({ key: "My key" }),
    "The key of a criterion must start with a letter and have up to 32 lower-case letters, digits or underscores.",
  ],
  ["equal criterion keys", first({ key: "fit" }), "The criterion key fit is used twice."],
  [
    "two criteria",
    complaints({ criteria: content.criteria.slice(1) }),
    "A prompt version must have at least 3 criteria.",
  ],
  ["equal thresholds", segments(["a", 0], ["b", 50], ["c", 50], ["spam", null]), "Two segments start at the score 50."],
  ["equal segment keys", segments(["a", 0], ["a", 50], ["spam", null]), "The segment key a is used twice."],
  ["no segment for low scores", segments(["a", 10], ["spam", null]), "One segment must start at the score 0."],
  ["no spam", segments(["a", 0], ["b", 50]), "The segment spam must be there."],
  ["spam with a threshold", segments(["a", 0], ["spam", 5]), "The segment spam must not have a lowest score."],
  ["a segment without one", segments(["a", 0], ["b", null], ["spam", null]), "The segment b must have a lowest score."],
  [
    "an unknown language",
    complaints({ outputLanguage: "Spanish" }),
    "The output language must be a tag such as es or pt-BR, or lead.",
  ],
])("%s is refused in one sentence", (_what, found, sentence) => {
  expect(found).toEqual([sentence]);
});

test("an override sets something, says why, and may expire", () => {
  const override = { segment: "hot", score: null, reason: "Spoke on the phone", expiresAt: "2026-12-01T00:00:00Z" };
  expect(Override.safeParse(override).success).toBe(true);
  expect(Override.safeParse({ ...override, expiresAt: null }).success).toBe(true);
  expect(Override.safeParse({ ...override, segment: null }).error?.issues[0]?.message).toBe(
    "An override must set a segment, a score or both.",
  );
  expect(Override.safeParse({ ...override, reason: "" }).success).toBe(false);
});
