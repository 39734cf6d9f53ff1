import { request } from "node:http";
import { ConnectAddress } from "@dealscope/shared/session";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OAuthState } from "../src/installation/oauth-state.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { oneTimeToken } from "./widget-api-kit.ts";
import { CLIENT_ID, startWorld, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world);
});
afterAll(() => world?.stop());

const control = () => world.kommo.control;
const exchanges = () => control().ledger.summary().requests.routes["POST /oauth2/access_token"]?.requests ?? 0;
const callbacks = () => account.look("SELECT id FROM install_callback");
const newState = (of = account) => world.server.app.get(OAuthState).issue(of.id, of.installed.adminId);

/** Where the browser of a person comes back to who has allowed it. */
async function returning(state: string, of = account): Promise<URL> {
  return new URL((await control().oauth.grant({ account: of.id, user_id: of.installed.adminId, state })).redirect_url);
}

async function open(url: URL): Promise<{ status: number; text: string; location: string | null }> {
  const answer = await fetch(url, { redirect: "manual" });
  return { status: answer.status, text: await answer.text(), location: answer.headers.get("location") };
}

describe("a state lets one window in", () => {
  test("and no second one, with whatever code", async () => {
    const state = newState();
    expect((await open(await returning(state))).text).toContain("Dealscope is connected");
    const [rows, asked] = [await callbacks(), exchanges()];
    const again = await open(await returning(state));
    expect([again.status, again.text]).toEqual([400, expect.stringContaining("This link was used already")]);
    expect(await callbacks()).toEqual(rows);
    expect(exchanges()).toBe(asked);
  });

  test("of many that come at once, in two processes", async () => {
    const other = await world.startAnother({ ROLE: "web" });
    const state = newState();
    const urls = await Promise.all(Array.from({ length: 10 }, () => returning(state)));
    const answers = await Promise.all(
      urls.map((url, n) => open(n % 2 === 0 ? url : new URL(url.pathname + url.search, other.url))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 9 }, () => 400)]);
  });

  test("and none after a restore that was opened before it: whether it has been used is not known any more", async () => {
    const state = newState();
    await account.look("INSERT INTO restoration (last_write) VALUES (0)");
    const [old, fresh] = [await open(await returning(state)), await open(await returning(newState()))];
    await account.look("DELETE FROM restoration");
    expect([old.status, fresh.status]).toEqual([400, 200]);
  });

  test("that has failed is not opened by it either: its code may be in other hands", async () => {
    const state = newState();
    const wrong = await returning(state);
    wrong.searchParams.set("code", "def502_of_somebody_else");
    expect((await open(wrong)).text).toContain("Not connected");
    expect((await open(await returning(state))).status).toBe(400);
  });

  test("and a window that never knew a Kommo host or client costs nobody the state", async () => {
    const state = newState();
    for (const change of [{ referer: "evil.example" }, { client_id: "another" }, { code: "" }]) {
      const url = await returning(state);
      for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value);
      expect((await open(url)).status).toBe(400);
    }
    expect((await open(await returning(state))).text).toContain("Dealscope is connected");
  });

  test("of its own account, whose neighbour's window is not hindered by it", async () => {
    const neighbour = await installAccount(world);
    const [ours, theirs] = [newState(), newState(neighbour)];
    expect((await open(await returning(ours))).status).toBe(200);
    expect((await open(await returning(theirs, neighbour))).text).toContain("Dealscope is connected");
  });
});

// More of them stand in oauth.test.ts; these are about how a name can be written.
test.each([
  "acme.kommo.com.",
  "acme.kommo.com\\@evil.example",
  "evil.example\\.kommo.com",
  "evil.example%2f.kommo.com",
  "evil.example%00.kommo.com",
  "acme.ķommo.com",
  "acme.кommo.com",
  "ａcme.kommo.com",
  "acme．kommo.com",
  "xn--kmmo-1na.com",
  "acme.kommo.com:443",
  "//acme.kommo.com",
  "http://acme.kommo.com",
  "https:acme.kommo.com",
  "https://acme.kommo.com//",
  "https://https://acme.kommo.com",
  "[::1].kommo.com",
  "127.0.0.1.kommo.com",
  "2130706433",
  "0x7f000001",
  "a_b.kommo.com",
  `${"a".repeat(64)}.kommo.com`,
  "acme.kommo.com\r\nHost: evil.example",
])("the host %j is refused under both of its names before any secret leaves", async (host) => {
  const [rows, asked] = [await callbacks(), exchanges()];
  for (const name of ["referer", "referrer"]) {
    for (const from_widget of [true, false]) {
      const query = new URLSearchParams({ code: "def502", client_id: CLIENT_ID, [name]: host });
      if (from_widget) query.set("from_widget", "1");
      else query.set("state", newState());
      expect((await open(new URL(`/oauth/kommo/callback?${query}`, world.config.PUBLIC_URL))).status).toBe(400);
    }
  }
  expect(await callbacks()).toEqual(rows);
  expect(exchanges()).toBe(asked);
});

