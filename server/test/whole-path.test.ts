import { afterAll, beforeAll, expect, test } from "vitest";
import { subscriptions } from "../src/installation/provisioning.ts";
import type { RunningServer } from "../src/server.ts";
import { installAccount, TestAccount, texts } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

/** Kommo where it is least sure what it does, with a web process and a worker as in production. */
let world: World;
let worker: RunningServer;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld({
    env: { ROLE: "web" },
    kommo: {
      switches: {
        webhookPost: "merges",
        tooManyBody: "json",
        rateUnit: "address",
        hooksShareBody: true,
        messageOrder: "newest-first",
        eventsLimit: 100,
      },
    },
  });
  worker = await world.startAnother({ ROLE: "worker" });
  const installed = await installAccount(world);
  account = new TestAccount(world, installed.installed, [world.server, worker]);
  account.forget();
});
afterAll(() => world?.stop());

test("the webhook goes to the web process, and the verdict comes from the worker", async () => {
  // Hearsay: nobody is to stand still for five minutes because of it.
  const problem = { title: "Too Many Requests", status: 429, detail: "Too Many Requests", retry_after: 300 };
  account.control.faults.add({
    match: { method: "GET", path: "/api/v4/leads", account: account.id },
    times: 1,
    effect: { kind: "answer", status: 429, body: problem },
  });
  const ids = Array.from({ length: 10 }, (_, n) =>
    account.create({ name: `Inquiry ${n}`, note: texts.hot, contact: { name: `Ana ${n}` } }),
  );
  for (const id of ids) await account.written(id);
  expect(ids.map((id) => account.segment(id))).toEqual(ids.map(() => ["dealscope:hot"]));
  for (const n of ids.keys()) expect(account.asked(`Inquiry ${n}`)).toBe(1);
  const [hook] = account.control.hooks.list({ account: account.id });
  expect(hook).toMatchObject({ disabled: false, settings: expect.arrayContaining([...subscriptions]) });
  expect(new URL(hook!.destination).port).toBe(world.env.PORT);
  const { byEffect } = account.control.ledger.summary().requests.total;
  expect(byEffect).toMatchObject({ "fault:answer": 1 });
  expect(byEffect.blocked).toBeUndefined();
});

test("a worker takes no webhooks", async () => {
  const [hook] = account.control.hooks.list({ account: account.id });
  const url = new URL(new URL(hook!.destination).pathname, worker.url);
  expect((await fetch(url, { method: "POST" })).status).toBe(404);
  await until(
    "nothing waits",
    async () => (await account.look("SELECT 1 FROM delivery WHERE state = 'new'")).length === 0,
  );
});
