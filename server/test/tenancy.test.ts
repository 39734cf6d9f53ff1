import { afterAll, beforeAll, expect, test } from "vitest";
import { Doors } from "../src/database/doors.ts";
import { FrontDesk } from "../src/database/front-desk.ts";
import { migrate } from "../src/database/migrate.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

let database: TestDatabase;
let tenancy: Tenancy;
beforeAll(async () => {
  database = await createDatabase({ poolSize: 3 });
  tenancy = new Tenancy(database.dataSource);
});
afterAll(() => database.drop());

const leadsSeen = (accountId: number) =>
  tenancy.run(accountId, async (tx) => (await tx.query("SELECT account_id FROM lead")).length);

test("every table with an account_id forces row-level security by the account", async () => {
  const tables = await database.look<{ relname: string; forced: boolean; policies: string[] | null }>(`
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AS forced,
           array_agg(p.qual) FILTER (WHERE p.policyname = 'tenancy') AS policies
      FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id' AND NOT a.attisdropped
      LEFT JOIN pg_policies p ON p.tablename = c.relname
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
     GROUP BY 1, 2`);
  expect(tables.length).toBeGreaterThan(15);
  for (const table of tables) {
    expect(table, table.relname).toMatchObject({ forced: true, policies: ["(account_id = app_account())"] });
  }
});

test("tables of no account are few, and hold nothing of an account's people and deals", async () => {
  const tables = await database.look<{ name: string }>(`
    SELECT c.relname AS name FROM pg_class c
     WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'account_id')
     ORDER BY 1`);
  // Callbacks come before it is known whose they are; the others are about the server, its operators and its migrations.
  expect(tables.map(({ name }) => name)).toEqual([
    ...["breaker", "install_callback", "migration_turn", "migrations"],
    ...["operator_audit", "operator_session", "restoration", "sweep_turn"],
  ]);
});

test("a view shows what its reader may see; those of BI logins belong to a role that is bound itself", async () => {
  const others = await database.look<{ owner: string; bypass: boolean; open: boolean }>(`
    SELECT rolname AS owner, rolsuper OR rolbypassrls AS bypass, has_table_privilege('dealscope_tenant', c.oid, 'SELECT') AS open
      FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
     WHERE relkind IN ('v', 'm', 'f') AND relnamespace = 'public'::regnamespace
       AND NOT coalesce(reloptions @> '{security_invoker=true}', false)`);
  expect(others.length).toBeGreaterThan(3);
  for (const view of others) expect(view).toEqual({ owner: "dealscope_bi_reader", bypass: false, open: false });
});

test("whatever else a policy allows is for a role that the server's login cannot become", async () => {
  const others = await database.dataSource.query(`
    SELECT DISTINCT role, pg_has_role(current_user, role, 'MEMBER') AS becomes
      FROM pg_policies, unnest(roles) AS role WHERE policyname <> 'tenancy'`);
  expect(others.length).toBeGreaterThan(3);
  expect(others.filter(({ becomes }: { becomes: boolean }) => becomes)).toEqual([]);
  const weak = await database.look(`
    SELECT tablename FROM pg_policies
     WHERE policyname = 'tenancy' AND (with_check IS DISTINCT FROM '(account_id = app_account())' OR cmd <> 'ALL')`);
  expect(weak).toEqual([]);
});

test("every function that is a door looks for tables of the login last, and is open to the server alone", async () => {
  const doors = await database.look<{ name: string; path: string | null; open: boolean }>(`
    SELECT p.oid::regprocedure::text AS name, has_function_privilege('public', p.oid, 'EXECUTE') AS open,
           (SELECT substr(setting, 13) FROM unnest(proconfig) AS setting WHERE setting LIKE 'search_path=%') AS path
      FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace`);
  expect(doors.length).toBeGreaterThan(10);
  for (const door of doors) {
    expect(door, door.name).toMatchObject({
      path: expect.stringMatching(/^pg_catalog, (public, )?pg_temp$/),
      open: false,
    });
  }
});

