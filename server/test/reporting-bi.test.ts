import { readdirSync, readFileSync } from "node:fs";
import { BI_VIEWS, BiAccess, BiSecret } from "@dealscope/shared/bi";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Doors } from "../src/database/doors.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import { Installations } from "../src/installation/installations.ts";
import { Upkeep } from "../src/operations/upkeep.ts";
import { withOwner } from "./database.ts";
import { Past } from "./reporting-kit.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { type Installed, until, type World } from "./world.ts";

let world: World;
let mine: Installed;
let theirs: Installed;
let admin: Browser;
let secret: BiSecret;
beforeAll(async () => {
  world = await startApiWorld();
  [mine, theirs] = [await world.install(), await world.install()];
  for (const [account, name] of [
    [mine, "Mine"],
    [theirs, "Theirs"],
  ] as const) {
    const past = new Past(world, account);
    await past.deal({
      id: 1,
      name,
      value: 10,
      createdAt: 48,
      contacts: [11, 12],
      moves: [[1, 24]],
      rep: account.adminId,
    });
    await past.said(1, [11, "role", "decision_maker", 30]);
    await past.hold(1, 2, 10, null, [["approval", "lawyer", 12, 10, null]]);
    await past.look(
      `INSERT INTO verdict (account_id, lead_id, status, segment, input_hash, asked_by) VALUES ($1, 1, 'qualified', 'hot', '', '')`,
      [account.accountId],
    );
  }
  admin = await Browser.open(world, mine.accountId, mine.adminId);
});
afterAll(async () => {
  for (const { accountId } of [mine, theirs]) {
    await world.server.app.get(Tenancy).run(accountId, (tx) => tx.query("SELECT bi_revoke()"));
  }
  await world?.stop();
});
beforeEach(async () => {
  secret = await admin.send(BiSecret, "/api/bi", {});
});

/** As Metabase would connect. */
function asTool<T>(use: (tool: pg.Client) => Promise<T>, as = secret): Promise<T> {
  return connected(new URL(world.database.ownerUrl), use, as);
}

/** Every database lets everybody in who may log in at all, unless its operator has closed it. */
function onOtherDatabase<T>(use: (tool: pg.Client) => Promise<T>): Promise<T> {
  return connected(Object.assign(new URL(world.database.ownerUrl), { pathname: "/postgres" }), use, secret);
}

async function connected<T>(
  url: URL,
  use: (tool: pg.Client) => Promise<T>,
  { login, password }: Pick<BiSecret, "login" | "password">,
): Promise<T> {
  const tool = new pg.Client({
    ...{ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1) },
    ...{ user: login!.name, password },
  });
  tool.on("error", () => {});
  await tool.connect();
  try {
    return await use(tool);
  } finally {
    await tool.end().catch(() => {});
  }
}

const refused = (tool: pg.Client, sql: string) =>
  tool.query(sql).then(
    () => "done",
    (error: { code: string }) => error.code,
  );

const DENIED = "42501";

test("the account's login sees the account's rows in every view, and no others", async () => {
  await asTool(async (tool) => {
    for (const view of BI_VIEWS) {
      const { rows } = await tool.query(`SELECT DISTINCT account_id FROM ${view}`);
      expect(rows, view).toEqual([{ account_id: mine.accountId }]);
    }
    const { rows } = await tool.query(
      "SELECT deal_id, name, value, stage, outcome, people, decision_maker_known FROM bi_deals",
    );
    expect(rows).toEqual([
      {
        deal_id: 1,
        name: "Mine",
        value: 10,
        stage: expect.any(String),
        outcome: "open",
        people: 2,
        decision_maker_known: true,
      },
    ]);
    const stays = await tool.query("SELECT place, round(hours) AS hours FROM bi_stage_stays ORDER BY place");
    expect(stays.rows).toEqual([
      { place: 0, hours: 24 },
      { place: 1, hours: 24 },
    ]);
    const people = await tool.query("SELECT name, role, decides FROM bi_stakeholders ORDER BY contact_id");
    expect(people.rows).toEqual([
      { name: "Person 11", role: "decision_maker", decides: true },
      { name: "Person 12", role: null, decides: false },
    ]);
  });
});

