import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AccountTally } from "../src/meters.ts";
import { AccountNames } from "../src/operations/account-names.ts";
import { Metrics } from "../src/operations/metrics.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { withOwner } from "./database.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld({
    ...unlimited,
    env: { ...unlimited.env, OPERATOR_TOKEN: "an-operator-token-of-some-length" },
  });
  // The scan leaves the last seconds to the webhooks, so what happens here happened a minute ago.
  world.kommo.control.clock.advance({ seconds: -60 });
  account = await installAccount(world);
});
afterAll(() => world?.stop());

/** Every series with its value, such as `dealscope_work{state="open"}`. */
async function series(): Promise<Map<string, number>> {
  const text = await world.server.app.get(Metrics).scrape();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

const name = () => world.server.app.get(AccountNames).of(account.id);

test("a lead on its way counts at each station, and under the account's name in the metrics", async () => {
  const before = await series();
  const id = account.create({ name: "Counted", note: texts.hot });
  await account.written(id);
  await account.quiet();
  const after = await series();
  const grown = (one: string) => (after.get(`dealscope_${one}`) ?? 0) - (before.get(`dealscope_${one}`) ?? 0);
  for (const one of [
    'deliveries_received_total{source="kommo"}',
    "delivery_store_duration_seconds_count",
    'deliveries_unpacked_total{state="done"}',
    'turns_total{outcome="done"}',
    'work_runs_total{kind="qualify",outcome="done"}',
    "work_run_duration_seconds_count",
    'kommo_request_duration_seconds_count{method="PATCH",answer="ok"}',
    'kommo_wait_duration_seconds_count{priority="qualification"}',
    'model_request_duration_seconds_count{model="gpt-6-luna",outcome="answer"}',
    'model_tokens_total{model="gpt-6-luna",sort="answer"}',
    'model_cost_dollars_total{model="gpt-6-luna"}',
    'writes_ended_total{target="lead",state="sent"}',
    'http_request_duration_seconds_count{part="webhooks",answer="2xx"}',
    `account_deliveries_received_total{account="${name()}"}`,
    `account_kommo_requests_total{account="${name()}"}`,
    `account_model_cost_dollars_total{account="${name()}"}`,
  ]) {
    expect(grown(one), one).toBeGreaterThan(0);
  }
});

test("what is late and what was given up shows for all accounts and for those where it is worst", async () => {
  await account.look(
    `INSERT INTO work (account_id, kind, subject, state, priority, due_at, waits, waits_on, lease_token, leased_until) VALUES
       ($1, 'gone', 1, 'dead', 2, now(), 0, NULL, NULL, NULL),
       ($1, 'qualify', 999, 'open', 2, now() - interval '10 minutes', 4, 'KommoUnavailable', gen_random_uuid(), now() + interval '1 hour')`,
    [account.id],
  );
  await account.look("UPDATE scan SET ran_at = now() - interval '20 minutes' WHERE account_id = $1", [account.id]);
  const now = await series();
  await account.look("DELETE FROM work WHERE kind = 'gone' OR subject = 999");
  expect(now.get("dealscope_oldest_due_work_seconds")).toBeGreaterThanOrEqual(600);
  expect(now.get(`dealscope_account_oldest_due_seconds{account="${name()}"}`)).toBeGreaterThanOrEqual(600);
  expect(now.get('dealscope_work_waiting{on="KommoUnavailable"}')).toBe(1);
  expect(now.get('dealscope_work{state="dead"}')).toBe(1);
  expect(now.get(`dealscope_account_given_up{account="${name()}"}`)).toBe(1);
  expect(now.get('dealscope_webhooks{state="subscribed"}')).toBe(1);
  expect(now.get("dealscope_migrations_missing")).toBe(0);
  expect(now.get("dealscope_redis_up")).toBe(1);
  expect(now.get('dealscope_server_info{role="all"}')).toBe(1);
});

test("who scrapes while others do gets every figure", async () => {
  // Those that are there whatever goes on.
  const all = [...(await series()).keys()].filter((one) =>
    /^dealscope_(accounts|webhooks|deliveries|work|writes|customerio_writes)\{/.test(one),
  );
  expect(all).toContain('dealscope_accounts{state="active"}');
  const scrapes: Set<string>[] = [];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let times = 0; times < 8; times++) scrapes.push(new Set((await series()).keys()));
    }),
  );
  for (const told of scrapes) expect(all.filter((one) => !told.has(one))).toEqual([]);
});

