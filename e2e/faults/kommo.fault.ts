import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { Effect, Fault } from "../sandbox/faults.ts";
import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";
import { send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import type { Scene } from "./scene.ts";

const roles = ["web", "worker", "worker"] as ("web" | "worker")[];
const API = "/api/v4/*";

const html = (status: number): Effect => ({ kind: "answer", status, html: `<html><h1>${status}</h1></html>` });

interface Options {
  quick?: number;
  /** How long it lasts, if it is not over before. */
  lastsMs?: number;
  env?: Record<string, string>;
}

/** What Kommo does for some seconds, while deals come in. */
const weathers: [what: string, script: Fault[], options?: Options][] = [
  ["a storm of 429", [{ match: { path: API }, probability: 0.7, effect: html(429) }], { lastsMs: 15_000 }],
  [
    "30 % of 5xx, with and without having done it",
    [
      { match: { method: "POST", path: "/api/v4/tasks" }, times: 1, effect: { kind: "drop-after" } },
      { match: { path: API }, probability: 0.1, effect: html(500) },
      { match: { path: API }, probability: 0.1, effect: html(502) },
      { match: { path: API }, probability: 0.1, effect: html(503) },
      { match: { path: API }, probability: 0.1, effect: { kind: "drop-after" } },
    ],
  ],
  [
    "answers that end after 29 seconds, in the middle",
    (["POST", "PATCH", "GET"] as const).map((method) => ({
      ...{ match: { method, path: API }, times: 1, effect: { kind: "slow-reset", ms: 29_000 } },
    })),
    { env: { KOMMO_TIMEOUT_SECONDS: "30" } },
  ],
  ["pages with 200", [{ match: { path: API }, probability: 0.4, effect: html(200) }]],
  ["half an answer", [{ match: { path: API }, probability: 0.4, effect: { kind: "half-body" } }], { quick: 1 }],
];

async function open(scene: Scene, env: Record<string, string> = {}) {
  const stage = await scene.open({ roles, env });
  const [installed] = await stage.install(1, settings);
  return { stage, accountId: installed!.accountId };
}

for (const [what, script, { quick = 0, lastsMs = 3_000, env = {} } = {}] of weathers) {
  fault(`Kommo with ${what}: nothing is lost and nothing done twice`, { quick, withinSeconds: 400 }, async (scene) => {
    const { stage, accountId } = await open(scene, env);
    for (const one of script) await stage.control("faults/add", one);
    const inquiries = await send(stage, scene.random, { accountId, count: 40, of: `In ${what}`, overMs: lastsMs });
    await stage.until("it has been so for as long as it is to be", () => isOver(stage));
    await stage.control("faults/clear");
    expect(await breaches(stage, inquiries)).toEqual([]);
  });
}

/** What happens so many times has happened. */
async function isOver(stage: Stage): Promise<boolean> {
  const script = await stage.control<Record<string, Fault>>("faults/list");
  return Object.values(script).every(({ times }) => times === undefined || times === 0);
}

interface Calls {
  requests: { total: { requests: number } };
}

const callsTo = async (stage: Stage) => (await stage.control<Calls>("ledger/summary")).requests.total.requests;

fault("Kommo blocks our address: no process calls until it is over, and then all is done", {}, async (scene) => {
  const { stage, accountId } = await open(scene);
  const before = await send(stage, scene.random, { accountId, count: 40, of: "Before the block", overMs: 1_000 });
  await stage.control("faults/add", { match: { path: API }, effect: html(403) });
  const blocked = async () => (await stage.sql("SELECT FROM breaker WHERE open_until > app_now()")).length > 0;
  await stage.until("the block is noticed", blocked);
  // Every two seconds each process looks whether there is one.
  await sleep(3_000);
  const calls = await callsTo(stage);
  const meanwhile = await send(stage, scene.random, { accountId, count: 20, of: "In the block", overMs: 3_000 });
  expect(await callsTo(stage)).toBe(calls);

  await stage.control("faults/clear");
  // The three minutes pass; what processes know of them is forgotten with them.
  for (const worker of stage.servers.slice(1)) await worker.kill();
  await stage.sql("DELETE FROM breaker");
  await stage.startServer({ ROLE: "worker", PORT: "0" }, { name: "later" });
  expect(await breaches(stage, [...before, ...meanwhile])).toEqual([]);
});

const HOT =
  "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I am the CEO and decide myself. We must go live by March.";

fault("three of fifty deals go to a user who has just left: all the rest is written", { quick: 1 }, async (scene) => {
  const stage = await scene.open();
  const userIds = Array.from({ length: 17 }, (_, n) => 700 + n);
  const [left] = userIds.slice(scene.random.whole(1, 15));
  const users = userIds.map((id) => ({ id, name: `Rep ${id}`, is_admin: id === 700 }));
  const hot = { assign: { how: "round_robin", userIds }, moveTo: null, task: null };
  const [installed] = await stage.install(1, { ...settings, actions: { hot } }, { users });
  const account = installed!.accountId;
  // The first scan looks at the users again, and then for a while nobody does.
  const scanned = async () => (await stage.sql("SELECT FROM scan WHERE ran_at IS NOT NULL")).length;
  await stage.until("the first scan is over", async () => (await scanned()) === 5);
  await stage.control("accounts/remove-user", { account, user_id: left });
  // At the pace of the real Kommo deals that come at once are written together.
  await stage.control("switches/set", { latencyMs: 200 });
  const lead = { name: "Given to {n};", note: HOT };
  const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", { account, count: 50, lead });
  const inquiries = ids.map((leadId, n) => ({
    ...{ accountId: account, leadId, name: `Given to ${n + 1};`, tag: "dealscope:hot", tasks: 0 },
  }));
  expect(await breaches(stage, inquiries)).toEqual([]);
  const refused = await stage.sql(
    "SELECT DISTINCT lead_id FROM write WHERE outcome LIKE '%refused: responsible_user_id%'",
  );
  expect(refused).toHaveLength(3);
  const leads = await stage.control<Record<string, { responsible_user_id: number }>>("leads/read", { account, ids });
  const given = new Set(Object.values(leads).map((one) => one.responsible_user_id));
  expect([...given].toSorted()).toEqual(userIds.filter((id) => id !== left));
});
