import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
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

test("a turn that a frozen worker has left to nobody keeps its account waiting for a look of the sweep, and no longer", async () => {
  await account.quiet();
  // What Bull leaves when it is handed a turn, stands still, and another has had it meanwhile.
  await redis.hset(`dealscope:turns:${account.id}`, { processedOn: "1" });
  const id = account.create({ name: "Behind nobody", note: texts.hot });
  await account.written(id);
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

// Last: from here on two servers share the stores.
test("a second server on the same stores: leads are still judged once each, and neither is needed", async () => {
  const other = await world.startAnother();
  await eachJudgedOnce(many(30, "Shared"), "Shared");
  await other.stop();
  await eachJudgedOnce(many(5, "Left alone"), "Left alone");
});
