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
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
     GROUP BY 1, 2`);
  expect(tables.length).toBeGreaterThan(15);
  for (const table of tables) {
    expect(table, table.relname).toMatchObject({ forced: true, policies: ["(account_id = app_account())"] });
  }
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