test("every view keeps its rows from conditions of whoever asks until they are known to be the account's", async () => {
  const views = await world.database.look<{ relname: string; reloptions: string[]; owner: string }>(
    "SELECT relname, reloptions, relowner::regrole::text AS owner FROM pg_class WHERE relname LIKE 'bi\\_%' AND relkind = 'v'",
  );
  expect(views.map(({ relname }) => relname).sort()).toEqual([...BI_VIEWS].sort());
  for (const { relname, reloptions, owner } of views) {
    expect([reloptions, owner], relname).toEqual([["security_barrier=true"], "dealscope_bi_reader"]);
  }
});

test("nothing that a login sets in its session shows it another account", async () => {
  await asTool(async (tool) => {
    await tool.query("SET default_transaction_read_only = off");
    const other = String(theirs.accountId);
    await tool.query("SELECT set_config('app.account_id', $1, false), set_config('role', 'none', false)", [other]);
    // A table of one's own in the place of the one that says whose login it is.
    await tool.query(
      `CREATE TEMP TABLE bi_login AS SELECT ${other}::bigint AS account_id, session_user::text AS login`,
    );
    await tool.query("CREATE TEMP TABLE account AS SELECT 1 AS account_id, 'active'::text AS status");
    await tool.query("SET search_path = pg_temp, public");
    // A function that is called for every row before the row is filtered out.
    await tool.query(
      `CREATE FUNCTION pg_temp.peep(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'saw %', $1; RETURN true; END $$`,
    );
    const seen: string[] = [];
    tool.on("notice", ({ message }) => seen.push(message ?? ""));
    const { rows } = await tool.query("SELECT name FROM public.bi_deals WHERE pg_temp.peep(name)");
    expect(rows).toEqual([{ name: "Mine" }]);
    expect(seen).toEqual(["saw Mine"]);
    for (const view of BI_VIEWS) {
      const { rowCount } = await tool.query(`SELECT FROM public.${view} WHERE account_id <> ${mine.accountId}`);
      expect(rowCount, view).toBe(0);
    }
  });
});

test("a login can be nobody else, and reaches no table, no other view and no function of ours", async () => {
  const tables = await world.database.look<{ name: string; kind: string }>(
    "SELECT relname AS name, relkind::text AS kind FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S') AND relname NOT LIKE 'bi\\_%'",
  );
  expect(tables.length).toBeGreaterThan(30);
  const roles = await world.database.look<{ rolname: string }>(
    "SELECT rolname FROM pg_roles WHERE rolname LIKE 'dealscope%' OR rolname = 'postgres' OR rolname LIKE 'pg\\_%' OR rolsuper",
  );
  const functions = await world.database.look<{ name: string; call: string }>(
    `SELECT proname AS name, format('%I(%s)', proname, (SELECT string_agg('NULL::' || format_type(t, NULL), ', ') FROM unnest(proargtypes) t)) AS call
       FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND proname <> 'bi_account'`,
  );
  expect(functions.length).toBeGreaterThan(5);
  await asTool(async (tool) => {
    await tool.query("SET default_transaction_read_only = off");
    for (const { name, kind } of [...tables, { name: "bi_login", kind: "r" }]) {
      expect(await refused(tool, `SELECT * FROM ${name}`), name).toBe(DENIED);
      if (kind !== "v") expect(await refused(tool, `DELETE FROM ${name}`), name).toBe(DENIED);
      // Nor does it keep anybody waiting for what it holds.
      const lock = `DO $$ BEGIN LOCK TABLE ${name} IN ACCESS SHARE MODE; END $$`;
      if (kind === "r") expect(await refused(tool, lock), name).toBe(DENIED);
    }
    for (const { rolname } of roles) {
      expect(await refused(tool, `SET ROLE ${rolname}`), rolname).toBe(DENIED);
      expect(await refused(tool, `SET SESSION AUTHORIZATION ${rolname}`), rolname).toBe(DENIED);
      expect(await refused(tool, `GRANT ${rolname} TO SESSION_USER`), rolname).not.toBe("done");
    }
    for (const { name, call } of functions) expect(await refused(tool, `SELECT ${call}`), name).toBe(DENIED);
    for (const view of BI_VIEWS) expect(await refused(tool, `DELETE FROM ${view}`), view).not.toBe("done");
    for (const sql of [
      "CREATE TABLE x (a int)",
      "CREATE ROLE x",
      "SELECT pg_read_file('/etc/passwd')",
      "COPY bi_deals TO PROGRAM 'cat'",
      "SELECT rolpassword FROM pg_authid",
      "ALTER VIEW bi_deals OWNER TO SESSION_USER",
      "CREATE OR REPLACE FUNCTION bi_account() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
    ]) {
      expect(await refused(tool, sql), sql).toBe(DENIED);
    }
  });
  const [role] = await world.database.look(
    `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
            ARRAY(SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = r.oid AND (m.set_option OR m.admin_option)) AS becomes
       FROM pg_roles r WHERE rolname = $1`,
    [secret.login!.name],
  );
  expect(role).toEqual({
    ...{ rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcreatedb: false, rolreplication: false },
    becomes: [],
  });
});

