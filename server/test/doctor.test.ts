import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { NestFactory } from "@nestjs/core";
import { strToU8, zipSync } from "fflate";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AppModule } from "../src/app.module.ts";
import { readConfig } from "../src/config.ts";
import { type Examination, examine } from "../src/doctor/examine.ts";
import type { Finding } from "../src/doctor/finding.ts";
import { examineTokens } from "../src/doctor/tokens.ts";
import { startRedis } from "../src/embedded/redis.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { ownPort, startWorld, type World } from "./world.ts";

const root = join(import.meta.dirname, "../..");

let world: World;
let account: TestAccount;
let dir: string;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "dealscope-doctor-"));
  // What is run as a command is what has been built.
  const built = promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-b"], { cwd: root });
  [world] = await Promise.all([startWorld(unlimited), built]);
  account = await installAccount(world);
});
afterAll(async () => {
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
});

function look(change: Record<string, string | undefined> = {}, more: Partial<Examination> = {}): Promise<Finding[]> {
  const config = readConfig({ ...world.env, ...change });
  const module = AppModule.with({ ...config, ROLE: "web" });
  const open = () => NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  return examine({ config, widget: join(dir, "none.zip"), open, ...more });
}

const faultsOf = (findings: Finding[]) => findings.filter(({ state }) => state === "fault");

async function command(args: string[], change: Record<string, string | undefined> = {}) {
  const env = { PATH: process.env.PATH, ...world.env, ...change };
  const file = join(root, "server/dist/dealscope.js");
  return promisify(execFile)(process.execPath, [file, ...args], { env, cwd: dir }).then(
    ({ stdout, stderr }) => ({ status: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ status: code as number, stdout: String(stdout), stderr: String(stderr) }),
  );
}

test("a deployment that is well has no fault and no warning, and everything was looked at", async () => {
  const findings = await look();
  expect(findings.filter(({ state }) => state === "fault" || state === "warning")).toEqual([]);
  expect([...new Set(findings.filter(({ state }) => state === "ok").map(({ about }) => about))].sort()).toEqual(
    [
      "KOMMO_EGRESS_RPS",
      "PUBLIC_URL",
      "Redis",
      "SECRET_KEYS",
      `account ${account.id}`,
      "database",
      "disk",
      "model",
    ].sort(),
  );
});

describe("the command", () => {
  test("ends with 0 when nothing is at fault, and tells a program the same as a person", async () => {
    const person = await command(["doctor", "--account", String(account.id)]);
    expect(person).toMatchObject({ status: 0, stdout: expect.stringContaining("0 to mend, 0 to look at") });
    const program = await command(["doctor", "--json"]);
    expect(program.status).toBe(0);
    const { version, ok, findings } = JSON.parse(program.stdout);
    expect(ok).toBe(true);
    expect(person.stdout).toContain(`Dealscope ${version}\n`);
    expect(version).toBe(JSON.parse(readFileSync(join(root, "server/package.json"), "utf8")).version);
    expect(findings).toContainEqual({ about: `account ${account.id}`, state: "ok", says: expect.any(String) });
  });

  test("ends with 1 and says what is wrong in the settings before it asks anybody", async () => {
    const { status, stdout } = await command(["doctor", "--json"], { REDIS_URL: undefined, ROLE: "boss" });
    expect(status).toBe(1);
    expect(JSON.parse(stdout).findings.map(({ says }: Finding) => says)).toEqual([
      "ROLE must be web, worker or all.",
      "REDIS_URL is missing.",
    ]);
  });

  test.each([[["docter"]], [[]]])("that does not exist is answered with those that do: %j", async (args) => {
    expect(await command(args)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/start, migrate, connect, doctor/),
    });
  });
});

test("whoever collects metrics with the operator's token is told of one that opens nothing else", async () => {
  const about = async (change: Record<string, string>) =>
    (await examineTokens(readConfig({ ...world.env, ...change }))).map(({ state }) => state);
  const OPERATOR_TOKEN = "an-operator-token-of-some-length";
  expect(await about({})).toEqual(["skipped"]);
  expect(await about({ OPERATOR_TOKEN })).toEqual(["warning"]);
  expect(await about({ OPERATOR_TOKEN, METRICS_TOKEN: "a-token-for-figures-alone" })).toEqual(["ok"]);
});

