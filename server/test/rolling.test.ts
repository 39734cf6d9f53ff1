import { randomBytes } from "node:crypto";
import type { MigrationInterface, QueryRunner } from "typeorm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSession } from "../../e2e/demo/api.ts";
import { migrate } from "../src/database/migrate.ts";
import { tenantTable } from "../src/database/rules.ts";
import { Upkeep } from "../src/operations/upkeep.ts";
import { TestAccount, texts, unlimited } from "./account.ts";
import { overAndOver, type Ran, SideBySide } from "./side-by-side.ts";
import { startWorld, type World } from "./world.ts";

const newKey = (name: string) => `${name}:${randomBytes(32).toString("base64")}`;
const [former, next] = [newKey("k1"), newKey("k2")];

let world: World;
let processes: SideBySide;
let running: Ran[];
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, SECRET_KEYS: former } });
  const actions = { hot: { assign: null, moveTo: null, task: { text: "Call now", minutes: 30 } } };
  const settings = JSON.stringify({ settleSeconds: 0.2, actions });
  // From the beginning: what a process remembers of an account cannot be forgotten from here.
  await world.database.look(`ALTER TABLE account ALTER settings SET DEFAULT '${settings}'`);
  processes = await SideBySide.open(world);
  running = [await processes.startHere({}), await processes.startHere({})];
  account = new TestAccount(world, await world.install());
});
afterAll(async () => {
  await processes?.close();
  await world?.stop();
});

/** Another server comes before each one goes. */
async function roll(start: () => Promise<Ran>) {
  for (const [place, one] of running.entries()) {
    running[place] = await start();
    expect(await processes.stop(one)).toBe(0);
  }
}

/** Leads come in, and an administrator looks at one, for as long as `use` takes. Nothing of it may fail. */
async function whileInUse(use: () => Promise<void>) {
  const seen = account.create({ name: "To look at", note: texts.hot });
  await account.written(seen);
  const token = account.control.oauth.oneTimeToken({ account: account.id, user_id: account.installed.adminId }).token;
  const { ask } = await openSession(world.env.PUBLIC_URL!, token);
  const before = account.control.ledger.deliveries().length;
  const looks = overAndOver(100, () => ask("GET", `/api/leads/${seen}/card`).then(() => "ok", String));
  const leads = overAndOver(100, async () => account.create({ name: "Comes meanwhile", note: texts.hot }));
  await use();
  const made = await leads();
  expect(new Set(await looks())).toEqual(new Set(["ok"]));
  expect(made.length).toBeGreaterThan(5);
  for (const id of made) await account.written(id);
  await account.quiet();
  for (const id of made) expect(account.lead(id).tasks).toHaveLength(1);
  const heard = account.control.ledger.deliveries().slice(before);
  expect(new Set(heard.map(({ status }) => status))).toEqual(new Set([204]));
}

const sealedWith = async () =>
  (await account.look<{ key_id: string }>("SELECT key_id FROM sealed_with()")).map(({ key_id }) => key_id);

test("a key is changed while two servers serve, and nobody notices", async () => {
  const rollTo = (...keys: string[]) => roll(() => processes.startHere({ SECRET_KEYS: keys.join(",") }));
  await whileInUse(async () => {
    await rollTo(former, next);
    await rollTo(next, former);
  });
  expect(await sealedWith()).toContain("k1");
  // A day passes.
  await account.look("UPDATE account SET upkept_at = NULL");
  await account.look("UPDATE install_callback SET received_at = received_at - interval '2 days'");
  const worker = await world.startAnother({ SECRET_KEYS: `${next},${former}`, ROLE: "worker" });
  await worker.app.get(Upkeep).round();
  expect(await sealedWith()).toEqual(["k2"]);
  await whileInUse(() => rollTo(next));
});

/** As a version to come would expand the tables: what is new is not known to those who run, and may be left out by them. */
class Tomorrow1964000000000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE lead ADD mood text NOT NULL DEFAULT 'unknown'");
    await runner.query("ALTER TABLE delivery ADD heard_from inet");
    await runner.query("ALTER TABLE work ADD asked_by text");
    await runner.query("CREATE INDEX lead_mood ON lead (account_id, mood)");
    await runner.query("CREATE TABLE mood (account_id bigint NOT NULL, lead_id bigint NOT NULL, at timestamptz)");
    await tenantTable(runner, "mood");
  }

  async down() {}
}

test("the next version migrates while this one serves, and this one can be started again", async () => {
  const ready = () => fetch(`${world.env.PUBLIC_URL}/health/ready`).then(({ status }) => status);
  await whileInUse(async () => {
    await migrate(world.env.MIGRATION_DATABASE_URL!, world.env.DATABASE_URL!, [Tomorrow1964000000000]);
    expect(await account.look("SELECT FROM migrations WHERE name = 'Tomorrow1964000000000'")).toHaveLength(1);
    expect(await ready()).toBe(200);
    // One that is started afterwards goes on, too: so that the version can be taken back.
    await roll(() => processes.start({ SECRET_KEYS: next }));
    expect(await ready()).toBe(200);
  });
});
