import { execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { isListening } from "../src/embedded/ports.ts";
import { startPostgres } from "../src/embedded/postgres.ts";
import { unlimited } from "./account.ts";
import { onDatabase, withOwner } from "./database.ts";
import { ownPort, startWorld, until, type World } from "./world.ts";

const root = join(import.meta.dirname, "../..");

let world: World;
beforeAll(async () => {
  // What is run here is what `pnpm start` and `pnpm connect` run.
  const built = promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-b"], { cwd: root });
  [world] = await Promise.all([startWorld(unlimited), built]);
});
afterAll(() => world?.stop());

interface Ended {
  status: number | null;
  out: string;
  err: string;
}

/** Runs a command of the server to its end, with nothing in its environment but what is given. */
async function run(
  command: "main" | "connect" | "migrate" | "dealscope",
  args: string[],
  change: Record<string, string | undefined> = {},
  input = "",
): Promise<Ended> {
  const env = { PATH: process.env.PATH, ...world.env, ...change };
  const child = spawn(process.execPath, [join(root, `server/dist/${command}.js`), ...args], { env, cwd: tmpdir() });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, out, err };
}

describe("under a Node that is too old", () => {
  const OLDER = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";

  const COMMANDS = ["main", "connect", "migrate", "doctor", "backup", "restore", "dealscope"];

  test.each(COMMANDS)("%s looks at it first: what is imported before would break there", (command) => {
    const [first] = readFileSync(join(root, `server/src/${command}.ts`), "utf8").match(/^import .*$/m) ?? [];
    expect(first).toBe('import "./needs-node.ts";');
  });

  test.each(COMMANDS)("%s says which one it needs", async (command) => {
    const args = ["--import", `data:text/javascript,${OLDER}`, join(root, `server/dist/${command}.js`), "--help"];
    const ended = promisify(execFile)(process.execPath, args, { cwd: tmpdir(), env: {} });
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/^Dealscope's server needs Node 24 or newer and this is Node 20\.20\.2: .*\n$/),
    });
  });
});

describe("migrate", () => {
  test("brings a new database up to date, on which a server starts that does not know the owner", async () => {
    const name = `new_${randomBytes(4).toString("hex")}`;
    await withOwner(inject("ownerUrl"), (owner) => owner.query(`CREATE DATABASE ${name}`));
    const DATABASE_URL = onDatabase(world.env.DATABASE_URL!, name);
    const MIGRATION_DATABASE_URL = onDatabase(world.env.MIGRATION_DATABASE_URL!, name);
    // The port is taken, so a server that comes so far ends there.
    const start = () => run("main", [], { DATABASE_URL, MIGRATION_DATABASE_URL: undefined });

    expect((await start()).err).toContain("Run `dealscope migrate` with MIGRATION_DATABASE_URL set");
    expect(await run("migrate", [], { MIGRATION_DATABASE_URL: undefined })).toMatchObject({
      status: 1,
      err: "MIGRATION_DATABASE_URL is missing.\n",
    });
    expect(await run("migrate", [], { DATABASE_URL, MIGRATION_DATABASE_URL })).toEqual({
      status: 0,
      out: "The database is up to date.\n",
      err: "",
    });
    expect((await start()).err).toContain("is in use");
    await withOwner(inject("ownerUrl"), (owner) => owner.query(`DROP DATABASE ${name} WITH (FORCE)`));
  });
});

test("a password that the login in the database does not have is told by migrate, which changes no login", async () => {
  const wrong = Object.assign(new URL(world.env.DATABASE_URL!), { password: "another" });
  const { status, err } = await run("migrate", [], { DATABASE_URL: wrong.href });
  expect({ status, err }).toEqual({
    status: 1,
    err: `PostgreSQL refuses the password of ${wrong.username} in DATABASE_URL. Correct it there, or change it in the database: ALTER ROLE "${wrong.username}" PASSWORD '…'\n`,
  });
});

test("dealscope says its version", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "server/package.json"), "utf8"));
  expect(await run("dealscope", ["--version"])).toEqual({ status: 0, out: `${version}\n`, err: "" });
});

describe("start", () => {
  test("with wrong settings prints every fault and ends with 1", async () => {
    const { status, err } = await run("main", [], { ROLE: "boss", REDIS_URL: undefined, KOMMO_CLIENT_ID: undefined });
    expect(status).toBe(1);
    expect(err.trim().split("\n")).toEqual([
      "The configuration has 3 faults:",
      "  - ROLE must be web, worker or all.",
      "  - REDIS_URL is missing.",
      expect.stringContaining("KOMMO_CLIENT_ID and KOMMO_CLIENT_SECRETS belong together"),
      ".env.example lists all settings; copy it to .env and fill in what is missing.",
    ]);
  });

  test("on a port that is taken says so in a sentence", async () => {
    const { status, err } = await run("main", []);
    expect({ status, err: err.trim() }).toEqual({
      status: 1,
      err: `Port ${world.env.PORT} is in use. Set PORT to a free one.`,
    });
  });

  test.each<[string, string]>([
    ["lost", "k2"],
    ["mistyped", "k1"],
  ])("with a key %s says which one it needs, before all work fails", async (_, name) => {
    await world.install();
    const { status, err } = await run("main", [], { SECRET_KEYS: `${name}:${randomBytes(32).toString("base64")}` });
    expect({ status, err: err.trim() }).toEqual({
      status: 1,
      err: 'Dealscope did not start: SECRET_KEYS cannot open what was sealed with "k1". Put the key of that name back, exactly as it was.',
    });
  });

  test("with a wrong password says whose and where", async () => {
    const wrong = new URL(world.env.DATABASE_URL!);
    wrong.password = "not-this-one";
    const { status, err } = await run("main", [], { DATABASE_URL: wrong.href });
    expect(status).toBe(1);
    expect(err).toContain(`password of ${wrong.username} in DATABASE_URL`);
  });
});