describe("what is wrong is said with what to do:", () => {
  const nobody = async () => `127.0.0.1:${await ownPort()}`;
  const withPath = (url: string, pathname: string) => Object.assign(new URL(url), { pathname }).href;

  test.each<[string, () => Promise<Record<string, string | undefined>>, string, string]>([
    [
      "nothing listens at PUBLIC_URL",
      async () => ({ PUBLIC_URL: `http://${await nobody()}` }),
      "PUBLIC_URL",
      "Nothing listens",
    ],
    [
      "somebody else listens at PUBLIC_URL",
      async () => ({ PUBLIC_URL: world.openai.baseUrl }),
      "PUBLIC_URL",
      "not as Dealscope: let the proxy",
    ],
    ["Redis is away", async () => ({ REDIS_URL: `redis://${await nobody()}` }), "Redis", "Nothing listens"],
    [
      "PostgreSQL is away",
      async () => ({ DATABASE_URL: `postgres://dealscope_app:x@${await nobody()}/dealscope` }),
      "database",
      "DATABASE_URL: Nothing listens",
    ],
    [
      "there is no such database",
      async () => ({ DATABASE_URL: withPath(world.env.DATABASE_URL!, "/nowhere") }),
      "database",
      "There is no database nowhere: create it.",
    ],
    [
      "the login has another password",
      async () => ({
        DATABASE_URL: Object.assign(new URL(world.env.DATABASE_URL!), { password: "another" }).href,
      }),
      "database",
      "PostgreSQL refuses the password of dealscope_app: correct it here or in the database.",
    ],
    [
      "the login could pass row-level security",
      async () => ({ DATABASE_URL: world.env.MIGRATION_DATABASE_URL }),
      "database",
      "postgres is above row-level security",
    ],
    [
      "the two addresses name two databases",
      async () => ({ MIGRATION_DATABASE_URL: withPath(world.env.MIGRATION_DATABASE_URL!, "/postgres") }),
      "database",
      "name two databases",
    ],
    [
      "a key is lost",
      async () => ({ SECRET_KEYS: `k9:${Buffer.alloc(32).toString("base64")}` }),
      "SECRET_KEYS",
      'cannot open what was sealed with "k1"',
    ],
    ["there is no key of the model", async () => ({ OPENAI_API_KEY: undefined }), "model", "OPENAI_API_KEY is not set"],
    ["the key of the model is wrong", async () => ({ OPENAI_API_KEY: "sk-wrong" }), "model", "refuses OPENAI_API_KEY"],
    ["the model is misspelt", async () => ({ OPENAI_MODEL: "gpt-6-lunar" }), "model", "gpt-6-lunar does not exist"],
    [
      "nobody is at the address of the model",
      async () => ({ OPENAI_BASE_URL: `http://${await nobody()}/v1` }),
      "model",
      "Nothing listens",
    ],
  ])("%s", async (_, change, about, says) => {
    const faults = faultsOf(await look(await change(), { account: 404 }));
    expect(faults).toContainEqual({ about, state: "fault", says: expect.stringContaining(says) });
    expect([...new Set(faults.map((fault) => fault.about))]).toEqual([about]);
  });

  test("a table of accounts whose row-level security is off, and migrations that are missing or newer", async () => {
    const [last] = await account.look<{ name: string }>("SELECT name FROM migrations ORDER BY id DESC LIMIT 1");
    await account.look("ALTER TABLE latch NO FORCE ROW LEVEL SECURITY");
    await account.look("UPDATE migrations SET name = 'Tomorrow9' WHERE id = (SELECT max(id) FROM migrations)");
    const findings = (await look()).filter(({ about, state }) => about === "database" && state !== "ok");
    await account.look("ALTER TABLE latch FORCE ROW LEVEL SECURITY");
    await account.look("UPDATE migrations SET name = $1 WHERE name = 'Tomorrow9'", [last?.name]);
    expect(findings.map(({ state, says }) => [state, says])).toEqual([
      ["fault", expect.stringContaining("ALTER TABLE latch ENABLE ROW LEVEL SECURITY")],
      ["fault", expect.stringContaining("1 migrations are missing: run dealscope migrate")],
      ["warning", expect.stringContaining("newer version (Tomorrow9)")],
    ]);
    expect(faultsOf(await look())).toEqual([]);
  });

  test("that migrating is a step of its own is no fault", async () => {
    const findings = await look({ MIGRATION_DATABASE_URL: undefined }, { account: 404 });
    expect(faultsOf(findings)).toEqual([]);
  });

  test("too few connections are left for another process", async () => {
    const findings = await look({ DATABASE_POOL: "200" });
    expect(findings).toContainEqual({
      about: "database",
      state: "warning",
      says: expect.stringContaining("one more process takes up to 207"),
    });
  });

  test("a Redis that throws keys away, and is nearly full", async () => {
    const redis = await startRedis();
    const client = new Redis(redis.url);
    await client.config("SET", "maxmemory-policy", "allkeys-lru");
    await client.config("SET", "maxmemory", "1100000");
    await client.quit();
    const findings = await look({ REDIS_URL: redis.url });
    await redis.stop();
    expect(findings.filter(({ state }) => state === "warning")).toEqual([
      { about: "Redis", state: "warning", says: expect.stringContaining("set maxmemory-policy to noeviction") },
      { about: "Redis", state: "warning", says: expect.stringContaining("nearly full: raise maxmemory") },
    ]);
  });

  test("a former key says whether it is still needed", async () => {
    const ring = (...keys: string[]) => ({ SECRET_KEYS: keys.join(",") });
    const spare = `k0:${Buffer.alloc(32, 1).toString("base64")}`;
    const before = (await look(ring(world.env.SECRET_KEYS!, spare))).filter(({ about }) => about === "SECRET_KEYS");
    expect(before[0]?.says).toContain('Nothing is sealed with "k0" any more');
    const during = (await look(ring(spare, world.env.SECRET_KEYS!))).filter(({ about }) => about === "SECRET_KEYS");
    expect(during[0]?.says).toMatch(/^"k1" still opens \d+ secrets/);
  });

  test("an archive of the widget that is made for another server", async () => {
    const archive = (origin: string) => {
      const manifest = { widget: { version: "1.2.3" }, dp: { webhook_url: `${origin}/hooks/kommo/dp` } };
      const file = join(dir, "widget.zip");
      writeFileSync(file, zipSync({ "manifest.json": strToU8(JSON.stringify(manifest)) }));
      return file;
    };
    const about = async (widget: string) => (await look({}, { widget })).find((finding) => finding.about === "widget");
    expect(await about(archive("https://old.example"))).toMatchObject({
      state: "fault",
      says: expect.stringContaining("is made for https://old.example: build it with DEALSCOPE_URL="),
    });
    expect(await about(archive(world.env.PUBLIC_URL!))).toMatchObject({ state: "ok" });
  });
});

