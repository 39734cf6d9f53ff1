import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected } from "./test-kit.ts";

let acme: Connected;
beforeEach(async () => {
  acme = await connected();
});
afterEach(() => acme.kommo.stop());

const leads = () => acme.kommo.control.leads.read({}).length;

it("answers with a status of the script, as often as it says, and only where it matches", async () => {
  const match = { method: "POST", path: "/api/v4/lea*" };
  acme.kommo.control.faults.add({ match, times: 1, effect: { kind: "answer", status: 504, html: "<h1>504</h1>" } });
  expect((await acme.api("GET", "/leads")).status).toBe(204);
  expect(await acme.api("POST", "/leads", [{}])).toMatchObject({ status: 504, body: "<h1>504</h1>" });
  expect(leads()).toBe(0);
  expect((await acme.api("POST", "/leads", [{}])).status).toBe(200);
});

it("can be for one account, by id or subdomain", async () => {
  acme.kommo.control.faults.add({
    match: { account: "other" },
    effect: { kind: "answer", status: 500, body: { title: "x" } },
  });
  expect((await acme.api("GET", "/account")).status).toBe(200);
  acme.kommo.control.faults.add({
    match: { account: acme.account.id },
    effect: { kind: "answer", status: 500, body: { title: "x" } },
  });
  expect(await acme.api("GET", "/account")).toMatchObject({ status: 500, body: { title: "x" } });
});

it("drops the connection before anything happened, or after all of it did", async () => {
  acme.kommo.control.faults.add({ match: { method: "POST" }, times: 1, effect: { kind: "drop-before" } });
  await expect(acme.api("POST", "/leads", [{}])).rejects.toThrow();
  expect(leads()).toBe(0);
  acme.kommo.control.faults.add({ match: { method: "POST" }, times: 1, effect: { kind: "drop-after" } });
  await expect(acme.api("POST", "/leads", [{}])).rejects.toThrow();
  expect(leads()).toBe(1);
});

it("cuts an answer in the middle, at once or after a wait", async () => {
  for (const effect of [{ kind: "half-body" }, { kind: "slow-reset", ms: 20 }] as const) {
    acme.kommo.control.faults.add({ match: { method: "POST" }, times: 1, effect });
    await expect(acme.api("POST", "/leads", [{}]), effect.kind).rejects.toThrow();
  }
  expect(leads()).toBe(2);
});

it("writes lost answers and effects into the ledger", async () => {
  acme.kommo.control.faults.add({ match: {}, times: 1, effect: { kind: "drop-after" } });
  await acme.api("POST", "/leads", [{}]).catch(() => {});
  await acme.api("POST", "/leads", [{}, {}]);
  const { routes, total } = acme.kommo.control.ledger.summary({ account: acme.account.id }).requests;
  expect(routes["POST /api/v4/leads"]).toEqual({
    requests: 2,
    created: 3,
    byStatus: { "0": 1, "200": 1 },
    byEffect: { "fault:drop-after": 1 },
  });
  expect(total.requests).toBe(2);
  expect(acme.kommo.control.ledger.entries({ status: 200 })[0]).toMatchObject({
    method: "POST",
    path: "/api/v4/leads",
    body: [{}, {}],
    account: acme.account.id,
  });
});

it("hits by chance, the same way for the same seed", async () => {
  acme.kommo.control.faults.add({
    match: { path: "/api/*" },
    probability: 0.5,
    effect: { kind: "answer", status: 502, html: "" },
  });
  const statuses = [];
  for (let n = 0; n < 20; n++) statuses.push((await acme.api("GET", "/account")).status);
  expect(new Set(statuses)).toEqual(new Set([200, 502]));
});
