import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect } from "vitest";
import type { Stage } from "../stage/stage.ts";
import { fault } from "./fault.ts";
import { hookAnswers } from "./hooks.ts";
import { send, settings } from "./inquiries.ts";
import { breaches } from "./oracle.ts";
import { OwnRedis } from "./own-stores.ts";
import type { Scene } from "./scene.ts";

const roles = ["web", "worker", "worker"] as ("web" | "worker")[];

async function open(scene: Scene) {
  const redis = await OwnRedis.open(scene);
  const stage = await scene.open({ roles }, { redisUrl: redis.url });
  const [installed] = await stage.install(1, settings);
  return { redis, stage, accountId: installed!.accountId };
}

async function at<T>(redis: OwnRedis, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.itself);
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

async function sent(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>("SELECT count(*)::int AS n FROM write WHERE state = 'sent'");
  return row!.n;
}

fault("Redis emptied while every bell waits in it: work goes on within three seconds", {}, async (scene) => {
  const { redis, stage, accountId } = await open(scene);
  const workers = stage.servers.slice(1);
  for (const worker of workers) worker.signal("SIGSTOP");
  const inquiries = await send(stage, scene.random, { accountId, count: 20, of: "Unheard" });
  await stage.until("all webhooks are told", async () => (await stage.control<{ idle: boolean }>("hooks/idle")).idle);
  await at(redis, (client) => client.flushall());
  const before = await sent(stage);
  for (const worker of workers) worker.signal("SIGCONT");
  await stage.until("work goes on", async () => (await sent(stage)) > before, 3_000);
  expect(await breaches(stage, inquiries)).toEqual([]);
});

fault("Redis emptied again and again in the middle of work", {}, async (scene) => {
  const { redis, stage, accountId } = await open(scene);
  const coming = send(stage, scene.random, { accountId, count: 100, of: "Emptied", overMs: 6_000 });
  for (let times = 0; times < 20; times++) {
    await sleep(scene.random.whole(50, 500));
    await at(redis, (client) => client.flushall());
  }
  expect(await breaches(stage, await coming)).toEqual([]);
});

/** What happens to Redis, and how it ends, with inquiries coming in for as long as it lasts. */
const absences: [
  what: string,
  lastsMs: number,
  begin: (redis: OwnRedis) => Promise<unknown>,
  end: (redis: OwnRedis) => Promise<unknown>,
][] = [
  ["stopped for a minute", 60_000, (redis) => redis.stop(), (redis) => redis.start()],
  [
    "full",
    10_000,
    (redis) => at(redis, (client) => client.config("SET", "maxmemory", "1")),
    (redis) => at(redis, (client) => client.config("SET", "maxmemory", "0")),
  ],
  [
    "silent, as when its machine has vanished",
    10_000,
    ({ proxy }) => proxy.turn("stalled"),
    // What was connected before is of no use to anybody.
    async ({ proxy }) => {
      await proxy.turn("cut");
      await proxy.turn("open");
    },
  ],
];

for (const [what, lastsMs, begin, end] of absences) {
  fault(`Redis ${what}: every webhook is taken, and everything is done afterwards`, {}, async (scene) => {
    const { redis, stage, accountId } = await open(scene);
    await begin(redis);
    const coming = send(stage, scene.random, { accountId, count: 40, of: `Redis ${what}`, overMs: lastsMs * 0.9 });
    await sleep(lastsMs);
    await end(redis);
    expect(await breaches(stage, await coming)).toEqual([]);
    expect(await hookAnswers(stage, accountId)).toEqual(["204"]);
  });
}