describe("nobody is led to another site", () => {
  const EVIL = "https://evil.example/";
  const names = [
    "redirect_uri",
    "redirect",
    "next",
    "return_to",
    "returnUrl",
    "continue",
    "url",
    "RelayState",
    "target",
  ];

  test("by what is written into the address of a callback", async () => {
    const urls = [await returning(newState()), new URL("/oauth/kommo/callback?error=denied", world.config.PUBLIC_URL)];
    for (const url of urls) {
      for (const name of [...names, "error_description", "error_uri"]) url.searchParams.set(name, EVIL);
      const { status, text, location } = await open(url);
      expect([status, location]).toEqual([200, null]);
      expect(text).not.toContain("evil.example");
    }
  });

  test.each([
    "//evil.example",
    "/\\evil.example",
    "/https://evil.example",
    "/%2f%2fevil.example",
    "/.//evil.example/..",
  ])("by the path %s", async (path) => {
    for (const folder of ["", "/api", "/oauth/kommo/callback", "/health", "/intake"]) {
      const answer = await fetch(`${world.config.PUBLIC_URL}${folder}${path}`, { redirect: "manual" });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get("location")).toBeNull();
    }
  });

  test("by the host that a request names: addresses are made of what the server was told it is", async () => {
    const { port } = new URL(world.config.PUBLIC_URL);
    const token = oneTimeToken(world, account.id, account.installed.adminId);
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = {
        host: "evil.example",
        "x-forwarded-host": "evil.example",
        "x-forwarded-proto": "https",
        forwarded: "host=evil.example",
        "x-auth-token": token,
      };
      request({ port, path: "/api/connect", method: "POST", headers }, async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve(text);
      })
        .on("error", reject)
        .end();
    });
    const { url } = ConnectAddress.parse(JSON.parse(answer));
    expect(url).not.toContain("evil.example");
    expect(new URL(url).origin).toBe(new URL(world.kommo.origin).origin);
  });

  test("by a page of the callback that repeats what it was sent", async () => {
    const script = "<script>alert(1)</script>";
    const query = { code: script, state: script, referer: script, client_id: script, error_description: script };
    const more: Record<string, string>[] = [{}, { client_id: CLIENT_ID }, { error: script }];
    for (const change of more) {
      const url = new URL("/oauth/kommo/callback", world.config.PUBLIC_URL);
      url.search = String(new URLSearchParams({ ...query, ...change }));
      expect((await open(url)).text).not.toContain("alert(1)");
    }
  });
});

test("who was let ask does not ask without end, and keeps no other account waiting by naming its host", async () => {
  const neighbour = await installAccount(world);
  await account.look(
    `INSERT INTO install_callback (code_sealed, host, from_widget, account_id_found, due_at)
     SELECT '', host, false, $2, now() + interval '1 hour' FROM account, generate_series(1, 5) WHERE account_id = $1`,
    [neighbour.id, account.id],
  );
  expect((await open(await returning(newState()))).status).toBe(503);
  expect((await open(await returning(newState(neighbour), neighbour))).text).toContain("Dealscope is connected");
  await account.look("DELETE FROM install_callback WHERE due_at > now() + interval '30 minutes'");
});

test("strangers who flood the callback keep nobody waiting whom we have let ask", async () => {
  const [{ host } = { host: "" }] = await account.look<{ host: string }>(
    "SELECT host FROM account WHERE account_id = $1",
    [account.id],
  );
  await account.look(
    `INSERT INTO install_callback (code_sealed, host, from_widget, due_at)
     SELECT '', $1, true, now() + interval '1 hour' FROM generate_series(1, 500)`,
    [host],
  );
  const query = new URLSearchParams({ code: "def502", client_id: CLIENT_ID, from_widget: "1" });
  query.set("referer", host);
  const flood = Array.from({ length: 130 }, () =>
    open(new URL(`/oauth/kommo/callback?${query}`, world.config.PUBLIC_URL)),
  );
  expect(new Set((await Promise.all(flood)).map(({ status }) => status))).toEqual(new Set([503]));
  expect((await open(await returning(newState()))).text).toContain("Dealscope is connected");
  await account.look("DELETE FROM install_callback WHERE due_at > now() + interval '30 minutes'");
});
