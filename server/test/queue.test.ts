import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { rightAway } from "../src/work/work-kind.ts";
import { claim, complete, LeaseLost, schedule } from "../src/work/work-rows.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let redis: Redis;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world);
  redis = new Redis(world.config.REDIS_URL);
});
afterAll(async () => {
  await redis?.quit();
  await world?.stop();
});

const many = (count: number, name: string) =>
  Array.from({ length: count }, (_, n) => account.create({ name: `${name} ${n};`, note: texts.hot }));

async function eachJudgedOnce(ids: number[], name: string) {
  await until("all are written", () => ids.every((id) => account.segment(id).length === 1));
  await account.quiet();
  expect(ids.map((_, n) => account.asked(`${name} ${n};`))).toEqual(ids.map(() => 1));
}

test("Redis emptied again and again while leads settle and are judged costs no work", async () => {
  await account.set({ settleSeconds: 0.5 });
  world.openai.control.set({ latencyMs: 200 });
  const emptying = setInterval(() => void redis.flushdb(), 150);
  const ids = many(12, "Emptied");
  try {
    await until("all are written", () => ids.every((id) => account.segment(id).length === 1));
  } finally {
    clearInterval(emptying);
    world.openai.control.set({ latencyMs: 0 });
  }
  await eachJudgedOnce(ids, "Emptied");
  await account.set();
});

test("what was made due without a bell is found by the sweep", async () => {
  const id = account.create({ name: "Unrung", note: texts.hot });
  await account.written(id);
  await account.quiet();
  await account.look(
    "INSERT INTO work (account_id, kind, subject, priority, due_at, detail) VALUES ($1, 'qualify', $2, 0, app_now(), $3)",
    [account.id, id, JSON.stringify({ askedAt: new Date() })],
  );
  await until("it was done", async () => (await account.verdicts(id)).length === 2);
});

test("a result whose lease was lost in the middle is thrown away, and the row is done again", async () => {
  world.openai.control.queue({ name: "slow", ms: 700, containing: "Stolen" });
  const id = account.create({ name: "Stolen", note: texts.hot });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  const thief = randomUUID();
  await account.look(
    "UPDATE work SET lease_token = $2, leased_until = app_now() + interval '1 hour' WHERE kind = 'qualify' AND subject = $1",
    [id, thief],
  );
  await until("the answer has come", () => world.openai.control.status.running === 0);
  const row = () => account.look("SELECT lease_token FROM work WHERE kind = 'qualify' AND subject = $1", [id]);
  const other = account.create({ name: "Judged meanwhile", note: texts.hot });
  await account.written(other);
  expect(await account.verdicts(id)).toEqual([]);
  expect(await row()).toEqual([{ lease_token: thief }]);
  await account.look("UPDATE work SET leased_until = app_now() WHERE lease_token = $1", [thief]);
  await account.written(id);
  expect(await account.verdicts(id)).toHaveLength(1);
  expect(account.asked("Stolen")).toBe(2);
});

test("a lead that is asked for again while it is being judged is judged once more, with what is new", async () => {
  world.openai.control.queue({ name: "slow", ms: 700, containing: "Again meanwhile" });
  const id = account.create({ name: "Again meanwhile", note: texts.hot });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  await until("the new words count", () => account.segment(id)[0] === "dealscope:cold");
  expect(account.asked("Again meanwhile")).toBe(2);
});

test("two workers that claim at the same time never get the same row, and only the holder may end it", async () => {
  const tenancy = new Tenancy(world.database.dataSource);
  const [accountId, tokens] = [77, [randomUUID(), randomUUID(), randomUUID()]];
  const requests = Array.from({ length: 90 }, (_, i) => ({
    kind: "k",
    subject: i,
    priority: "qualification" as const,
  }));
  await tenancy.run(accountId, (tx) => schedule(tx, accountId, requests, rightAway));
  const all = { urgentOnly: false, lowestFirst: false };
  const claims = await Promise.all(
    tokens.flatMap((token) =>
      [1, 2, 3].map(() => tenancy.run(accountId, (tx) => claim(tx, accountId, token, 15, all))),
    ),
  );
  const ids = claims.flat().map((item) => item.id);
  expect(new Set(ids).size).toBe(ids.length);
  const rest = await tenancy.run(accountId, (tx) => claim(tx, accountId, tokens[0]!, 90, all));
  expect(ids.length + rest.length).toBe(90);
  expect(await tenancy.run(accountId, (tx) => claim(tx, accountId, tokens[1]!, 90, all))).toEqual([]);
  const end = tenancy.run(accountId, (tx) => complete(tx, rest[0] ?? claims[0]![0]!, randomUUID(), undefined));
  await expect(end).rejects.toThrow(LeaseLost);
  await account.look("DELETE FROM work WHERE account_id = $1", [accountId]);
});

test("the most urgent is claimed first, whatever is older", async () => {
  const tenancy = new Tenancy(world.database.dataSource);
  const order = ["backfill", "engagement", "qualification", "gate", "interactive"] as const;
  const requests = order.map((priority, subject) => ({ kind: "k", subject, priority }));
  await tenancy.run(78, (tx) => schedule(tx, 78, requests, rightAway));
  const taken: number[] = [];
  for (const _ of order) {
    const [item] = await tenancy.run(78, (tx) =>
      claim(tx, 78, randomUUID(), 1, { urgentOnly: false, lowestFirst: false }),
    );
    taken.push(item!.subject);
  }
  expect(taken).toEqual([4, 3, 2, 1, 0]);
  await account.look("DELETE FROM work WHERE account_id = 78");
});

// Last: from here on two servers share the stores.
test("a second server on the same stores: leads are still judged once each, and neither is needed", async () => {
  const other = await world.startAnother();
  await eachJudgedOnce(many(30, "Shared"), "Shared");
  await other.stop();
  await eachJudgedOnce(many(5, "Left alone"), "Left alone");
});