test("what is stuck counts over all accounts, and so does what the model has cost", async () => {
  await account.look(
    `INSERT INTO delivery (account_id, source, content_type, body, state) VALUES
       (701, 'kommo', '', 'a', 'dead'), (702, 'kommo', '', 'a', 'dead'), (702, 'kommo', '', 'a', 'quarantined')`,
  );
  const before = await series();
  await account.look("INSERT INTO spend VALUES (701, date_trunc('month', now()), 0, 1500000, 3)");
  const now = await series();
  expect(now.get('dealscope_deliveries{state="dead"}')).toBe(2);
  expect(now.get('dealscope_deliveries{state="quarantined"}')).toBe(1);
  expect(now.get('dealscope_accounts{state="active"}')).toBe(1);
  const grown = (one: string) => (now.get(`dealscope_${one}`) ?? 0) - (before.get(`dealscope_${one}`) ?? 0);
  expect(grown("model_calls_this_month")).toBe(3);
  expect(grown("model_dollars_this_month")).toBeCloseTo(1.5);
  expect(now.get("dealscope_database_up")).toBe(1);
  expect(now.get("dealscope_turns_running")).toBeGreaterThanOrEqual(0);
});

test("no series says which account it is about, and the operator may look who it is", async () => {
  const text = await world.server.app.get(Metrics).scrape();
  expect(text).toContain(name());
  expect(text).not.toContain(String(account.id));
  const path = new URL("/metrics/accounts", world.server.url);
  expect((await fetch(path)).status).toBe(401);
  const headers = { authorization: `Bearer ${world.config.OPERATOR_TOKEN}` };
  const accounts = await (await fetch(path, { headers })).json();
  expect(accounts).toEqual([{ name: name(), formerNames: [], accountId: account.id, status: "active" }]);
});

test("names of accounts are not made of a token that is sent about, and a former one leads to its account as long as its key is there", async () => {
  const key = randomBytes(32).toString("base64");
  const namesIn = async (change: Record<string, string>) => {
    const [one] = await (await world.startAnother({ ROLE: "web", ...change })).app.get(AccountNames).all();
    return one;
  };
  expect(await namesIn({ OPERATOR_TOKEN: "the-token-that-came-after-it" })).toMatchObject({ name: name() });
  const renamed = await namesIn({ SECRET_KEYS: `k2:${key},${world.env.SECRET_KEYS}` });
  expect(renamed?.name).not.toBe(name());
  expect(renamed?.formerNames).toEqual([name()]);
});

test("of more accounts than are counted alone the others are counted together", () => {
  const tally = new AccountTally("x", "y");
  for (let id = 1; id <= AccountTally.AT_MOST + 2; id++) tally.add(id, 2);
  tally.add(1);
  const entries = [...tally.entries()];
  expect(entries).toHaveLength(AccountTally.AT_MOST + 1);
  expect(entries[0]).toEqual([1, 3]);
  expect(entries.at(-1)).toEqual([undefined, 4]);
});

test("what Kommo fails to answer and what only a scan finds are counted as that", async () => {
  account.control.faults.add({
    match: { method: "GET", path: "/api/v4/leads", account: account.id },
    times: 1,
    effect: { kind: "answer", status: 500, body: "" },
  });
  const before = await series();
  account.control.hooks.weather({ dropRate: 1 });
  account.create({ name: "Unheard" });
  const grown = async (one: string) => ((await series()).get(one) ?? 0) - (before.get(one) ?? 0);
  await until("the scan has found it", async () => {
    await account.ask("scan", account.id, {}, 4);
    const isFound = (await grown('dealscope_scan_repairs_total{found_in="leads"}')) > 0;
    return isFound && (await grown('dealscope_scans_total{outcome="done"}')) > 0;
  });
  account.control.hooks.weather({ dropRate: 0 });
  expect(await grown('dealscope_kommo_request_duration_seconds_count{method="GET",answer="failed"}')).toBe(1);
});

test("a database that hangs is told of as away, beside what the process knows by itself", async () => {
  await withOwner(world.env.MIGRATION_DATABASE_URL!, async (owner) => {
    await owner.query("BEGIN; LOCK TABLE write");
    const told = await series();
    await owner.query("ROLLBACK");
    expect(told.get("dealscope_database_up")).toBe(0);
    expect(told.get('dealscope_deliveries_received_total{source="kommo"}')).toBeGreaterThan(0);
  });
  expect((await series()).get("dealscope_database_up")).toBe(1);
});
