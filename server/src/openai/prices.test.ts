import { expect, test } from "vitest";
import type { Usage } from "./completion.ts";
import { costOf, hasKnownPrice, isRegional } from "./prices.ts";

const today = new Date("2026-11-21T12:00:00Z");

function cost(model: string, usage: Partial<Usage>, serviceTier: string | null = "default", regional = false) {
  const all: Usage = { prompt: 0, cached: 0, cacheWrite: 0, completion: 0, reasoning: 0, ...usage };
  return costOf({ model, usage: all, serviceTier }, today, regional);
}

test.each<[string, string, Partial<Usage>, number]>([
  ["plain input", "gpt-6-luna", { prompt: 10_000 }, 1000],
  ["cached input at a tenth", "gpt-6-luna", { prompt: 10_000, cached: 10_000 }, 100],
  ["written input at 1.25 instead of 1", "gpt-6-luna", { prompt: 10_000, cacheWrite: 10_000 }, 1250],
  ["output once, reasoning included", "gpt-6-luna", { completion: 10_000, reasoning: 9000 }, 5000],
  [
    "a usual lead, 222 plain, 1090 cached, 64 written by the model",
    "gpt-6-luna",
    { prompt: 1312, cached: 1090, completion: 64 },
    65,
  ],
  ["cache writes of older models as plain input", "gpt-4o-mini", { prompt: 1000, cacheWrite: 1000 }, 150],
  ["a dated snapshot like its model", "gpt-4o-mini-2024-07-18", { prompt: 1000, completion: 1000 }, 750],
  [
    "long prompts of newer models twice, their output one and a half times",
    "gpt-6-luna",
    { prompt: 300_000, completion: 1000 },
    60_750,
  ],
  ["long prompts of older models once", "gpt-4.1-mini", { prompt: 300_000 }, 120_000],
  ["no tokens as nothing", "gpt-6-luna", {}, 0],
])("counts %s", (_, model, usage, microDollars) => {
  expect(cost(model, usage)).toBe(microDollars);
});

test("a half is rounded up and less than a half is dropped", () => {
  expect(cost("gpt-6-luna", { completion: 1 })).toBe(1);
  expect(cost("gpt-6-luna", { prompt: 4 })).toBe(0);
  expect(cost("gpt-6-luna", { prompt: 5 })).toBe(1);
});

test("flex costs half, priority twice, a regional address a tenth more", () => {
  expect(cost("gpt-6-luna", { prompt: 10_000 }, "flex")).toBe(500);
  expect(cost("gpt-6-luna", { prompt: 10_000 }, "priority")).toBe(2000);
  expect(cost("gpt-6-luna", { prompt: 10_000 }, null)).toBe(1000);
  expect(cost("gpt-6-luna", { prompt: 10_000 }, "default", true)).toBe(1100);
  expect(isRegional("https://eu.api.openai.com/v1")).toBe(true);
  expect(isRegional("https://api.openai.com/v1")).toBe(false);
});

test("cached and written tokens that exceed the prompt do not make the rest negative", () => {
  expect(cost("gpt-6-luna", { prompt: 1000, cached: 900, cacheWrite: 900 })).toBe(122);
});

test("an unknown model counts at the dearest price that is known", () => {
  expect(cost("llama-3.3-70b", { prompt: 1000, completion: 1000 })).toBe(
    cost("gpt-6-sol", { prompt: 1000, completion: 1000 }),
  );
  expect([hasKnownPrice("llama-3.3-70b"), hasKnownPrice("gpt-4o-mini-2024-07-18")]).toEqual([false, true]);
});

test("a day before the first known price takes that price, so that a slow clock does not make calls free", () => {
  const usage: Usage = { prompt: 10_000, cached: 0, cacheWrite: 0, completion: 0, reasoning: 0 };
  expect(costOf({ model: "gpt-6-luna", usage, serviceTier: null }, new Date("2020-01-01"))).toBe(1000);
});