test("a table that the login puts in the place of ours brings none of its code behind a door", async () => {
  const runner = database.dataSource.createQueryRunner();
  await runner.query(`
    CREATE FUNCTION pg_temp.spy() RETURNS bytea LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'This runs as %.', current_user; END $$`);
  await runner.query(`
    CREATE TEMP VIEW account AS SELECT 1::bigint AS account_id, 'active' AS status, pg_temp.spy() AS path_key_hash`);
  await runner.query("GRANT SELECT ON pg_temp.account TO PUBLIC");
  expect(await runner.query("SELECT * FROM lookup_by_path_key('x')")).toEqual([]);
  await runner.query("DROP VIEW pg_temp.account; DROP FUNCTION pg_temp.spy()");
  await runner.release();
});

test("the server's login is neither superuser nor owner nor able to pass row-level security", async () => {
  const [role] = await database.dataSource.query(`
    SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_tables WHERE tableowner = current_user) AS owns
      FROM pg_roles WHERE rolname = current_user`);
  expect(role).toEqual({ rolsuper: false, rolbypassrls: false, owns: 0 });
});

test("one account's rows do not exist for another, nor outside a tenancy", async () => {
  await tenancy.run(1, (tx) => tx.query("INSERT INTO lead (account_id, lead_id) VALUES (1, 10)"));
  expect(await leadsSeen(1)).toBe(1);
  expect(await leadsSeen(2)).toBe(0);
  expect(await database.dataSource.query("SELECT * FROM lead")).toEqual([]);
});

test("a row of another account is refused", async () => {
  const foreign = tenancy.run(2, (tx) => tx.query("INSERT INTO lead (account_id, lead_id) VALUES (1, 11)"));
  await expect(foreign).rejects.toThrow(/row-level security/);
});

test("a thousand interleaved transactions on three connections never see each other's account", async () => {
  const runs = Array.from({ length: 1_000 }, (_, i) => 100 + (i % 7));
  await Promise.all(
    runs.map((accountId) =>
      tenancy.run(accountId, async (tx) => {
        await tx.query("INSERT INTO contact (account_id, contact_id) VALUES ($1, (random() * 1e12)::bigint)", [
          accountId,
        ]);
        const seen = await tx.query("SELECT DISTINCT account_id FROM contact");
        expect(seen).toEqual([{ account_id: accountId }]);
      }),
    ),
  );
});

test("the door stores deliveries of many accounts at once, and nobody reads them outside their tenancy", async () => {
  const doors = new Doors(database.dataSource, new FrontDesk(database.dataSource), { DATABASE_URL: database.appUrl });
  const delivery = { source: "kommo", contentType: "x", body: "a=1", flag: null, state: "new" } as const;
  await doors.deliver([
    { ...delivery, accountId: 1 },
    { ...delivery, accountId: 2 },
  ]);
  expect(await database.dataSource.query("SELECT * FROM delivery")).toEqual([]);
  expect(await tenancy.run(2, (tx) => tx.query("SELECT account_id FROM delivery"))).toEqual([{ account_id: 2 }]);
  expect((await doors.accountsWithSomethingDue()).sort()).toEqual([1, 2]);
  await doors.onApplicationShutdown();
});

test("a wrong password of the server's login is told with what to do", async () => {
  const wrong = new URL(database.appUrl);
  wrong.password = "not-this-one";
  await expect(migrate(database.ownerUrl, wrong.href)).rejects.toThrow(/password of \w+ in DATABASE_URL.*ALTER ROLE/s);
});

test("what is to happen after a commit happens when others see the change, and never for what was rolled back", async () => {
  const seen: number[] = [];
  const insert = (leadId: number, fails: boolean) =>
    tenancy.run(5, async (tx) => {
      tenancy.afterCommit(tx, () => seen.push(leadId));
      await tx.query("INSERT INTO lead (account_id, lead_id) VALUES (5, $1)", [leadId]);
      expect(seen).not.toContain(leadId);
      if (fails) throw new Error("thought better of it");
    });
  await insert(1, false);
  await expect(insert(2, true)).rejects.toThrow("thought better of it");
  await insert(3, false);
  expect(seen).toEqual([1, 3]);
});
