import type { Role } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";
import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { expect, it } from "vitest";
import { Problem } from "../src/api/problem.ts";
import en from "../src/i18n/en.json" with { type: "json" };
import es from "../src/i18n/es.json" with { type: "json" };
import { Words } from "../src/i18n/words.ts";
import { readLines } from "../src/pages/agreement/label-lines.ts";
import { contentDiff } from "../src/pages/criteria/content-diff.ts";
import { mistakesIn, newKey, toContent, toForm } from "../src/pages/criteria/content-form.ts";
import { wordDiff } from "../src/pages/criteria/word-diff.ts";
import { ruleSentence } from "../src/pages/gates/rule-sentence.ts";
import { gatesOf, goneOf, placeIn, ruleOf, tidy, withoutGone, withRule } from "../src/pages/gates/rules.ts";
import { duration, money } from "../src/pages/kit/figures.ts";
import { explainHere } from "../src/pages/kit/problems.ts";
import { lastDays } from "../src/pages/spending/last-days.ts";

const CLOCK = { remindAfterHours: 24, escalateAfterHours: 72, escalateToId: null };

const english = new Words(en, "en");

const criterion = (key: string) => ({
  ...{ key, name: key, description: "What?", weight: 20 },
  anchors: ["0", "1", "2", "3", "4", "5"],
});
const CONTENT: PromptVersionContent = {
  icp: "We sell to companies.",
  criteria: ["budget", "need", "fit"].map(criterion),
  segments: [
    { key: "hot", name: "Hot", minScore: 70 },
    { key: "cold", name: "Cold", minScore: 0 },
    { key: "spam", name: "Spam", minScore: null },
  ],
  outputLanguage: "lead",
  model: null,
};

it("gives back the text as it was when nothing was typed", () => {
  expect(toContent(toForm(CONTENT))).toEqual(CONTENT);
  expect(mistakesIn(toForm(CONTENT))).toEqual({});
});

it("names what cannot be saved yet by its place", () => {
  const form = toForm(CONTENT);
  const [budget, ...others] = form.criteria;
  const [hot, cold, spam] = form.segments;
  expect(
    mistakesIn({
      ...form,
      icp: " ",
      criteria: [{ ...budget!, weight: "2.5", anchors: budget!.anchors.with(3, "") }, ...others],
      segments: [{ ...hot!, minScore: "50" }, { ...cold!, minScore: "50" }, spam!],
    }),
  ).toEqual({
    icp: "criteria.missing",
    "criteria.0.weight": "criteria.weight_wrong",
    "criteria.0.anchors.3": "criteria.missing",
    "segments.1.minScore": "criteria.threshold_twice",
    segments: "criteria.threshold_zero",
  });
});

it("gives something new a key that no other has", () => {
  expect(newKey("segment", [{ key: "hot" }, { key: "segment_3" }])).toBe("segment_4");
});

it("tells how two versions differ in words, and nothing of what is the same", () => {
  const now = {
    ...CONTENT,
    criteria: [{ ...CONTENT.criteria[0]!, weight: 60 }, CONTENT.criteria[1]!, criterion("timeline")],
    segments: [{ ...CONTENT.segments[0]!, minScore: 80 }, ...CONTENT.segments.slice(1)],
  };
  expect(contentDiff(CONTENT, now, english)).toEqual([
    { what: "budget › Weight (1–100)", before: "20", after: "60" },
    { what: "Criterion timeline", before: "", after: "timeline (20): What?" },
    { what: "Criterion fit", before: "fit (20): What?", after: "" },
    { what: "Segment Hot", before: "Hot from 70", after: "Hot from 80" },
  ]);
});

it("marks the words that are gone and the words that are new", () => {
  expect(wordDiff("We sell boats to hotels.", "We sell cars to hotels.")).toEqual([
    { kind: "same", text: "We sell " },
    { kind: "gone", text: "boats " },
    { kind: "new", text: "cars " },
    { kind: "same", text: "to hotels." },
  ]);
});

it("reads labels as spreadsheets give them, and names the lines it cannot read", () => {
  const text = 'Lead,Segment\n12;Hot\n\n"34"\tcold\nhttps://a.kommo.com/leads/detail/56, spam\n0,hot\nx,hot\n78,';
  expect(readLines(text)).toEqual({
    rows: [
      { leadId: 12, segment: "Hot" },
      { leadId: 34, segment: "cold" },
      { leadId: 56, segment: "spam" },
    ],
    lines: [2, 4, 5],
    unreadable: [6, 7, 8],
  });
});

it("names every refused value in the user's language, with what is allowed", () => {
  const refused = new Problem("invalid_input", {
    issues: [
      { path: "settings.settleSeconds", message: "x", code: "too_big", limit: 30 },
      { path: "criteria.2.weight", message: "x", code: "too_small", limit: 1 },
      { path: "segments", message: "x", code: "custom" },
    ],
  });
  expect(explainHere(refused, english)).toBe(
    "“Wait after the last news, seconds (0–30)” may be at most 30. “Weight (1–100) (3)” must be at least 1. " +
      "“Segments” is not right yet. Please check it.",
  );
  expect(explainHere(refused, new Words(es, "es"))).toContain("puede ser como máximo 30");
  expect(explainHere(new Problem("forbidden"), english)).toContain("Only administrators");
});