test("a new password ends the old one, and the database never sees either", async () => {
  const old = secret;
  const [{ rolpassword }] = (await world.database.look<{ rolpassword: string }>(
    "SELECT rolpassword FROM pg_authid WHERE rolname = $1",
    [old.login!.name],
  )) as [{ rolpassword: string }];
  expect(rolpassword).toMatch(/^SCRAM-SHA-256\$/);
  expect(rolpassword).not.toContain(old.password);
  secret = await admin.send(BiSecret, "/api/bi", {});
  expect(secret.login!.name).toBe(old.login!.name);
  await expect(asTool((tool) => tool.query("SELECT 1"), old)).rejects.toThrow(/password authentication failed/);
  await asTool((tool) => tool.query("SELECT 1"));
  const kept = await admin.get(BiAccess, "/api/bi");
  expect(JSON.stringify(kept)).not.toContain(secret.password);
  const audited = await world.database.look("SELECT detail::text FROM audit WHERE action = 'bi login made'");
  expect(JSON.stringify(audited)).not.toContain(secret.password);
});

test("a login that is taken away is gone with its connections, whatever it has left behind", async () => {
  await asTool(async (tool) => {
    await tool.query("SET default_transaction_read_only = off");
    await tool.query("CREATE TEMP TABLE mine AS SELECT 1 AS a");
    await tool.query("SELECT lo_create(0)");
    expect((await admin.send(BiAccess, "/api/bi", { method: "DELETE" })).login).toBeNull();
    await expect(tool.query("SELECT * FROM bi_deals")).rejects.toThrow();
  });
  expect(await world.database.look("SELECT FROM pg_roles WHERE rolname = $1", [secret.login!.name])).toEqual([]);
  await expect(asTool((tool) => tool.query("SELECT 1"))).rejects.toThrow(/password authentication failed/);
  expect((await admin.send(BiAccess, "/api/bi", { method: "DELETE" })).login).toBeNull();
});

test("a login that owns something in another database loses every right here all the same, and may be given them again", async () => {
  await onOtherDatabase(async (tool) => {
    await tool.query("SET default_transaction_read_only = off");
    await tool.query("SELECT lo_create(4711)");
  });
  expect((await admin.send(BiAccess, "/api/bi", { method: "DELETE" })).login).toBeNull();
  await expect(asTool((tool) => tool.query("SELECT 1"))).rejects.toThrow(/password authentication failed/);
  const former = secret;
  secret = await admin.send(BiSecret, "/api/bi", {});
  await asTool(async (tool) => expect((await tool.query("SELECT FROM bi_deals")).rowCount).toBe(1));
  expect(secret.login!.name).toBe(former.login!.name);
  await onOtherDatabase(async (tool) => {
    await tool.query("SET default_transaction_read_only = off");
    await tool.query("SELECT lo_unlink(4711)");
  });
});

