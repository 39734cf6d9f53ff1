import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { Clients } from "../src/installation/clients.ts";
import { Tokens } from "../src/installation/tokens.ts";
import { type Ask, Budget } from "../src/kommo/budget.ts";
import { KommoClient } from "../src/kommo/client.ts";
import { Line } from "../src/kommo/line.ts";
import { priorities } from "../src/queue/priority.ts";
import type { RunningServer } from "../src/server.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

const plain = { accountId: 1, urgent: false, scan: false };
const open: Redis[] = [];
afterEach(async () => {
  for (const redis of open.splice(0)) redis.disconnect();
});

/** Worlds use the databases up to 900. */
async function emptyRedis(number: number): Promise<Redis> {
  const redis = new Redis(`${inject("redisUrl")}/${901 + number}`);
  open.push(redis);
  await redis.flushdb();
  return redis;
}

async function connected(number: number): Promise<Redis> {
  const redis = new Redis(`${inject("redisUrl")}/${901 + number}`);
  open.push(redis);
  await until("Redis is there", () => redis.status === "ready");
  return redis;
}

/** Never connects: what a process does by itself while Redis is away. */
function away(): Redis {
  const redis = new Redis({ lazyConnect: true });
  open.push(redis);
  return redis;
}

const take = async (budget: Budget, times: number, ask: Partial<Ask> = {}) => {
  let granted = 0;
  for (let i = 0; i < times; i++) if ((await budget.take({ ...plain, ...ask })).granted) granted++;
  return granted;
};

describe("the budget", () => {
  test("never lets more than the limit leave in any second, however many processes ask", async () => {
    const redis = await emptyRedis(0);
    const options = { accountRps: 7, egressRps: 100 };
    const processes = await Promise.all([1, 2, 3].map(async () => new Budget(await connected(0), options)));
    const times = new Map<string, number>();
    const note = async () => {
      const entries = await redis.zrange("dealscope:kommo:account:1", 0, -1, "WITHSCORES");
      for (let i = 0; i < entries.length; i += 2) times.set(entries[i]!, Number(entries[i + 1]) / 1000);
    };
    while (times.size < 22) {
      await Promise.all(processes.map((budget) => budget.take(plain)));
      await note();
    }
    const granted = [...times.values()].sort((a, b) => a - b);
    for (const [i, at] of granted.entries()) {
      const within = granted.slice(i).filter((other) => other < at + 1_000);
      expect(within.length).toBeLessThanOrEqual(7);
    }
  });

  test("keeps two calls a second for gates and people, and the scan to a few", async () => {
    const shared = new Budget(await emptyRedis(1).then(() => connected(1)), { accountRps: 100, egressRps: 20 });
    const alone = new Budget(away(), { accountRps: 100, egressRps: 20 });
    expect([await take(shared, 30, { scan: true }), await take(alone, 30, { scan: true })]).toEqual([3, 1]);
    expect([await take(shared, 30), await take(alone, 30)]).toEqual([15, 17]);
    expect([await take(shared, 30, { urgent: true }), await take(alone, 30, { urgent: true })]).toEqual([2, 2]);
  });

  test("counts each account for itself and the address for all", async () => {
    const budget = new Budget(away(), { accountRps: 3, egressRps: 10 });
    expect(await take(budget, 9, { accountId: 1 })).toBe(3);
    expect(await take(budget, 9, { accountId: 2 })).toBe(3);
    expect(await take(budget, 9, { accountId: 3 })).toBe(2);
    expect(await budget.take({ ...plain, accountId: 1 })).toMatchObject({ because: "address" });
  });

  test("while Redis is away a process keeps to its share of what it knew", async () => {
    await emptyRedis(2);
    const mine = await connected(2);
    const options = { accountRps: 6, egressRps: 100 };
    const [budget, other] = [new Budget(mine, options), new Budget(await connected(2), options)];
    await take(other, 1);
    await take(budget, 1);
    mine.disconnect();
    expect(await take(budget, 10)).toBe(3);
  });

  test("a pause holds for every process and for this account only", async () => {
    await emptyRedis(3);
    const [one, two] = [await connected(3), await connected(3)].map(
      (redis) => new Budget(redis, { accountRps: 9, egressRps: 50 }),
    );
    await one!.pause(1, 60_000);
    expect(await two!.take(plain)).toMatchObject({ granted: false, because: "account" });
    expect(await two!.take({ ...plain, accountId: 2 })).toMatchObject({ granted: true });
  });
});

