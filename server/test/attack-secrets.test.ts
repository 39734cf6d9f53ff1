import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { BiSecret } from "@dealscope/shared/bi";
import { ConnectionAnswer } from "@dealscope/shared/customerio";
import { IntakeKeys } from "@dealscope/shared/intake";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CustomerIoSandbox, startCustomerIo } from "../../e2e/sandbox/customerio/start.ts";
import { Sealing } from "../src/installation/sealing.ts";
import { texts, unlimited } from "./account.ts";
import { formsOf, secretsIn } from "./forms-of-secrets.ts";
import { OperatorBrowser } from "./operator-kit.ts";
import { ask, Browser, oneTimeToken } from "./widget-api-kit.ts";
import { type Installed, type Surroundings, startSurroundings, until } from "./world.ts";

/** As it is run: built by `tsc -b`, which comes before the tests. */
const DIST = new URL("../dist/", import.meta.url).pathname;

const random = () => randomBytes(24).toString("base64url");
const OPENAI_KEY = `sk-proj-${random()}`;
const OPERATOR_TOKEN = `operator-${random()}`;

/** What a person has said; it may be in the database, and has no business in a log. */
const PERSONAL = new Map([
  ["a note", `${texts.hot} Ref ${random()}`],
  ["an address", `ana.${randomBytes(6).toString("hex")}@client.example`],
]);

let surroundings: Surroundings;
let customerio: CustomerIoSandbox;
let account: Installed;
let server: ChildProcess;
let operator: OperatorBrowser;
/** By name, everything of this run that would open something. */
const secrets = new Map<string, string>();
let said = "";

beforeAll(async () => {
  customerio = await startCustomerIo({ switches: { appPerSecond: 1_000 } });
  surroundings = await startSurroundings({
    kommo: unlimited.kommo,
    openai: { organisations: [{ name: "sandbox", keys: [OPENAI_KEY] }] },
    env: {
      ...unlimited.env,
      LOG_LEVEL: "debug",
      OPENAI_API_KEY: OPENAI_KEY,
      OPERATOR_TOKEN,
      CUSTOMERIO_TRACK_US_URL: customerio.origins.us,
      CUSTOMERIO_TRACK_EU_URL: customerio.origins.eu,
      CUSTOMERIO_APP_US_URL: customerio.origins.us,
      CUSTOMERIO_APP_EU_URL: customerio.origins.eu,
    },
  });
  const { env } = surroundings;
  secrets.set("the model's key", OPENAI_KEY);
  secrets.set("the operator's token", OPERATOR_TOKEN);
  secrets.set("the integration's secret", env.KOMMO_CLIENT_SECRETS!);
  secrets.set("the key of sealing", env.SECRET_KEYS!.slice("k1:".length));
  secrets.set(
    "the key of sealing, in bytes",
    Buffer.from(secrets.get("the key of sealing")!, "base64").toString("hex"),
  );
  for (const [at, key] of new Sealing(surroundings.config).signingKeys("session").entries()) {
    secrets.set(`the key of sessions ${at}`, key.toString("hex"));
  }
  server = run("main", "");
  await until("the server is up", () => said.includes("listens on"));
  account = await surroundings.install();
  await everythingIsUsed();
  await everythingFails();
  await keepSealed();
});
afterAll(async () => {
  server?.kill("SIGKILL");
  await surroundings?.stop();
  await customerio?.stop();
});

/** What it prints is kept. */
function run(command: "main" | "connect", input: string, args: string[] = []): ChildProcess {
  const env = { PATH: process.env.PATH ?? "", ...surroundings.env };
  const child = spawn(process.execPath, [`${DIST}${command}.js`, ...args], { env });
  child.stdin.end(input);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += chunk;
    });
  }
  return child;
}

