import { afterAll, beforeAll, expect, test } from "vitest";
import { Accounts } from "../src/installation/accounts.ts";
import { Installations } from "../src/installation/installations.ts";
import { Upkeep } from "../src/operations/upkeep.ts";
import { type Installed, startWorld, until, type World } from "./world.ts";

let world: World;
let account: Installed;
beforeAll(async () => {
  world = await startWorld({ env: { DELIVERY_DAYS: "30", ERASE_AFTER_DAYS: "0" } });
  account = await world.install();
});
afterAll(() => world?.stop());

const look = <Row = Record<string, unknown>>(sql: string, parameters?: unknown[]) =>
  world.database.look<Row>(sql, parameters);

/** One round now, whenever the last one was. */
async function upkeep() {
  await look("UPDATE account SET upkept_at = NULL");
  world.server.app.get(Accounts).forget(account.accountId);
  await world.server.app.get(Upkeep).round();
}

const counted = async (sql: string) => Number((await look<{ n: number }>(`SELECT count(*) AS n FROM ${sql}`))[0]?.n);
const provisions = () => counted("work WHERE kind = 'provision'");

async function provisionedAgain(since: string) {
  await until("the account is provisioned again", async () => {
    const [row] = await look<{ at: string }>("SELECT provisioned->>'completedAt' AS at FROM account");
    return row !== undefined && row.at > since;
  });
}

test("an account that was just looked after is left alone, by other processes too", async () => {
  const other = await world.startAnother();
  await upkeep();
  await look("INSERT INTO spent_token VALUES ($1, 'between', now() - interval '1 hour')", [account.accountId]);
  await other.app.get(Upkeep).round();
  expect(await counted("spent_token WHERE jti = 'between'")).toBe(1);
  await upkeep();
  expect(await counted("spent_token WHERE jti = 'between'")).toBe(0);
});

