import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedRedis, startRedis } from "../src/embedded/redis.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let redis: EmbeddedRedis;
let world: World;
let account: TestAccount;
beforeAll(async () => {
  redis = await startRedis();
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, REDIS_URL: redis.url } });
  account = await installAccount(world);
});
afterAll(async () => {
  await world?.stop();
  await redis?.stop();
});

test("while Redis is away webhooks are stored as ever, and when it is back the work is done", async () => {
  await redis.stop();
  const id = account.create({ name: "Redis is away", note: texts.hot });
  await until("the webhooks are stored", async () => {
    const [row] = await account.look<{ rows: number }>(
      "SELECT count(*)::int AS rows FROM delivery WHERE body LIKE $1",
      [`%${id}%`],
    );
    return row?.rows === 2;
  });
  const answers = () => {
    const hooks = account.control.ledger.deliveries().filter((hook) => String(hook.body).includes(String(id)));
    return hooks.map((hook) => hook.status);
  };
  // A row may be seen a moment before the sender has its answer.
  await until("both are answered", () => answers().length === 2);
  expect(answers()).toEqual([204, 204]);

  redis = await startRedis({ port: Number(new URL(redis.url).port) });
  await account.written(id);
  expect(account.asked("Redis is away")).toBe(1);
});
