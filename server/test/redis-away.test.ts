import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EmbeddedRedis, startRedis } from "../src/embedded/redis.ts";
import { PinoLogger } from "../src/logging.ts";
import { tellOfAbsence } from "../src/queue/tell-of-absence.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { ownPort, startWorld, until, type World } from "./world.ts";

let redis: EmbeddedRedis;
const lines: { context: string; level: number; msg: string }[] = [];
/** What is said of Redis itself; the bell says what is not rung. */
const told = () => lines.filter(({ context }) => context === "queue").map(({ level, msg }) => [level, msg]);
const WARN = 40;
const INFO = 30;
let world: World;
let account: TestAccount;
beforeAll(async () => {
  redis = await startRedis();
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, REDIS_URL: redis.url } });
  account = await installAccount(world);
  world.server.app.useLogger(new PinoLogger("info", { write: (line) => void lines.push(JSON.parse(line)) }));
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
  const where = new URL(redis.url).host;
  expect(told()).toEqual([
    [WARN, expect.stringContaining(`Redis at ${where} is waited for (connect ECONNREFUSED ${where}).`)],
    [INFO, `Redis at ${where} is there again.`],
  ]);
});

test("a Redis that is away at the start is named in one line, without its password, and in another when it is there", async () => {
  lines.length = 0;
  const port = await ownPort();
  const early = new Redis(`redis://:secret@127.0.0.1:${port}`, {
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
  });
  tellOfAbsence(early);
  let tries = 0;
  early.on("error", () => ++tries);
  await until("it has tried several times", () => tries > 2);
  expect(told()).toEqual([[WARN, expect.stringContaining(`Redis at 127.0.0.1:${port} is waited for`)]]);
  const late = await startRedis({ port });
  try {
    await until("it is told", () => told().length > 1);
    expect(told()[1]).toEqual([INFO, `Redis at 127.0.0.1:${port} is there again.`]);
    expect(JSON.stringify(lines)).not.toContain("secret");
  } finally {
    early.disconnect();
    await late.stop();
  }
});

test("a Redis that refuses our password is waited for, and there only when it takes it", async () => {
  lines.length = 0;
  const open = new Redis(redis.url);
  await open.config("SET", "requirepass", "another");
  const refused = new Redis(redis.url.replace("//", "//:secret@"), {
    ...{ maxRetriesPerRequest: null, enableReadyCheck: false },
  });
  tellOfAbsence(refused);
  let tries = 0;
  refused.on("error", () => ++tries);
  try {
    await until("it has tried several times", () => tries > 5);
    expect(told()).toEqual([[WARN, expect.stringContaining("WRONGPASS")]]);
    await open.config("SET", "requirepass", "secret");
    await until("it is told", () => told().length > 1);
    expect(told()[1]).toEqual([INFO, expect.stringContaining("is there again")]);
    expect(JSON.stringify(lines)).not.toContain("secret");
  } finally {
    await open.config("SET", "requirepass", "");
    refused.disconnect();
    open.disconnect();
  }
});
