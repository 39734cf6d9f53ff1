import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { backupKeys } from "../src/backup/keys.ts";
import { loadBackup } from "../src/backup/load.ts";
import { markRestored } from "../src/backup/mark-restored.ts";
import { takeBackup } from "../src/backup/take.ts";
import { tryBackup } from "../src/backup/try-backup.ts";
import { readConfig } from "../src/config.ts";
import { migrate } from "../src/database/migrate.ts";
import { startPostgres } from "../src/embedded/postgres.ts";
import { startServer } from "../src/server.ts";
import { markerIn, withMarker } from "../src/write-back/marker.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { onDatabase, withOwner } from "./database.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let dir: string;
const made: string[] = [];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "dealscope-backup-"));
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, SCAN_SECONDS: "1" } });
  account = await installAccount(world, {
    actions: { hot: { assign: null, moveTo: null, task: { text: "Call now", minutes: 30 } } },
  });
});
afterAll(async () => {
  await world?.stop();
  await withOwner(world.env.MIGRATION_DATABASE_URL!.replace(/\/[^/]*$/, "/postgres"), async (owner) => {
    for (const name of made) await owner.query(`DROP DATABASE ${name} WITH (FORCE)`);
  });
  rmSync(dir, { recursive: true, force: true });
});

const keys = () => backupKeys(world.config);

/** A database with nothing in it, on the same server. */
async function emptyDatabase(): Promise<{ ownerUrl: string; appUrl: string }> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withOwner(world.env.MIGRATION_DATABASE_URL!, (owner) => owner.query(`CREATE DATABASE ${name}`));
  made.push(name);
  return {
    ownerUrl: onDatabase(world.env.MIGRATION_DATABASE_URL!, name),
    appUrl: onDatabase(world.env.DATABASE_URL!, name),
  };
}

/** Of every table how many rows there are, and what they are, whatever their order. */
async function contentOf(ownerUrl: string): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {};
  await withOwner(ownerUrl, async (owner) => {
    const tables = await owner.query(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'migration%'",
    );
    for (const { tablename } of tables.rows) {
      const { rows } = await owner.query(
        `SELECT count(*)::int AS rows, md5(coalesce(string_agg(t::text, '' ORDER BY t::text COLLATE "C"), '')) AS hash FROM ${tablename} t`,
      );
      content[tablename] = rows[0];
    }
    const rules = await owner.query(
      `SELECT relname, relrowsecurity, relforcerowsecurity,
              (SELECT array_agg(tgenabled::text ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal) AS triggers
         FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'migration%' ORDER BY 1`,
    );
    const sequences = await owner.query(
      "SELECT sequencename, last_value FROM pg_sequences WHERE sequencename NOT LIKE 'migration%' ORDER BY 1",
    );
    Object.assign(content, { rules: rules.rows, sequences: sequences.rows });
  });
  return content;
}

const SAID_TWICE = "The client called.";

const tasks = (lead: number) => account.lead(lead).tasks.filter(({ text }) => text.startsWith("Call now"));

