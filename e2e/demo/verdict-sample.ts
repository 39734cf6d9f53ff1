import type { Verdict } from "@dealscope/shared/qualification";

const common = {
  summary: "Ready to buy",
  nextAction: "Call today.",
  criteria: [],
  flags: [],
  modelSegment: null,
  rule: null,
  model: null,
  promptVersion: 1,
};

/** Verdicts for tests. */
export const HOT: Verdict = { status: "qualified", reason: null, score: 91, segment: "hot", question: null, ...common };
export const NOT_ENOUGH: Verdict = {
  status: "not_enough",
  reason: null,
  score: null,
  segment: null,
  question: "What do you need?",
  ...common,
  nextAction: "Ask: What do you need?",
};
export const DUPLICATE: Verdict = {
  status: "needs_manual",
  reason: "duplicate",
  score: null,
  segment: null,
  question: null,
  ...common,
  rule: "duplicate",
};
