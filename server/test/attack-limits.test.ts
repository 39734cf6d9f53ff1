import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RateLimits } from "../src/widget-api/rate-limits.ts";
import type { Rep } from "../src/widget-api/rights.ts";
import { installAccount, type TestAccount } from "./account.ts";
import { nameOf, operationsOf, takes } from "./attack-document.ts";
import { sessionOf } from "./attack-tokens.ts";
import { ask, Browser, startApiWorld } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

// Limits of one person stand in widget-api-form.test.ts, those of forms by key and by address in intake-door.test.ts.

let world: World;
let account: TestAccount;
let other: TestAccount;
beforeAll(async () => {
  world = await startApiWorld();
  [account, other] = await Promise.all([installAccount(world), installAccount(world)]);
});
afterAll(() => world?.stop());

/** More than the address may send in a second, and a second more than it may take to send them. */
const MANY = 200;

/** Asks as often at once, each with what `n` gives. */
async function statuses(path: string, wish: (n: number) => Parameters<typeof ask>[2]): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: MANY }, (_, n) => ask(world, path, wish(n))));
  for (const { status, headers } of answers) {
    if (status === 429) expect(headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  }
  return [...new Set(answers.map(({ status }) => status))].sort();
}

const guess = (address: string) => (n: number) => ({ token: `guess-${n}`, headers: { "x-forwarded-for": address } });

describe("who guesses sessions", () => {
  test("is slowed down by address, whatever is guessed, and at every route together", async () => {
    expect(await statuses("/api/queue", guess("198.51.100.1"))).toEqual([401, 429]);
    const routes = (await operationsOf(world)).filter((one) => takes(one, "session") && !one.path.includes("{"));
    // Of none of them many, and together more than an address may send.
    const answers = await Promise.all(
      [...routes, ...routes, ...routes].map(async (one) => {
        const wish = { method: one.method, ...guess("198.51.100.2")(0) };
        return { name: nameOf(one), status: (await ask(world, one.path, wish)).status };
      }),
    );
    expect(answers.filter(({ status }) => status !== 401 && status !== 429)).toEqual([]);
    expect(answers.filter(({ status }) => status === 401).length).toBeLessThan(answers.length);
  });

  test("hinders neither another address nor the sessions that are used at the same one", async () => {
    const genuine = await sessionOf(world, { accountId: account.id, userId: account.installed.adminId });
    await Browser.open(world, account.id, account.installed.adminId);
    const [guessed, used, elsewhere] = await Promise.all([
      statuses("/api/queue", guess("198.51.100.3")),
      ask(world, "/api/queue", { token: genuine, headers: { "x-forwarded-for": "198.51.100.3" } }),
      ask(world, "/api/queue", { token: "x", headers: { "x-forwarded-for": "198.51.100.4" } }),
    ]);
    expect([guessed, used.status, elsewhere.status]).toEqual([[401, 429], 200, 401]);
  });

  test.each<[string, (n: number) => string]>([
    ["names another address before his own", (n) => `203.0.113.${n}, 198.51.100.5`],
    ["has a network of IPv6", (n) => `2001:db8:1:2::${(n + 1).toString(16)}`],
    ["writes his address as IPv6", (n) => (n % 2 === 0 ? "198.51.100.6" : "::ffff:198.51.100.6")],
  ])("is slowed down when he %s", async (_what, addressOf) => {
    expect(await statuses("/api/queue", (n) => guess(addressOf(n))(n))).toEqual([401, 429]);
  });

  test("is slowed down with expired and unknown people's sessions, too", async () => {
    const token = await sessionOf(world, { accountId: account.id, userId: 999_999 });
    const wish = () => ({ token, headers: { "x-forwarded-for": "198.51.100.7" } });
    expect(await statuses("/api/queue", wish)).toEqual([401, 429]);
  });
});

test("who is no proxy of ours does not get round the limits by naming others", async () => {
  const { url } = await world.startAnother({ TRUSTED_PROXIES: "192.0.2.1" });
  const guesses = Array.from({ length: MANY }, async (_, n) => {
    const headers = { authorization: `Bearer guess-${n}`, "x-forwarded-for": `203.0.113.${n}` };
    return (await fetch(new URL("/api/queue", url), { headers })).status;
  });
  expect([...new Set(await Promise.all(guesses))].sort()).toEqual([401, 429]);
});

test("a private address alone makes nobody a proxy", async () => {
  const fastify = world.server.app.getHttpAdapter().getInstance();
  const guesses = Array.from({ length: MANY }, async (_, n) => {
    const headers = { authorization: `Bearer guess-${n}`, "x-forwarded-for": `203.0.113.${n}` };
    return (await fastify.inject({ url: "/api/queue", remoteAddress: "10.20.30.40", headers })).statusCode;
  });
  expect([...new Set(await Promise.all(guesses))].sort()).toEqual([401, 429]);
});

test.each([
  ["/api/connect", "198.51.101.1", "198.51.102.1"],
  ["/api/session", "198.51.101.2", "198.51.102.2"],
])("who tries one-time tokens at %s is slowed down by address, and others are not", async (path, his, another) => {
  const wish = (address: string) => () =>
    ({ method: "POST", oneTimeToken: "x", headers: { "x-forwarded-for": address } }) as const;
  expect(await statuses(path, wish(his))).toEqual([401, 429]);
  expect((await ask(world, path, wish(another)())).status).toBe(401);
});

test("who guesses keys of forms is slowed down by address, also by asking for receipts", async () => {
  const receipt = "/intake/x/receipts/00000000-0000-4000-8000-000000000000";
  const wish = () => ({ headers: { "x-forwarded-for": "198.51.100.8" } });
  expect(await statuses(receipt, wish)).toEqual([404, 429]);
  const form = { method: "POST" as const, body: {}, headers: { "x-forwarded-for": "198.51.100.9" } };
  expect(await statuses("/intake/x", () => form)).toEqual([404, 429]);
});

test("all people of an account together have a limit, of which no other account notices anything", async () => {
  const limits = world.server.app.get(RateLimits);
  const rep = (accountId: number, userId: number) => ({ accountId, userId }) as Rep;
  const asked = Array.from({ length: 400 }, (_, n) => limits.user(rep(account.id, n % 100)));
  const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(asked.length);
  await limits.user(rep(other.id, 1));
});
