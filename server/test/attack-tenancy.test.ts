import type { PostgresDriver } from "typeorm/driver/postgres/PostgresDriver.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FrontDesk } from "../src/database/front-desk.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import { Target } from "./attack-target.ts";
import { Crowd, forEach } from "./crowd.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";

const POOL = 3;
const REQUESTS = 1_000;

let world: EngagementWorld;
let targets: Target[];
/** Tables in which some account has rows. */
let tables: string[];
beforeAll(async () => {
  world = await startEngagementWorld();
  const secrets = ["Zanzibar", "Quetzal", "Xylophon"];
  targets = await Promise.all(secrets.map((secret, n) => Target.of(world, secret, 700 + 100 * n)));
  const rows = await Promise.all(targets.map((target) => target.rows()));
  tables = Object.keys(rows[0]!).filter((table) => rows.every((of) => !of[table]!.startsWith("0 ")));
});
afterAll(() => world?.stop());

test("a thousand interleaved requests of three accounts on a pool of three each see their own account and no other", async () => {
  const { dataSource } = world.server.app.get(FrontDesk);
  (dataSource.driver as PostgresDriver).master.options.max = POOL;
  const crowds = await Promise.all(targets.map(({ account }) => Crowd.of(world, account.id, 40)));
  const asked = Array.from({ length: REQUESTS }, (_, n) => ({ n, whose: n % 3, other: (n + 1 + (n % 2)) % 3 }));
  const leaks: string[] = [];
  await forEach(
    asked,
    async ({ n, whose, other }) => {
      const [own, foreign] = [targets[whose]!, targets[other]!];
      const paths = [
        `/api/leads/${own.things.lead}/card`,
        "/api/queue?whose=all",
        "/api/leads?search=deal",
        "/api/activity",
        // Refused, which rolls a transaction back between the others.
        `/api/leads/${foreign.things.lead}/card`,
        `/api/prompt-versions/${foreign.things.draft}/agreement`,
        `/api/reports/export?table=verdicts&format=jsonl`,
      ];
      const path = paths[n % paths.length]!;
      const { status, body } = await crowds[whose]!.ask(path);
      const text = JSON.stringify(body);
      const isRefused = path.includes(String(foreign.things.lead)) || path.includes("/agreement");
      if (status !== (isRefused ? 404 : 200)) leaks.push(`${path}: ${status}`);
      if (!isRefused && !path.includes("export") && !text.includes(own.secret)) leaks.push(`${path}: not its own`);
      for (const { secret } of targets)
        if (secret !== own.secret && text.includes(secret)) leaks.push(`${path}: ${secret}`);
    },
    60,
  );
  expect(leaks).toEqual([]);
});

describe("without an account nothing is there", () => {
  test.each(["none", "", "0", "-1"])("when the account that is set is %j", async (setting) => {
    const runner = world.database.dataSource.createQueryRunner();
    await runner.query("BEGIN");
    if (setting !== "none") await runner.query("SELECT set_config('app.account_id', $1, true)", [setting]);
    expect(tables.length).toBeGreaterThan(15);
    for (const table of tables) {
      const [{ rows }] = await runner.query(`SELECT count(*)::int AS rows FROM ${table}`);
      const [, changed] = await runner.query(`UPDATE ${table} SET account_id = account_id`);
      const [, deleted] = await runner.query(`DELETE FROM ${table}`);
      expect({ rows, changed, deleted }, table).toEqual({ rows: 0, changed: 0, deleted: 0 });
    }
    await runner.query("ROLLBACK");
    await runner.release();
  });

  test("when a connection has just served an account", async () => {
    const tenancy = world.server.app.get(Tenancy);
    await Promise.all(targets.map(({ account }) => tenancy.run(account.id, (tx) => tx.query("SELECT FROM lead"))));
    const { dataSource } = world.server.app.get(FrontDesk);
    for (let n = 0; n < 10; n++) expect(await dataSource.query("SELECT * FROM lead")).toEqual([]);
  });
});

test("with an account its rows are there and no others, in every table that is filled, and none can be handed to another", async () => {
  const tenancy = new Tenancy(world.database.dataSource);
  const [own, other] = [targets[0]!.account.id, targets[1]!.account.id];
  for (const table of tables) {
    const seen = await tenancy.run(own, (tx) => tx.query(`SELECT DISTINCT account_id FROM ${table}`));
    expect(seen, table).toEqual([{ account_id: own }]);
    const handed = tenancy.run(own, (tx) => tx.query(`UPDATE ${table} SET account_id = $1`, [other]));
    await expect(handed, table).rejects.toThrow(table === "audit" ? "stays" : "row-level security");
  }
});

describe("who has the server's login", () => {
  const refused: Record<string, [sql: string, why: string]> = {
    "takes back what operators have done": ["DELETE FROM operator_audit", "permission denied"],
    "writes it anew": ["UPDATE operator_audit SET actor = 'nobody'", "permission denied"],
    "makes it old": ["INSERT INTO operator_audit (at, actor, action) VALUES (now(), 'a', 'b')", "permission denied"],
    "takes back what was done in an account": ["DELETE FROM audit", "What stands in the audit stays."],
    "says that somebody else has done it": ["UPDATE audit SET actor = 'nobody'", "What stands in the audit stays."],
    "changes what it was": ["UPDATE audit SET detail = '{}'", "What stands in the audit stays."],
  };
  test.each(Object.entries(refused))("is refused when he %s", async (_what, [sql, why]) => {
    const { account } = targets[0]!;
    const tenancy = new Tenancy(world.database.dataSource);
    await tenancy.run(account.id, (tx) =>
      tx.query(
        `INSERT INTO audit (account_id, actor, action, detail) VALUES ($1, 'user 1', 'x', '{"to": "hot", "reason": "y"}')`,
        [account.id],
      ),
    );
    await expect(tenancy.run(account.id, (tx) => tx.query(sql))).rejects.toThrow(why);
  });

  test("is let forget the reason of an override, which a person may have a right to", async () => {
    const { account } = targets[0]!;
    const left = await new Tenancy(world.database.dataSource).run(account.id, async (tx) => {
      await tx.query("UPDATE audit SET detail = detail - 'reason'");
      return tx.query("SELECT DISTINCT detail FROM audit WHERE action = 'x'");
    });
    expect(left).toEqual([{ detail: { to: "hot" } }]);
  });
});
