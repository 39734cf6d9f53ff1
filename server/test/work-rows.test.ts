import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Tenancy, type Tx } from "../src/database/tenancy.ts";
import type { Priority } from "../src/queue/priority.ts";
import { type Again, rightAway, type Timing, type WorkItem } from "../src/work/work-kind.ts";
import { claim, complete, LeaseLost, renew, schedule } from "../src/work/work-rows.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

const ACCOUNT = 77;
const all = { urgentOnly: false, lowestFirst: false };
const settling: Timing = { settleMs: 5_000, atMostMs: 30_000, hastens: false };

let database: TestDatabase;
let tenancy: Tenancy;
beforeAll(async () => {
  database = await createDatabase();
  tenancy = new Tenancy(database.dataSource);
});
beforeEach(() => database.look("DELETE FROM work"));
afterAll(() => database?.drop());

const run = <T>(use: (tx: Tx) => Promise<T>) => tenancy.run(ACCOUNT, use);
const ask = (priority: Priority = "qualification", timing = rightAway) =>
  run((tx) => schedule(tx, ACCOUNT, [{ kind: "k", subject: 1, priority }], timing));
const take = async (token = randomUUID()): Promise<{ item: WorkItem; token: string }> => {
  const [item] = await run((tx) => claim(tx, ACCOUNT, token, 1, all));
  return { item: item!, token };
};

/** Claims the only row and gives it back. */
async function giveBack(again: Again) {
  await database.look("UPDATE work SET due_at = app_now()");
  const { item, token } = await take();
  await run((tx) => complete(tx, item, token, again));
}

async function row() {
  const [found] = await database.look<{ attempts: number; waits: number; due_in: number }>(
    "SELECT attempts, waits, round(extract(epoch FROM due_at - app_now()))::int AS due_in FROM work",
  );
  return found;
}

const wait = (on: string, afterMs = 60_000): Again => ({ afterMs, counts: "wait", on, why: "away" });

test("two workers that claim at the same time never get the same row, and only the holder may end it", async () => {
  const tokens = [randomUUID(), randomUUID(), randomUUID()];
  const requests = Array.from({ length: 90 }, (_, i) => ({
    kind: "k",
    subject: i,
    priority: "qualification" as const,
  }));
  await run((tx) => schedule(tx, ACCOUNT, requests, rightAway));
  const claims = await Promise.all(
    tokens.flatMap((token) => [1, 2, 3].map(() => run((tx) => claim(tx, ACCOUNT, token, 15, all)))),
  );
  const ids = claims.flat().map((item) => item.id);
  expect(new Set(ids).size).toBe(ids.length);
  const rest = await run((tx) => claim(tx, ACCOUNT, tokens[0]!, 90, all));
  expect(ids.length + rest.length).toBe(90);
  expect(await run((tx) => claim(tx, ACCOUNT, tokens[1]!, 90, all))).toEqual([]);
  const end = run((tx) => complete(tx, [...claims.flat(), ...rest][0]!, randomUUID(), undefined));
  await expect(end).rejects.toThrow(LeaseLost);
});

test("no more is claimed than asked for, however wrong the planner is about the table", async () => {
  await database.look("ANALYZE work");
  const requests = Array.from({ length: 3_000 }, (_, subject) => ({
    kind: "k",
    subject,
    priority: "backfill" as const,
  }));
  await run((tx) => schedule(tx, ACCOUNT, requests, rightAway));
  expect(await run((tx) => claim(tx, ACCOUNT, randomUUID(), 50, all))).toHaveLength(50);
});

test("a lease is renewed without waiting for a row that somebody changes at this moment", async () => {
  const requests = [1, 2].map((subject) => ({ kind: "k", subject, priority: "qualification" as const }));
  await run((tx) => schedule(tx, ACCOUNT, requests, rightAway));
  const token = randomUUID();
  const items = await run((tx) => claim(tx, ACCOUNT, token, 2, all));
  await database.look("UPDATE work SET leased_until = app_now() + interval '1 s'");
  await run(async (tx) => {
    await tx.query("SELECT FROM work WHERE subject = 2 FOR UPDATE");
    await run(async (other) => {
      await other.query("SET LOCAL lock_timeout = '1s'");
      const ids = items.map((item) => item.id);
      await renew(other, token, ids);
    });
  });
  const left = await database.look(
    "SELECT subject, leased_until > app_now() + interval '2 s' AS renewed FROM work ORDER BY 1",
  );
  expect(left).toEqual([
    { subject: 1, renewed: true },
    { subject: 2, renewed: false },
  ]);
});

test("the most urgent is claimed first, whatever is older", async () => {
  const order = ["backfill", "engagement", "qualification", "gate", "interactive"] as const;
  const requests = order.map((priority, subject) => ({ kind: "k", subject, priority }));
  await run((tx) => schedule(tx, ACCOUNT, requests, rightAway));
  const taken: number[] = [];
  for (const _ of order) taken.push((await take()).item.subject);
  expect(taken).toEqual([4, 3, 2, 1, 0]);
});

describe("how often a row came back", () => {
  test("waits are counted for each thing that is away, and another one starts anew", async () => {
    await ask();
    for (const on of ["Kommo", "Kommo", "model", "model", "model"]) await giveBack(wait(on));
    expect(await row()).toMatchObject({ waits: 3, attempts: 0 });
  });

  test("a run that goes well forgets earlier failures", async () => {
    await ask();
    for (const counts of ["attempt", "attempt"] as const) await giveBack({ afterMs: 1_000, counts, why: "failed" });
    expect(await row()).toMatchObject({ attempts: 2 });
    await giveBack({ afterMs: 1_000, counts: "nothing", why: "" });
    expect(await row()).toMatchObject({ attempts: 0, waits: 0 });
  });

  test("what failed on old words is a new question when there are new ones", async () => {
    await ask();
    await giveBack({ afterMs: 60_000, counts: "attempt", why: "failed" });
    await ask("qualification", settling);
    expect(await row()).toMatchObject({ attempts: 0, due_in: 5 });
  });
});

describe("when a row is due", () => {
  test("each event puts off a lead that settles, but not longer than agreed", async () => {
    await ask("qualification", settling);
    await database.look(
      "UPDATE work SET first_event_at = app_now() - interval '10 s', due_at = app_now() + interval '1 s'",
    );
    await ask("qualification", settling);
    expect(await row()).toMatchObject({ due_in: 5 });
    await database.look("UPDATE work SET first_event_at = app_now() - interval '28 s'");
    await ask("qualification", settling);
    expect(await row()).toMatchObject({ due_in: 2 });
  });

  test("news of a lead does not bring back what its row waits for, also when it comes while the row runs", async () => {
    await ask();
    await giveBack(wait("model"));
    await ask("qualification", settling);
    expect(await row()).toMatchObject({ due_in: 60, waits: 1 });
    await database.look("UPDATE work SET due_at = app_now()");
    const { item, token } = await take();
    await ask("qualification", settling);
    await run((tx) => complete(tx, item, token, wait("model", 120_000)));
    expect(await row()).toMatchObject({ due_in: 120, waits: 2 });
  });

  test("a person who asks is not made to wait for it, nor put off by later news", async () => {
    await ask();
    await giveBack(wait("model"));
    await ask("interactive");
    expect(await row()).toMatchObject({ due_in: 0 });
    await ask("qualification", settling);
    expect(await row()).toMatchObject({ due_in: 0 });
  });
});