test("what a login sets for itself lasts no longer than its password, and no look of it longer than it may", async () => {
  await asTool(async (tool) => {
    await tool.query("SET default_transaction_read_only = off");
    await tool.query("ALTER ROLE CURRENT_USER SET work_mem = '2GB'");
    await tool.query("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
    await tool.query("BEGIN; SELECT FROM bi_deals");
    const doors = world.server.app.get(Doors);
    expect(await doors.endLongLooks(10)).toBe(0);
    expect(await doors.endLongLooks(0)).toBe(1);
    await expect(tool.query("SELECT FROM bi_deals")).rejects.toThrow();
  });
  secret = await admin.send(BiSecret, "/api/bi", {});
  const [role] = await world.database.look<{ set: string[] }>(
    "SELECT array_agg(s ORDER BY s) AS set FROM pg_roles, unnest(rolconfig) AS s WHERE rolname = $1",
    [secret.login!.name],
  );
  expect(role!.set).toEqual([
    "default_transaction_read_only=on",
    "idle_in_transaction_session_timeout=60s",
    "statement_timeout=60s",
  ]);
});

test("only administrators come near the login", async () => {
  const [rep] = await world.database.look<{ user_id: number }>(
    "SELECT user_id FROM kommo_user WHERE account_id = $1 AND NOT is_admin",
    [mine.accountId],
  );
  const browser = await Browser.open(world, mine.accountId, rep!.user_id);
  for (const method of ["GET", "POST", "DELETE"] as const) {
    expect(await browser.refusal("/api/bi", { method })).toEqual([403, "forbidden"]);
  }
});

test("where the database lets nobody make logins, that is what is said", async () => {
  await withOwner(world.database.ownerUrl, async (owner) => {
    await owner.query("BEGIN; REVOKE EXECUTE ON FUNCTION bi_admit(text) FROM dealscope_tenant; COMMIT");
    try {
      const answer = await admin.ask("/api/bi", { method: "POST" });
      expect(answer.status).toBe(409);
      expect(JSON.stringify(answer.body)).toContain("dealscope_bi_admitter");
    } finally {
      await owner.query("GRANT EXECUTE ON FUNCTION bi_admit(text) TO dealscope_tenant");
    }
  });
});

test("the server can make no other login than that of the account it acts for, and none with a password in the clear", async () => {
  const tenancy = world.server.app.get(Tenancy);
  const admit = (verifier: string) =>
    tenancy.run(theirs.accountId, (tx) => tx.query("SELECT bi_admit($1) AS login", [verifier]));
  await expect(admit("secret")).rejects.toThrow(/no verifier/);
  await expect(admit("x'; ALTER ROLE postgres PASSWORD 'x")).rejects.toThrow(/no verifier/);
  await expect(world.database.dataSource.query("SELECT bi_admit('SCRAM-SHA-256$4096:YQ==$YQ==:YQ==')")).rejects.toThrow(
    /There is no account/,
  );
  for (const sql of [
    "CREATE ROLE x",
    `ALTER ROLE ${secret.login!.name} SUPERUSER`,
    `GRANT dealscope_bi TO CURRENT_USER`,
  ]) {
    await expect(
      tenancy.run(mine.accountId, (tx) => tx.query(sql)),
      sql,
    ).rejects.toThrow(/permission denied/);
  }
});

test("an account that has left shows nothing to its login, and with its data the login is erased", async () => {
  const gone = await world.install();
  await new Past(world, gone).deal({ id: 7, createdAt: 1 });
  const their = await Browser.open(world, gone.accountId, gone.adminId);
  const login = await their.send(BiSecret, "/api/bi", {});
  expect((await asTool((tool) => tool.query("SELECT FROM bi_deals"), login)).rowCount).toBe(1);
  await world.server.app.get(Installations).leave(gone.accountId, "a test");
  expect((await asTool((tool) => tool.query("SELECT FROM bi_deals"), login)).rowCount).toBe(0);
  await world.database.look("UPDATE account SET erase_at = now() WHERE account_id = $1", [gone.accountId]);
  await world.database.look("UPDATE account SET upkept_at = NULL");
  await world.server.app.get(Upkeep).round();
  await until("the account is erased", async () => {
    const rows = await world.database.look("SELECT FROM account WHERE account_id = $1", [gone.accountId]);
    return rows.length === 0;
  });
  expect(await world.database.look("SELECT FROM pg_roles WHERE rolname = $1", [login.login!.name])).toEqual([]);
});

test("the ready questions for Metabase are answered", async () => {
  const folder = new URL("../../docs/bi/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".sql"));
  expect(files.length).toBeGreaterThan(5);
  await asTool(async (tool) => {
    for (const file of files) {
      // What stands in brackets is left out where its variable is not given.
      const question = readFileSync(new URL(file, folder), "utf8").replaceAll(/\[\[.*?\]\]/g, "");
      expect((await tool.query(question)).fields.length, file).toBeGreaterThan(2);
    }
  });
});