describe("connect", () => {
  const tokenFor = (account: number, days = 365) =>
    world.kommo.control.oauth.longLivedToken({ account, days }).access_token;

  test("takes a long-lived token from stdin, and a running server provisions the account", async () => {
    const fresh = world.kommo.control.accounts.create();
    const ended = await run("connect", ["--host", fresh.host], {}, `${tokenFor(fresh.id)}\n`);
    expect(ended).toMatchObject({ status: 0, out: expect.stringContaining(`Account ${fresh.id}`) });
    await until("the account is provisioned", async () => {
      const rows = await world.database.look(
        `SELECT 1 FROM account WHERE account_id = $1 AND provisioned->'webhook'->>'state' = 'subscribed'
            AND provisioned->>'completedAt' <> ''`,
        [fresh.id],
      );
      return rows.length === 1;
    });
    const audit = "SELECT actor FROM audit WHERE account_id = $1 AND action = 'connected'";
    expect(await world.database.look(audit, [fresh.id])).toEqual([{ actor: "command line" }]);
  });

  test.each<[string, () => { host: string; token: string }, string]>([
    ["a foreign host", () => ({ host: "acme.kommo.com.evil.example", token: "x" }), "is not a host of a Kommo account"],
    ["an expired token", () => ({ host: "acme.kommo.com", token: tokenFor(expired().id, -1) }), "has expired"],
  ])("refuses %s", async (_, given, why) => {
    const { host, token } = given();
    const before = looks();
    const { status, err } = await run("connect", ["--host", host], {}, token);
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining(why) });
    expect(looks()).toBe(before);
  });

  test("says how it is used, and refuses a flag that does not exist", async () => {
    expect(await run("connect", ["--help"])).toMatchObject({ status: 0, out: expect.stringContaining("--embedded") });
    for (const command of ["connect", "main"] as const) {
      const { status, err } = await run(command, ["--embeded"]);
      expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining("'--embeded'") });
    }
  });

  test("without stores says that --embedded is to be added beside an embedded server", async () => {
    const { err } = await run("connect", ["--host", "acme.kommo.com"], { DATABASE_URL: undefined });
    expect(err).toContain("add --embedded");
  });

  test("takes the address as people copy it, and refuses the token of another account", async () => {
    const [one, other] = [world.kommo.control.accounts.create(), world.kommo.control.accounts.create()];
    const wrong = await run("connect", ["--host", other.host], {}, tokenFor(one.id));
    expect(wrong).toMatchObject({ status: 1, err: expect.stringContaining(`belongs to ${one.host}`) });
    const rows = await world.database.look("SELECT 1 FROM account WHERE account_id = $1", [one.id]);
    expect(rows).toEqual([]);
    const right = await run("connect", ["--host", `https://${one.host}/leads/list/`], {}, tokenFor(one.id));
    expect(right).toMatchObject({ status: 0, out: expect.stringContaining(`(${one.host})`) });
  });

  test("with a token that Kommo does not accept says what to do", async () => {
    const { id, host } = world.kommo.control.accounts.create();
    const token = tokenFor(id);
    const { err } = await run("connect", ["--host", host], {}, `${token.slice(0, -4)}AAAA`);
    expect(err).toContain("Make a new long-lived token");
  });

  /** Whose account it is would be asked first of all. */
  const looks = () => world.kommo.control.ledger.summary().requests.routes["GET /api/v4/account"]?.requests ?? 0;
  const expired = () => world.kommo.control.accounts.create();
});

test("Ctrl-C, which a terminal sends to the whole group, lets the server finish before its PostgreSQL ends", async () => {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-interrupted-"));
  chmodSync(dir, 0o755);
  const port = String(await ownPort());
  const address = { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, LOG_LEVEL: "info" };
  const env = { PATH: process.env.PATH, ...world.env, ...address };
  const args = [join(root, "server/dist/main.js"), "--embedded"];
  const child = spawn(process.execPath, args, { env, cwd: dir, detached: true });
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  try {
    await until("it listens", () => isListening(Number(port)));
    const [postgres] = readFileSync(join(dir, ".data/postgres/postmaster.pid"), "utf8").split("\n");
    const group = execFileSync("ps", ["-o", "pgid=", "-p", postgres!], { encoding: "utf8" });
    expect(Number(group)).not.toBe(child.pid);
    process.kill(-child.pid!, "SIGINT");
    expect(await ended).toBe(0);
    expect(existsSync(join(dir, ".data/postgres/postmaster.pid"))).toBe(false);
    expect(`${await out}${await err}`).not.toMatch(/terminating connection|ECONNREFUSED|Connection terminated/);
  } finally {
    if (child.exitCode === null) child.kill("SIGKILL");
    rmSync(dir, { recursive: true, force: true });
  }
});

test("embedded data is one server's at a time; who shares it uses that server and leaves it running", async () => {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-embedded-"));
  const first = await startPostgres(dir, { durable: false });
  try {
    await expect(startPostgres(dir, { durable: false })).rejects.toThrow(
      /runs already with the data in .*Stop it first/,
    );
    const beside = await startPostgres(dir, { durable: false, share: true });
    expect(beside.ownerUrl()).toBe(first.ownerUrl());
    await beside.stop();
    await expect(startPostgres(dir, { durable: false })).rejects.toThrow("Stop it first");
  } finally {
    await first.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