test("deliveries, ended writes and spent tokens go when they are old, however many, and younger ones stay", async () => {
  const { accountId } = account;
  await look(
    `INSERT INTO delivery (account_id, source, content_type, body, state, received_at)
     SELECT $1, 'kommo', '', 'old', 'done', now() - interval '31 days' FROM generate_series(1, 2500)`,
    [accountId],
  );
  await look(
    `INSERT INTO delivery (account_id, source, content_type, body, state, received_at)
     VALUES ($1, 'kommo', '', 'young', 'done', now() - interval '29 days')`,
    [accountId],
  );
  await look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, ended_at) VALUES
       ($1, 1, 1, 'lead', 'qualification', '{}', 'sent', now() - interval '31 days'),
       ($1, 1, 2, 'note', 'qualification', '{}', 'sent', now() - interval '29 days'),
       ($1, 1, 3, 'task', 'qualification', '{}', 'sent', now() - interval '31 days')`,
    [accountId],
  );
  await look(
    `INSERT INTO spent_token VALUES ($1, 'spent', now() - interval '1 minute'), ($1, 'live', now() + interval '1 hour')`,
    [accountId],
  );
  await upkeep();
  expect(await counted("delivery WHERE body = 'old'")).toBe(0);
  expect(await counted("delivery WHERE body = 'young'")).toBe(1);
  expect(await look("SELECT seq FROM write WHERE lead_id = 1 ORDER BY seq")).toEqual([{ seq: 2 }, { seq: 3 }]);
  expect(await look("SELECT jti FROM spent_token")).toEqual([{ jti: "live" }]);
});

test("what was heard goes once the scan is past it, and backfills go three months after their end", async () => {
  const { accountId } = account;
  await look("UPDATE work SET due_at = now() + interval '1 hour' WHERE kind = 'scan'");
  await until("no scan is under way", async () => (await counted("work WHERE leased_until > now()")) === 0);
  await look("UPDATE scan SET cursor_at = now() - interval '1 day'");
  for (const of of ["lead", "contact"]) {
    await look(
      `INSERT INTO heard_${of} (account_id, ${of}_id, at${of === "lead" ? ", of_creation" : ""})
       SELECT $1, n, now() - n * interval '1 hour'${of === "lead" ? ", true" : ""} FROM unnest(ARRAY[23, 30]) AS n`,
      [accountId],
    );
  }
  await look("INSERT INTO heard_talk VALUES ($1, 1)", [accountId]);
  await look(
    `INSERT INTO backfill (account_id, id, state, filter, created_by, ended_at)
     SELECT $1, n, 'done', '{}', '', now() - n * interval '1 day' FROM unnest(ARRAY[89, 91]) AS n`,
    [accountId],
  );
  await look("INSERT INTO backfill_lead (account_id, backfill_id, lead_id) VALUES ($1, 89, 1), ($1, 91, 1)", [
    accountId,
  ]);
  await upkeep();
  expect(await look("SELECT lead_id FROM heard_lead WHERE lead_id IN (23, 30)")).toEqual([{ lead_id: 23 }]);
  expect(await look("SELECT contact_id FROM heard_contact WHERE contact_id IN (23, 30)")).toEqual([{ contact_id: 23 }]);
  expect(await counted("heard_talk")).toBe(1);
  expect(await look("SELECT id FROM backfill")).toEqual([{ id: 89 }]);
  expect(await look("SELECT backfill_id FROM backfill_lead")).toEqual([{ backfill_id: 89 }]);
});

test("settled install callbacks go after a day, open ones stay", async () => {
  await look(
    `INSERT INTO install_callback (code_sealed, host, from_widget, state, received_at, due_at) VALUES
       ('', 'settled.kommo.com', true, 'refused', now() - interval '25 hours', now()),
       ('', 'open.kommo.com', true, 'new', now() - interval '25 hours', now() + interval '1 day')`,
  );
  await upkeep();
  expect(await look("SELECT host FROM install_callback WHERE received_at < now() - interval '1 day'")).toEqual([
    { host: "open.kommo.com" },
  ]);
});

test("an account provisioned today whose webhooks arrive is not provisioned again", async () => {
  await look("UPDATE account SET last_heard_at = now()");
  await upkeep();
  expect(await provisions()).toBe(0);
});

test.each([
  ["provisioned a day ago", "1 day 1 minute", "0 hours"],
  ["not heard for hours", "4 hours", "4 hours"],
])("an account %s is provisioned again", async (_why, provisionedAgo, heardAgo) => {
  const before = new Date().toISOString();
  await look(
    `UPDATE account SET last_heard_at = now() - $2::interval,
            provisioned = provisioned || jsonb_build_object('completedAt', to_char(now() - $1::interval, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))`,
    [provisionedAgo, heardAgo],
  );
  await upkeep();
  await provisionedAgain(before);
});

test("a grant that nobody has used for weeks is refreshed, a fresh one is not", async () => {
  const sealed = async () => (await look<{ access_sealed: string }>("SELECT access_sealed FROM oauth_grant"))[0];
  const before = await sealed();
  await upkeep();
  expect(await sealed()).toEqual(before);
  await look("UPDATE oauth_grant SET refreshed_at = now() - interval '21 days'");
  await upkeep();
  expect(await sealed()).not.toEqual(before);
});

test("an account that left is erased from every table when its time has come, and nobody else is", async () => {
  const stays = await world.install();
  const { accountId } = account;
  const { host } = world.kommo.control.accounts.show({ account: accountId });
  await look(
    "INSERT INTO lead (account_id, lead_id) SELECT $1::bigint, n FROM generate_series(10, 2510) n UNION ALL SELECT $2::bigint, 1",
    [accountId, stays.accountId],
  );
  await world.server.app.get(Installations).leave(accountId, "a test");
  for (const table of ["heard_lead", "heard_contact", "heard_talk", "backfill", "backfill_lead"]) {
    expect(await counted(`${table} WHERE account_id = ${accountId}`), table).toBe(0);
  }
  await look("UPDATE account SET erase_at = now() + interval '1 hour' WHERE account_id = $1", [accountId]);
  await upkeep();
  expect(await counted(`account WHERE account_id = ${accountId}`)).toBe(1);

  await look("UPDATE account SET erase_at = now() WHERE account_id = $1", [accountId]);
  await upkeep();
  const tables = await look<{ table_name: string }>(
    `SELECT c.table_name FROM information_schema.columns c JOIN pg_tables t ON t.tablename = c.table_name
      WHERE c.column_name = 'account_id' AND t.schemaname = 'public'`,
  );
  for (const { table_name } of tables) {
    expect(await counted(`${table_name} WHERE account_id = ${accountId}`), table_name).toBe(0);
  }
  // Nor is it named anywhere else, but for that it was erased.
  const all = await look<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'operator_audit'",
  );
  for (const { name } of all) {
    const named = await look(`SELECT FROM ${name} t WHERE t::text ~ $1`, [`(\\m${accountId}\\M|${host})`]);
    expect(named, name).toEqual([]);
  }
  expect(await counted(`lead WHERE account_id = ${stays.accountId}`)).toBe(1);
  expect(await counted("account WHERE status = 'active'")).toBe(1);
});

test("an account that came back before its time is not erased", async () => {
  await look("UPDATE account SET erase_at = now() - interval '1 hour' WHERE status = 'active'");
  await upkeep();
  expect(await counted("account WHERE status = 'active'")).toBe(1);
});