/** Every secret that the server has sealed so far, opened: tokens, codes and keys are gathered before they are replaced. */
async function keepSealed() {
  const sealing = new Sealing(surroundings.config);
  const columns = await surroundings.database.look<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
      WHERE table_schema = 'public' AND column_name LIKE '%\\_sealed'`,
  );
  expect(columns.length).toBeGreaterThan(7);
  for (const { table, column } of columns) {
    const rows = await surroundings.database.look<{ sealed: string }>(
      `SELECT ${column} AS sealed FROM ${table} WHERE ${column} <> ''`,
    );
    for (const { sealed } of rows) {
      const opened = sealing.open(sealed);
      const parts = opened.startsWith("{") ? Object.entries(JSON.parse(opened)) : [["", opened]];
      for (const [part, secret] of parts) {
        if (String(secret).length < 16 || String(part).endsWith("At")) continue;
        secrets.set(`${table}.${column} ${part} ${secrets.size}`, String(secret));
      }
    }
  }
}

async function everythingIsUsed() {
  const { kommo, config, database } = surroundings;
  const { accountId, adminId } = account;
  const wish = { account: accountId, user_id: adminId };
  await keepSealed();

  const first = oneTimeToken(surroundings, accountId, adminId);
  secrets.set("a one-time token", first);
  const session = await ask(surroundings, "/api/session", { method: "POST", oneTimeToken: first });
  expect(session.status).toBe(201);
  const admin = await Browser.open(surroundings, accountId, adminId);
  secrets.set("a session", admin.session.token);

  // Connected again by the settings' button, by a long-lived token, and by the first way.
  const { body } = await admin.ask("/api/connect", { method: "POST" });
  const state = new URL((body as { url: string }).url).searchParams.get("state")!;
  secrets.set("an OAuth state", state);
  const { redirect_url, code } = await kommo.control.oauth.grant({ ...wish, state });
  secrets.set("a code of OAuth", code!);
  expect(await (await fetch(redirect_url)).text()).toContain("Connected");
  await keepSealed();
  const longLived = kommo.control.oauth.longLivedToken(wish).access_token;
  secrets.set("a long-lived token", longLived);
  const { host } = kommo.control.accounts.show({ account: accountId });
  expect(await once(run("connect", longLived, ["--host", host]), "exit")).toEqual([0, null]);
  await keepSealed();

  const workspace = customerio.control.workspaces.create({});
  const keys = {
    siteId: workspace.site_id,
    trackKey: workspace.track_keys[0]!,
    appKey: workspace.app_keys[0]!,
    signingKey: customerio.control.webhooks.signingKey({ workspace: workspace.id }).key,
  };
  const { connection } = await admin.send(ConnectionAnswer, "/api/engagement/connection", {
    method: "PUT",
    body: keys,
  });
  await admin.send(ConnectionAnswer, "/api/engagement/webhook", {});
  expect(connection).not.toBeNull();
  const wrong = random();
  secrets.set("a key that Customer.io refuses", wrong);
  const refused = await admin.ask("/api/engagement/connection", { method: "PUT", body: { ...keys, trackKey: wrong } });
  expect(refused.status).toBeGreaterThanOrEqual(400);

  const login = await admin.send(BiSecret, "/api/bi", {});
  secrets.set("a password for BI tools", login.password);
  await admin.send(IntakeKeys, "/api/intake/keys", { body: { name: "Own server", isTrusted: true } });
  const made = await admin.send(IntakeKeys, "/api/intake/keys", { body: { name: "Page" } });
  await keepSealed();
  for (const { id, url } of made.keys) {
    await send(url, JSON.stringify({ person: { name: "Ana", email: PERSONAL.get("an address") } }));
    await admin.ask(`/api/intake/keys/${id}/rotate`, { method: "POST" });
  }
  const { body: pipeline } = await admin.ask("/api/gates/digital-pipeline");
  const { url, key } = pipeline as { url: string; key: string };
  secrets.set("the key of the Digital Pipeline", key);
  const action = { account_id: accountId, event: {}, action: { settings: { widget: { settings: { key } } } } };
  expect((await send(url, JSON.stringify(action))).status).toBe(200);

  for (const token of [OPERATOR_TOKEN, random()]) {
    await ask(surroundings, "/metrics", { token });
    await ask(surroundings, `/operator/accounts/${accountId}/stuck`, { token });
  }
  operator = new OperatorBrowser({ url: config.PUBLIC_URL });
  const mistyped = random();
  secrets.set("a mistyped token of the operator's", mistyped);
  await operator.signIn(mistyped);
  await operator.signIn(OPERATOR_TOKEN);
  secrets.set("a session of the operator's", operator.cookie.slice(operator.cookie.indexOf("=") + 1));
  const lead = kommo.control.leads.create({
    account: accountId,
    name: "Roof",
    note: PERSONAL.get("a note")!,
    contact: { name: "Ana", email: PERSONAL.get("an address")! },
  });
  await until("it is judged", async () => {
    const rows = await database.look("SELECT FROM verdict WHERE account_id = $1 AND lead_id = $2", [
      accountId,
      lead.id,
    ]);
    return rows.length > 0;
  });
  await admin.ask(`/api/leads/${lead.id}/card`);
  expect(config.LOG_LEVEL).toBe("debug");
}

const send = (url: string, body: string) =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });

/** What fails is what gets logged. */
async function everythingFails() {
  const { kommo, openai, database, config } = surroundings;
  const { accountId, adminId } = account;
  const admin = await Browser.open(surroundings, accountId, adminId);
  const at = (path: string) => new URL(path, config.PUBLIC_URL).href;

  // A body that cannot be read, at each address that has a key in it, and addresses that are not quite right.
  const { destination } = Object.values(kommo.control.hooks.list({ account: accountId }))[0]!;
  secrets.set("the key of Kommo's webhooks", new URL(destination).pathname.split("/").at(-1)!);
  const { keys } = await admin.get(IntakeKeys, "/api/intake/keys");
  const { connection } = await admin.get(ConnectionAnswer, "/api/engagement/connection");
  const addresses = [destination, connection!.webhookUrl, ...keys.map(({ url }) => url)];
  for (const address of addresses) {
    for (const end of ["", "%", "/../x", "?again=1"]) await send(`${address}${end}`, "{not json");
  }
  const bearer = `${admin.session.token}x`;
  for (const token of [bearer, "x".repeat(9_000)]) await ask(surroundings, "/api/settings", { token });
  await ask(surroundings, `/api/settings?access_token=${admin.session.token}`, { headers: { cookie: `a=${bearer}` } });
  const code = random();
  secrets.set("a code that Kommo refuses", code);
  const query = new URLSearchParams({ code, referer: kommo.control.accounts.show({ account: accountId }).host });
  query.set("client_id", config.KOMMO_CLIENT_ID!);
  query.set("from_widget", "1");
  await fetch(at(`/oauth/kommo/callback?${query}`));
  await until("the code is refused", () => said.includes("did not connect"));

  // The database refuses a secret's row, and says what stood in it.
  await database.look("ALTER TABLE intake_key ADD CONSTRAINT never CHECK (false) NOT VALID");
  expect((await admin.ask("/api/intake/keys", { method: "POST", body: { name: "No more" } })).status).toBe(500);
  await database.look("ALTER TABLE intake_key DROP CONSTRAINT never");

  for (const name of ["401", "429_quota", "500"] as const) {
    openai.control.queue({ name });
    await admin.ask("/api/setup/check-model", { method: "POST" });
  }
  // Refused at last: the account has to be connected again, and says so.
  await kommo.control.oauth.revoke({ account: accountId, silently: true });
  kommo.control.leads.create({ account: accountId, name: "After it was revoked" });
  await until("the log says that it has to be reconnected", () => said.includes("has to be reconnected"));
}

test("the search finds a secret in each form, also in the middle of other words", () => {
  const hidden = new Map([["it", "a-Secret/of+Ours=?"]]);
  for (const before of ["", "a", "ab", "abc", "user:"]) {
    const text = `${before}a-Secret/of+Ours=?:b`;
    for (const form of [
      text,
      encodeURIComponent(text),
      Buffer.from(text).toString("hex"),
      Buffer.from(text).toString("hex").toUpperCase(),
      Buffer.from(text).toString("base64"),
      Buffer.from(text).toString("base64url"),
    ]) {
      expect(secretsIn(`"${form}"`, hidden), form).toEqual(["it"]);
    }
  }
  expect(secretsIn("a-Secret/of+Hers=?", hidden)).toEqual([]);
  expect(formsOf("a-Secret/of+Ours=?").every((form) => form.length > 12)).toBe(true);
});

test("every kind of secret was in use", () => {
  const kinds = new Set([...secrets.keys()].map((name) => name.replace(/ \d+$/, "")));
  expect([...kinds].filter((kind) => kind.includes("_sealed")).sort()).toMatchObject(
    expect.arrayContaining([
      "account.dp_key_sealed ",
      "account.path_key_sealed ",
      "customerio_connection.app_key_sealed ",
      "customerio_connection.path_key_sealed ",
      "customerio_connection.signing_key_sealed ",
      "customerio_connection.track_key_sealed ",
      "intake_key.key_sealed ",
      "oauth_grant.access_sealed ",
      "oauth_grant.refresh_sealed ",
    ]),
  );
  expect(secrets.size).toBeGreaterThan(25);
});

test("no log line holds a secret, or what a person has said", () => {
  expect(said.split("\n").length).toBeGreaterThan(10);
  expect(secretsIn(said, secrets)).toEqual([]);
  expect(secretsIn(said, PERSONAL)).toEqual([]);
});

test("no page of the operator's shows a secret, nor do the metrics", async () => {
  const pages = ["", `/accounts/${account.accountId}`, "/stuck", "/audit", "/queues"].map((path) => `/operator${path}`);
  const shown = await Promise.all(pages.map(async (page) => (await operator.get(page)).text()));
  expect(shown[0]).toContain(String(account.accountId));
  const metrics = await ask(surroundings, "/metrics", { token: OPERATOR_TOKEN });
  expect(metrics.status).toBe(200);
  expect(secretsIn([...shown, metrics.body].join("\n"), secrets)).toEqual([]);
});

test("no table of the database holds a secret, for the superuser either", async () => {
  const tables = await surroundings.database.look<{ name: string }>(
    "SELECT c.oid::regclass::text AS name FROM pg_class c WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace",
  );
  expect(tables.length).toBeGreaterThan(40);
  const found: Record<string, string[]> = {};
  for (const { name } of [...tables, { name: "pg_authid" }, { name: "pg_stat_activity" }]) {
    const rows = await surroundings.database.look<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
    const secret = secretsIn(rows.map(({ row }) => row).join("\n"), secrets);
    if (secret.length > 0) found[name] = secret;
  }
  expect(found).toEqual({});
});

test("Redis holds no secret, and nothing that a person has said", async () => {
  const redis = new Redis(surroundings.env.REDIS_URL!);
  const keys = await redis.keys("*");
  const held = await Promise.all(keys.map(async (key) => `${key} ${await contentOf(redis, key)}`));
  await redis.quit();
  expect(held.length).toBeGreaterThan(0);
  expect(secretsIn(held.join("\n"), secrets)).toEqual([]);
  expect(secretsIn(held.join("\n"), PERSONAL)).toEqual([]);
});

async function contentOf(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case "string":
      return (await redis.get(key)) ?? "";
    case "hash":
      return JSON.stringify(await redis.hgetall(key));
    case "list":
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case "set":
      return JSON.stringify(await redis.smembers(key));
    case "zset":
      return JSON.stringify(await redis.zrange(key, 0, -1, "WITHSCORES"));
    case "stream":
      return JSON.stringify(await redis.xrange(key, "-", "+"));
    default:
      return "";
  }
}