describe("the line", () => {
  /** Lets all of them in at one moment; says in what order they were admitted. */
  async function order(
    entries: [accountId: number, priority: keyof typeof priorities][],
    atMost = Number.POSITIVE_INFINITY,
  ) {
    const line = new Line(new Budget(away(), { accountRps: 10_000, egressRps: 10_000 }), {
      urgentUpTo: priorities.gate,
      backfillIs: priorities.backfill,
      scanIs: priorities.scan,
    });
    line.block(Date.now() + 30);
    const admitted: string[] = [];
    await Promise.all(
      entries.map(async ([accountId, priority]) => {
        await line.enter(accountId, priorities[priority]);
        admitted.push(`${accountId} ${priority}`);
      }),
    );
    return admitted.slice(0, atMost);
  }
  const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

  test("admits by urgency, whoever came first", async () => {
    expect(
      await order([
        [1, "scan"],
        [1, "backfill"],
        [1, "qualification"],
        [1, "gate"],
        [1, "interactive"],
      ]),
    ).toEqual(["1 interactive", "1 gate", "1 qualification", "1 scan", "1 backfill"]);
  });

  test("admits the urgent of one account before the ordinary of all others", async () => {
    expect(
      await order(
        [
          [1, "qualification"],
          [2, "qualification"],
          [3, "gate"],
        ],
        1,
      ),
    ).toEqual(["3 gate"]);
  });

  test("admits an account that fills in its past behind the leads and scans of all others", async () => {
    expect(
      await order([
        [1, "backfill"],
        [2, "backfill"],
        [3, "qualification"],
        [4, "backfill"],
        [4, "scan"],
        [5, "qualification"],
      ]),
    ).toEqual(["3 qualification", "4 scan", "5 qualification", "1 backfill", "2 backfill", "4 backfill"]);
  });

  test("gives the tenth call to the ordinary and to those who fill in their past in turn", async () => {
    const admitted = await order(
      [
        ...times(40, [1, "gate"] as [number, "gate"]),
        ...times(5, [2, "qualification"] as [number, "qualification"]),
        ...times(5, [3, "backfill"] as [number, "backfill"]),
      ],
      40,
    );
    const others = admitted.filter((one) => one !== "1 gate");
    expect(others).toEqual(["3 backfill", "2 qualification", "3 backfill", "2 qualification"]);
  });

  test("gives every tenth call to the one that waits at the other end", async () => {
    const admitted = await order(
      [
        ...times(40, [1, "interactive"] as [number, "interactive"]),
        ...times(10, [1, "backfill"] as [number, "backfill"]),
      ],
      40,
    );
    expect(admitted.filter((one) => one === "1 backfill")).toHaveLength(4);
  });

  test("lets accounts take turns, however much one of them wants", async () => {
    const many = times(20, [1, "qualification"] as [number, "qualification"]);
    const admitted = await order([...many, [2, "qualification"], [3, "qualification"], [2, "qualification"]], 6);
    expect(admitted).toEqual(["1", "2", "3", "1", "2", "1"].map((id) => `${id} qualification`));
  });
});

describe("what Kommo says when there was too much", () => {
  let world: World;
  let account: TestAccount;
  beforeAll(async () => {
    world = await startWorld(unlimited);
    account = await installAccount(world);
  });
  afterAll(() => world?.stop());

  const call = async (server: RunningServer, one: TestAccount) =>
    (await server.app.get(Clients).of(one.id, "interactive")).account();
  const answer = (effect: { status: number; html: string; headers?: Record<string, string> }, one = account) =>
    world.kommo.control.faults.add({
      match: { path: "/api/v4/account", account: one.id },
      times: 1,
      effect: { kind: "answer", ...effect },
    });

  test("429: the account pauses in every process for as long as it was told, the others go on", async () => {
    const other = await installAccount(world);
    answer({ status: 429, html: "<h1>429</h1>", headers: { "retry-after": "3" } });
    await expect(call(world.server, account)).rejects.toMatchObject({ unavailable: true, retryAfterMs: 3_000 });
    const redis = new Redis(world.config.REDIS_URL);
    open.push(redis);
    await until("the pause is shared", async () => (await redis.pttl(`dealscope:kommo:pause:${account.id}`)) > 1_000);
    expect(await call(world.server, other)).toMatchObject({ id: other.id });
    await redis.del(`dealscope:kommo:pause:${account.id}`);
  });

  test("whether a call may leave is asked again before its second try", async () => {
    const token = await world.server.app.get(Tokens).of(account.id);
    const client = new KommoClient({
      origin: async () => world.kommo.origin,
      token: async (refused) => (refused ? token : "one that Kommo refuses"),
      permission: async () => () => {},
      unreadable: () => {},
      failed: () => {},
      asked: () => {},
      clock: () => {},
      timeoutMs: 5_000,
    });
    const id = account.create({ name: "Moved meanwhile" });
    let asked = 0;
    const mayLeave = async () => {
      if (++asked === 2) throw new Error("The lead has changed meanwhile.");
    };
    await expect(client.updateLeads([{ id, price: 7 }], mayLeave)).rejects.toThrow("changed meanwhile");
    expect(account.lead(id).price).toBe(0);
    await client.updateLeads([{ id, price: 7 }], mayLeave);
    expect(account.lead(id).price).toBe(7);
  });

  test("429: who asks for an hour is given a minute", async () => {
    const other = await installAccount(world);
    answer({ status: 429, html: "<h1>429</h1>", headers: { "retry-after": "3600" } }, other);
    await expect(call(world.server, other)).rejects.toMatchObject({ retryAfterMs: 60_000 });
    const redis = new Redis(world.config.REDIS_URL);
    open.push(redis);
    const pause = () => redis.pttl(`dealscope:kommo:pause:${other.id}`);
    await until("the pause is shared", async () => (await pause()) > 0);
    expect(await pause()).toBeLessThan(80_000);
  });

  // Last: nothing leaves any more.
  test("403 that is a page: everything stops, it is written down, and a server that starts obeys", async () => {
    const other = await installAccount(world);
    answer({ status: 403, html: "<h1>403 Forbidden</h1>" });
    await expect(call(world.server, account)).rejects.toMatchObject({ unavailable: true });
    await until(
      "the block is written down",
      async () =>
        (await account.look("SELECT 1 FROM breaker WHERE name = 'kommo address' AND open_until > app_now()")).length ===
        1,
    );
    const second = await world.startAnother({ ROLE: "web" });
    const before = account.control.ledger.summary().requests.total.requests;
    for (const server of [world.server, second]) {
      let left = false;
      void call(server, other).then(() => (left = true));
      await until("the call stands in line", () => server.app.get(Line).length > 0);
      // As often as the line would look for somebody to admit.
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
      expect(left).toBe(false);
    }
    expect(account.control.ledger.summary().requests.total.requests).toBe(before);
  });
});
