import { ManualReason } from "@dealscope/shared/qualification";
import { expect, test } from "vitest";
import { delayMs } from "./patience.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

test.each([
  [0, SECOND],
  [1, 4 * SECOND],
  [2, 15 * SECOND],
  [3, MINUTE],
  [4, 2 * MINUTE],
  [5, 4 * MINUTE],
  [8, 32 * MINUTE],
  [9, 60 * MINUTE],
  [100, 60 * MINUTE],
])("a model that was away %i times before is asked again after %i ms", (times, expected) => {
  expect(delayMs("model_unavailable", times)).toBe(expected);
});

const ALWAYS: Partial<Record<ManualReason, number>> = {
  cap: 60 * MINUTE,
  ...{ key: 5 * MINUTE, no_key: 5 * MINUTE, model: 5 * MINUTE, quota: 5 * MINUTE },
};

test.each(ManualReason.options.filter((reason) => reason !== "model_unavailable"))(
  "%s is tried again after the same time, or never, however often it was",
  (reason) => {
    expect([0, 1, 9].map((times) => delayMs(reason, times))).toEqual(Array(3).fill(ALWAYS[reason]));
  },
);
