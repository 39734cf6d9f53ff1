import type { Verdict } from "@dealscope/shared/qualification";
import { expect, test } from "vitest";
import { cardChange } from "./card-change.ts";
import { manualVerdict } from "./judging/manual-verdict.ts";
import { MANUAL_TAG } from "./tags.ts";

const texts = {
  ...{ summary: "Wants a roof", nextAction: "Read the lead yourself before you act on this.", criteria: [], flags: [] },
  ...{ modelSegment: null, rule: null, model: null, promptVersion: 1 },
};
const noScore = { score: null, segment: null };
const unknown: Verdict = { status: "not_enough", reason: null, ...noScore, question: "Who decides?", ...texts };
const VERDICTS: [Verdict["status"], Verdict, string | undefined][] = [
  [
    "qualified",
    { status: "qualified", reason: null, score: 80, segment: "hot", question: null, ...texts },
    "dealscope:hot",
  ],
  ["not_enough", { ...unknown, nextAction: "Ask: Who decides?" }, undefined],
  ["needs_manual", manualVerdict("duplicate", 1, null), MANUAL_TAG],
];

test.each(VERDICTS)(
  "a deal that is %s shows in Kommo what its card shows, under one tag of ours",
  (_, verdict, tag) => {
    const { fields, tagsAdd, tagsRemove } = cardChange(verdict, ["vip", "dealscope:old"]);
    const { score, segment, summary, nextAction } = verdict;
    expect(fields).toEqual({ score, segment, summary, nextAction });
    expect(tagsAdd).toEqual(tag === undefined ? undefined : [tag]);
    expect(tagsRemove).toEqual(["dealscope:old"]);
  },
);

test("a question that an older version asked in Kommo stands there still, and on the card", () => {
  expect(cardChange({ ...unknown, nextAction: "Call them back." }, []).fields?.nextAction).toBe("Ask: Who decides?");
  const suspected: Verdict = { ...unknown, flags: ["suspected_injection"] };
  expect(cardChange(suspected, []).fields?.nextAction).toBe(texts.nextAction);
});
