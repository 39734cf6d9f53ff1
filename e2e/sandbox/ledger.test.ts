import { expect, it } from "vitest";
import { Ledger } from "./ledger.ts";

const entry = (more: object = {}) => ({
  at: 1,
  method: "GET",
  route: "/a/:id",
  path: "/a/1",
  status: 200,
  account: 7,
  ...more,
});

it("counts for ever and keeps the latest entries", () => {
  const ledger = new Ledger({ keep: 10 });
  for (let at = 0; at < 25; at++) ledger.add(entry({ at }));
  expect(ledger.counts().total.requests).toBe(25);
  expect(ledger.entries().length).toBeLessThanOrEqual(10);
  expect(ledger.entries().at(-1)!.at).toBe(24);
});

it("sums by route, account, status and effect", () => {
  const ledger = new Ledger();
  ledger.add(entry({ created: 2 }));
  ledger.add(entry({ status: 429, effects: ["rate-limited"] }));
  ledger.add(entry({ account: 8, method: "POST" }));
  expect(ledger.counts(7).routes["GET /a/:id"]).toEqual({
    requests: 2,
    created: 2,
    byStatus: { "200": 1, "429": 1 },
    byEffect: { "rate-limited": 1 },
  });
  expect(Object.keys(ledger.counts().routes)).toEqual(["GET /a/:id", "POST /a/:id"]);
  expect(ledger.accounts()["8"]!.requests).toBe(1);
  expect(ledger.entries({ effect: "rate-limited" })).toHaveLength(1);
});

it("forgets bodies where they would cost too much", () => {
  const ledger = new Ledger({ keepBodies: false });
  ledger.add(entry({ body: { big: true } }));
  expect(ledger.entries()[0]!.body).toBeUndefined();
});