test("a restored deployment goes on, and what Kommo has got since the backup is not made again", async () => {
  const done = account.create({ name: "Done before", note: texts.hot });
  await account.written(done);
  await account.quiet();
  expect(tasks(done)).toHaveLength(1);
  // Decided before the backup and made after it.
  account.control.faults.add({
    match: { method: "POST", path: "/api/v4/tasks" },
    effect: { kind: "answer", status: 503 },
  });
  const between = account.create({ name: "Made after", note: texts.hot });
  await account.written(between);
  await until("its task waits", async () => {
    const rows = await account.look("SELECT FROM write WHERE lead_id = $1 AND target = 'task' AND waits > 0", [
      between,
    ]);
    return rows.length === 1;
  });
  // Put down in the minutes before the backup, and not made yet.
  await account.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, marker, due_at)
     VALUES ($1, $2, 99, 'note', 'rep', $3, 'DS-0f1rst00', app_now() + interval '1 day')`,
    [account.id, done, JSON.stringify({ text: SAID_TWICE })],
  );
  await takeBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "first"), keys()[0]!);
  await account.look("DELETE FROM write WHERE marker = 'DS-0f1rst00'");
  // The same words, decided once more after it.
  account.control.leads.addNote({ account: account.id, id: done, text: withMarker(SAID_TWICE, "DS-0sec0nd0") });

  account.control.faults.clear();
  await account.hurry("write");
  await until("its task is made", () => tasks(between).length === 1);
  const lost = account.create({ name: "Nobody remembers", note: texts.hot });
  await account.written(lost);
  await account.quiet();
  await world.server.stop();
  const unheard = account.create({ name: "Came meanwhile", note: texts.hot });

  const { ownerUrl, appUrl } = await emptyDatabase();
  // A key that has come since stands before it.
  await loadBackup(ownerUrl, join(dir, "first"), [randomBytes(32), ...keys()]);
  await migrate(ownerUrl, appUrl);
  await markRestored(ownerUrl);
  const config = readConfig({ ...world.env, DATABASE_URL: appUrl, MIGRATION_DATABASE_URL: ownerUrl });
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  // Hours lie between a fault and a restore: no scan waits any more for what a webhook might tell.
  await owner.query(`UPDATE account SET provisioned = jsonb_set(provisioned, '{webhook,state}', '"unavailable"')`);
  const restored = await startServer(config);
  const rowOf = async (lead: number) => {
    const { rows } = await owner.query(
      "SELECT state, outcome FROM write WHERE lead_id = $1 AND target = 'task' ORDER BY id DESC LIMIT 1",
      [lead],
    );
    return rows[0];
  };
  /** What was looked for in vain is looked for again ten seconds later. */
  const hurry = async () => {
    await owner.query("UPDATE write SET due_at = app_now() WHERE state = 'due' AND waits > 0 AND due_at > app_now()");
    await owner.query("UPDATE work SET due_at = app_now() WHERE kind = 'scan' AND due_at > app_now()");
  };
  try {
    await until("its task is found", async () => (await rowOf(between))?.state === "sent");
    expect(await rowOf(between)).toEqual({ state: "sent", outcome: "found by its mark" });
    await until("what the backup remembers is made beside what it has forgotten", async () => {
      await owner.query("UPDATE write SET due_at = app_now() WHERE marker = 'DS-0f1rst00' AND state = 'due'");
      const { rows } = await owner.query("SELECT state FROM write WHERE marker = 'DS-0f1rst00'");
      return rows[0].state === "sent";
    });
    const notes = account.lead(done).notes.map(({ params }) => markerIn(String(params?.text)));
    expect(notes).toEqual(expect.arrayContaining(["DS-0f1rst00", "DS-0sec0nd0"]));
    await until("what came meanwhile is judged and told of", async () => {
      await hurry();
      return account.segment(unheard).length > 0 && tasks(unheard).length === 1;
    });
    expect(tasks(done)).toHaveLength(1);
    expect(tasks(between)).toHaveLength(1);
    await until("what nobody remembers is known again", async () => {
      await hurry();
      return (await rowOf(lost))?.state === "sent";
    });
    expect(tasks(lost)).toHaveLength(1);
    expect(account.segment(lost)).toEqual(["dealscope:hot"]);
    // Marks are made of numbers: a form that comes now must not have that of another whose deal is there.
    const { rows } = await owner.query(
      "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND data_type = 'bigint'::regtype AND coalesce(last_value, 0) < 1000000000",
    );
    expect(rows).toEqual([]);
  } finally {
    await restored.stop();
    await owner.end();
  }
});

test("a backup is the database row by row, with its rules, and is nobody else's to read", async () => {
  const note = await takeBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "second"), keys()[0]!);
  const { ownerUrl } = await emptyDatabase();
  await loadBackup(ownerUrl, join(dir, "second"));
  expect(await contentOf(ownerUrl)).toEqual(await contentOf(world.env.MIGRATION_DATABASE_URL!));
  expect(note.tables.find(({ name }) => name === "verdict")?.rows).toBeGreaterThan(0);
  expect(statSync(join(dir, "second")).mode & 0o077).toBe(0);
  const modes = readdirSync(join(dir, "second")).map((file) => statSync(join(dir, "second", file)).mode & 0o077);
  expect(modes.every((mode) => mode === 0)).toBe(true);
});

test("a backup that was written without our keys, or changed since, is refused by its note and by its rows", async () => {
  const from = (signing: readonly Buffer[]) =>
    tryBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "second"), signing);
  await expect(from([randomBytes(32)])).rejects.toThrow("No key of SECRET_KEYS has signed this backup");
  const [note, rows] = [join(dir, "second", "backup.json"), join(dir, "second", "audit.copy.gz")];
  const [whole, genuine] = [readFileSync(note, "utf8"), readFileSync(rows)];
  for (const change of [{ takenAt: "2026-01-01T00:00:00.000Z" }, { signature: undefined }, { signature: "x" }]) {
    writeFileSync(note, JSON.stringify({ ...JSON.parse(whole), ...change }));
    await expect(from(keys())).rejects.toThrow("No key of SECRET_KEYS has signed this backup");
  }
  writeFileSync(note, whole);
  writeFileSync(rows, gzipSync(gunzipSync(genuine).toString().replaceAll("administrator", "nobody")));
  await expect(from(keys())).rejects.toThrow("The rows of audit are not those of the backup");
  writeFileSync(rows, genuine);
});

test("a backup is tried without touching anything, and one with a row too few is told", async () => {
  const databases = async () => {
    const rows = await account.look<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname LIKE 'dealscope_try%'",
    );
    return rows.map(({ datname }) => datname);
  };
  await tryBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "second"));
  const file = join(dir, "second", "verdict.copy.gz");
  const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
  writeFileSync(
    file,
    gzipSync(
      lines
        .slice(1)
        .map((line) => `${line}\n`)
        .join(""),
    ),
  );
  await expect(tryBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "second"))).rejects.toThrow(
    `The backup has ${lines.length - 1} rows of verdict, and had ${lines.length} when it was written.`,
  );
  expect(await databases()).toEqual([]);
});

test("a backup that does not speak of a table, or of a migration, is not taken for whole", async () => {
  const note = join(dir, "second", "backup.json");
  const whole = JSON.parse(readFileSync(note, "utf8"));
  const said = async (change: object) => {
    writeFileSync(note, JSON.stringify({ ...whole, ...change }));
    return tryBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "second"));
  };
  const tables = whole.tables.filter(({ name }: { name: string }) => name !== "audit");
  await expect(said({ tables })).rejects.toThrow("The backup is not whole: of audit it does not have");
  const migrations = whole.migrations.toSpliced(-2, 1);
  await expect(said({ migrations })).rejects.toThrow("it lacks migrations");
});

test("a backup is not restored over anything, and not by a version that is older", async () => {
  await expect(loadBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "first"))).rejects.toThrow("is not empty");
  await expect(takeBackup(world.env.MIGRATION_DATABASE_URL!, join(dir, "first"), keys()[0]!)).rejects.toThrow();
  const note = join(dir, "first", "backup.json");
  writeFileSync(note, readFileSync(note, "utf8").replace('"Restorations', '"Tomorrow'));
  const { ownerUrl } = await emptyDatabase();
  await expect(loadBackup(ownerUrl, join(dir, "first"))).rejects.toThrow("newer version (Tomorrow");
  await expect(loadBackup(ownerUrl, join(dir, "nowhere"))).rejects.toThrow("There is no backup in");
});

test("a login that does not see every account writes no backup of some", async () => {
  await expect(takeBackup(world.env.DATABASE_URL!, join(dir, "fifth"), keys()[0]!)).rejects.toThrow(
    /BYPASSRLS|permission denied/,
  );
});

/** As it is run: built by `tsc -b`, which comes before the tests. */
const COMMAND = new URL("../dist/dealscope.js", import.meta.url).pathname;

async function command(args: string[], change: Record<string, string | undefined> = {}): Promise<string> {
  const env = { PATH: process.env.PATH, ...world.env, ...change };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [COMMAND, ...args], { env, cwd: dir }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return `${stdout}${stderr}`;
}

test("the commands do the same, and say what is missing", async () => {
  expect(await command(["backup", "--to", "sixth"])).toMatch(/holds \d+ rows of \d+ tables/);
  expect(await command(["backup", "--to", "sixth"])).toContain("exists already");
  const { ownerUrl, appUrl } = await emptyDatabase();
  const there = { DATABASE_URL: appUrl, MIGRATION_DATABASE_URL: ownerUrl };
  const others = { SECRET_KEYS: `k1:${randomBytes(32).toString("base64")}` };
  expect(await command(["restore", "--from", "sixth"], { ...there, ...others })).toContain("No key of SECRET_KEYS has");
  expect(await command(["restore", "--try", "--unsigned", "--from", "sixth"], others)).toContain("is whole");
  const restored = await command(["restore", "--from", "sixth"], there);
  expect(restored).toMatch(/^Restored\. Start the servers/);
  const { takenAt } = JSON.parse(readFileSync(join(dir, "sixth", "backup.json"), "utf8"));
  expect(restored).toContain(`People who were erased after ${takenAt} are back`);
  expect(await command(["restore", "--from", "sixth"], there)).toContain("is not empty");
  expect(await command(["restore"], there)).toContain("say what from, or that it is loaded");
  expect(await command(["restore", "--loaded"], { MIGRATION_DATABASE_URL: undefined })).toContain(
    "MIGRATION_DATABASE_URL",
  );
  await withOwner(ownerUrl, async (owner) => {
    const { rows } = await owner.query("SELECT count(*)::int AS restorations FROM restoration");
    expect(rows).toEqual([{ restorations: 1 }]);
  });
});

test("nothing is restored, nor marked as restored, while a server is connected to that database", async () => {
  // The first one was stopped for a restore.
  await world.startAnother();
  expect(await command(["restore", "--loaded"])).toMatch(
    /^Not restored: servers run on this database \(connections: \d+ from 127\.0\.0\.1\): stop every process of start first/,
  );
  expect(await account.look("SELECT FROM restoration")).toEqual([]);
});

test("of an embedded PostgreSQL the commands speak by its folder and by their own flag", async () => {
  chmodSync(dir, 0o755);
  const postgres = await startPostgres(join(dir, ".data"), { durable: false });
  try {
    await migrate(postgres.ownerUrl(), postgres.appUrl());
    const taken = await command(["backup", "--embedded", "--to", "embedded"]);
    expect(taken).toContain(`Try it now and then: dealscope restore --try --embedded --from ${join(dir, "embedded")}`);
    expect(await command(["restore", "--embedded", "--from", "embedded"])).toBe(
      "Not restored: .data/postgres is not empty: stop what runs on it, and move the folder away.\n",
    );
  } finally {
    await postgres.stop();
  }
});

test("after a restore no BI login is taken for that of another account, whatever the backup says", async () => {
  const { ownerUrl, appUrl } = await emptyDatabase();
  await migrate(ownerUrl, appUrl);
  await withOwner(ownerUrl, async (owner) => {
    const { rows } = await owner.query("SELECT left(md5(current_database()), 8) AS hash");
    const logins = [1, 2].map((id) => `bi_${id}_${rows[0].hash}`);
    for (const login of logins) await owner.query(`CREATE ROLE ${login}`);
    try {
      // The tool of the second would be shown what is the third's.
      await owner.query("INSERT INTO bi_login (account_id, login, made_by) VALUES (1, $1, 'x'), (3, $2, 'x')", logins);
      await markRestored(ownerUrl);
      const left = await owner.query("SELECT account_id::int, login FROM bi_login");
      expect(left.rows).toEqual([{ account_id: 1, login: logins[0] }]);
    } finally {
      for (const login of logins) await owner.query(`DROP ROLE ${login}`);
    }
  });
});