describe("of an account:", () => {
  const ofAccount = async (of: TestAccount) =>
    faultsOf(await look({}, { account: of.id })).map(({ about, says }) => [about, says]);

  test("the webhook that Kommo has switched off, and a field that somebody has deleted", async () => {
    const sick = await installAccount(world);
    sick.control.hooks.disable({ account: sick.id });
    const field = sick.control.fields
      .list({ account: sick.id, entity: "leads" })
      .find(({ code }) => code === "DEALSCOPE_SCORE")!;
    sick.control.fields.remove({ account: sick.id, id: field.id });
    expect(await ofAccount(sick)).toEqual([
      [`account ${sick.id}`, expect.stringContaining("Kommo has switched our webhook off")],
      [`account ${sick.id}`, expect.stringContaining('The field "Dealscope score" is gone from Kommo')],
    ]);
  });

  test("that its grant was revoked, and what an administrator has to do", async () => {
    const gone = await installAccount(world);
    await gone.control.oauth.revoke({ account: gone.id, silently: true });
    for (const look of ["the first to notice", "told by the account"]) {
      const said = expect.stringContaining("an administrator there presses Install once more");
      expect(await ofAccount(gone), look).toEqual([[`account ${gone.id}`, said]]);
    }
  });

  test("that it is not connected at all", async () => {
    expect(await look({}, { account: 404 })).toContainEqual({
      about: "accounts",
      state: "warning",
      says: expect.stringContaining("Account 404 is not connected"),
    });
  });
});