it("names what a gate speaks of and nobody has, and where settings work against each other", () => {
  const issues = [
    { path: "settings.gates.pipelines.0.stages.1.requiredRoles.0", message: "There is no role x." },
    { path: "settings.committee.roles.2.name", message: "Two roles are called x." },
    { path: "settings.committee.roles.2.weight", message: "x", code: "too_big", limit: 100 },
    { path: "settings.actions.hot.moveTo", message: "That is a circle." },
  ];
  expect(explainHere(new Problem("invalid_input", { issues }), english)).toBe(
    "“Must be there (1)” names something that is not there any more. “Name of the role (3)” is there twice. " +
      "“Weight, 0–100 (3)” may be at most 100. “Move to stage” leads into a stage whose gate sends such leads back.",
  );
});

const gates = gatesOf({ pipelines: [], clock: CLOCK }, 7);
const covered = (statusId: number, minCoverage: number) => ({ ...ruleOf(gates, statusId), minCoverage });

it("reads a rule as a sentence, and says what a stage without one does", () => {
  const rule = {
    ...ruleOf(gates, 3),
    ...{ requiredRoles: ["buyer", "lawyer"], requiredApprovals: ["lawyer"], minCoverage: 60, requiredFieldIds: [5] },
  };
  const lists = { leadFields: [{ id: 5, name: "Budget" }] } as Lists;
  const roles = [
    { key: "buyer", name: "Buyer" },
    { key: "lawyer", name: "Lawyer" },
  ] as Role[];
  expect(ruleSentence(rule, roles, lists, english)).toBe(
    "needs Buyer in the deal; approval of Lawyer; 60% coverage; Budget filled in",
  );
  expect(ruleSentence(ruleOf(gates, 3), roles, lists, english)).toBe("anybody may move deals here");
});

it("names the stage that a wrong value belongs to, and counts where it has no name", () => {
  const settings = { clock: CLOCK, pipelines: [withRule(withRule(gates, ruleOf(gates, 2)), covered(3, 600))] };
  const stages = [2, 3].map((id) => ({ id, name: `Stage ${id}`, isIncoming: false }));
  const pipelines = [{ id: 7, name: "Sales", stages }] as Lists["pipelines"];
  const issue = (path: string) => ({ path, message: "x", code: "too_big", limit: 100 });
  // Stage 2 asks for nothing, so it was not sent.
  const issues = ["0.stages.0", "1.stages.0"].map((place) => issue(`settings.gates.pipelines.${place}.minCoverage`));
  expect(
    explainHere(new Problem("invalid_input", { issues }), english, (path) => placeIn(settings, path, pipelines)),
  ).toBe(
    "“Coverage of the roles, at least % (Stage 3)” may be at most 100. " +
      "“Coverage of the roles, at least % (2)” may be at most 100.",
  );
});

it("saves nothing of stages and pipelines of which nothing is said", () => {
  const changed = withRule(gates, { ...ruleOf(gates, 3), buyingStage: "signing" });
  const pipelines = [withRule(gates, ruleOf(gates, 3)), { ...withRule(changed, ruleOf(gates, 4)), pipelineId: 8 }];
  expect(tidy({ gates: { pipelines, clock: CLOCK } }).gates.pipelines).toMatchObject([
    { pipelineId: 8, stages: [{ statusId: 3, buyingStage: "signing" }] },
  ]);
});

it("finds what a rule names and nobody has any more, but no fields while Kommo is away", () => {
  const rule = { ...ruleOf(gates, 3), wantedRoles: ["sponsor"], requiredFieldIds: [5, 6] };
  const lists = { leadFields: [{ id: 5 }], isFresh: true } as Lists;
  const gone = goneOf(rule, [], lists);
  expect(gone).toEqual({ roles: ["sponsor"], fieldIds: [6] });
  expect(withoutGone(rule, gone)).toMatchObject({ wantedRoles: [], requiredFieldIds: [5] });
  expect(goneOf(rule, [], { ...lists, leadFields: [], isFresh: false }).fieldIds).toEqual([]);
});

it("shows days without any call in the picture too", () => {
  const now = Date.parse("2026-11-28T00:30:00Z");
  expect(lastDays([{ day: "2026-11-27", costMicros: 5 }], 3, now)).toEqual([
    { day: "2026-11-26", costMicros: 0 },
    { day: "2026-11-27", costMicros: 5 },
    { day: "2026-11-28", costMicros: 0 },
  ]);
});

it("says money and time as short as they can be understood", () => {
  expect([0, 85, 1_234_567, 12_500_000].map((micros) => money(micros, english))).toEqual([
    "$0.00",
    "$0.0001",
    "$1.23",
    "$12.50",
  ]);
  expect([0.2, 59, 60, 3_600, 7_500].map((seconds) => duration(seconds, english))).toEqual([
    "1 sec",
    "59 sec",
    "1 min",
    "1 hr",
    "2 hr 5 min",
  ]);
});
