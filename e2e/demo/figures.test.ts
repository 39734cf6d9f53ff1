import { expect, test } from "vitest";
import { figuresOf, type Observed, percentile } from "./figures.ts";
import { DUPLICATE, HOT, NOT_ENOUGH } from "./verdict-sample.ts";

const observed: Observed = {
  leads: 4,
  verified: 4,
  settleMs: 5000,
  findings: [
    { verdict: HOT, tookMs: 8000 },
    { verdict: HOT, tookMs: 6000 },
    { verdict: NOT_ENOUGH, tookMs: 7000 },
    { verdict: DUPLICATE, tookMs: 9000 },
  ],
  callsBefore: { "GET /api/v4/account": { requests: 3, byStatus: { "200": 3 } } },
  callsAfter: {
    "GET /api/v4/account": { requests: 3, byStatus: { "200": 3 } },
    "GET /api/v4/leads": { requests: 5, byStatus: { "200": 4, "429": 1 } },
    "PATCH /api/v4/leads": { requests: 1, byStatus: { "200": 1 } },
  },
  leadsWritten: 4,
  verdicts: 4,
  deliveries: { done: 20, duplicate: 3 },
  model: { calls: 3, costMicros: 300, promptTokens: 3600, cachedTokens: 2400, completionTokens: 360 },
};

test("calls count from the installation on, and per lead", () => {
  expect(figuresOf(observed).kommo).toEqual({ calls: 6, perLead: 1.5, reads: 5, writes: 1, refused: 1 });
});

test("what was heard is new, doubled, an echo of our writing, or coalesced into a verdict", () => {
  expect(figuresOf(observed).webhooks).toEqual({ received: 23, duplicates: 3, echoes: 4, coalesced: 12 });
});

test("model use is told in all and per lead", () => {
  expect(figuresOf(observed).model).toMatchObject({ calls: 3, callsPerLead: 0.75, dollarsPerLead: 0.000075 });
});

test("segments are counted, and so are leads without one", () => {
  expect(figuresOf(observed).segments).toEqual({ hot: 2, "not enough": 1, duplicate: 1 });
});

test("times are the middle one and the one that 95 of 100 do not exceed", () => {
  expect(figuresOf(observed).timeMs).toEqual({ median: 7000, p95: 9000, settle: 5000 });
});

test.each([
  [[], 50, 0],
  [[7], 95, 7],
  [[1, 2, 3, 4], 50, 2],
  [Array.from({ length: 100 }, (_, i) => i + 1), 95, 95],
])("of %j the %i th percentile is %i", (values, percent, expected) => {
  expect(percentile(values, percent)).toBe(expected);
});

test("no leads at all make no division by zero", () => {
  const { kommo, model } = figuresOf({ ...observed, leads: 0, findings: [] });
  expect([kommo.perLead, model.callsPerLead, model.dollarsPerLead]).toEqual([0, 0, 0]);
});
