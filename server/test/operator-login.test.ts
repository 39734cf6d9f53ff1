import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OperatorToken } from "../src/operations/operator-token.ts";
import { Retention } from "../src/operations/retention.ts";
import { OPERATOR_TOKEN, OperatorBrowser } from "./operator-kit.ts";
import { startWorld, type World } from "./world.ts";

const WRONG = "another-token-of-the-same-length";

let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { OPERATOR_TOKEN } });
});
afterAll(() => world?.stop());

const PAGES = [
  "/operator",
  "/operator/stuck",
  "/operator/audit",
  "/operator/accounts/1",
  "/operator/queues/",
  "/operator/queues/api/queues",
  "/operator/queues/static/favicon.ico",
];
const FORMS = [
  "/operator/sign-out",
  "/operator/accounts/1/forms/retry",
  "/operator/accounts/1/forms/erase-person",
  "/operator/accounts/1/forms/erase-account",
];

/** The proxy beside us says whose request it is. */
const from = (address: string) => new OperatorBrowser(world.server, { "x-forwarded-for": address });
const signedIn = async (browser = new OperatorBrowser(world.server)) => {
  expect((await browser.signIn()).status).toBe(303);
  return browser;
};
const audited = async () =>
  (
    await world.database.look<{ told: string }>(
      "SELECT trim(concat_ws(' ', actor, action, subject)) AS told FROM operator_audit",
    )
  ).map(({ told }) => told);

test.each(PAGES)("%s leads to the form for signing in who is not signed in", async (page) => {
  const browser = new OperatorBrowser(world.server);
  const answer = await browser.get(page);
  expect(answer.status).toBe(303);
  expect(answer.headers.get("location")).toBe(`/operator/sign-in?to=${encodeURIComponent(page)}`);
});

test.each(FORMS)("%s does nothing for who is not signed in", async (form) => {
  const answer = await new OperatorBrowser(world.server).post(form, { formKey: "x", item: "all" });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/operator/sign-in?to=%2Foperator"]);
});

test("without OPERATOR_TOKEN there is nothing of it, whatever is sent", async () => {
  const bare = new OperatorBrowser(await world.startAnother({ OPERATOR_TOKEN: "" }));
  bare.cookie = (await signedIn()).cookie;
  for (const page of [...PAGES, "/operator/sign-in", "/operator/style.css"]) {
    expect((await bare.get(page)).status, page).toBe(404);
  }
  for (const form of [...FORMS, "/operator/sign-in"])
    expect((await bare.post(form, { token: "" })).status, form).toBe(404);
});

test("the right token opens the page that was wanted, by a cookie that scripts and other sites cannot use", async () => {
  const browser = new OperatorBrowser(world.server);
  const answer = await browser.signIn(OPERATOR_TOKEN, { to: "/operator/audit?q=Ana" });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/operator/audit?q=Ana"]);
  expect(answer.headers.get("set-cookie")).toMatch(
    /^dealscope-operator=\S+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  expect((await browser.get("/operator")).status).toBe(200);
  expect(await audited()).toContain("operator Ana signed in from 127.0.0.1");
});

test("under https the cookie is for https only, and for no neighbouring host to set", async () => {
  const browser = new OperatorBrowser(await world.startAnother({ PUBLIC_URL: "https://dealscope.example.com" }));
  const cookie = (await browser.signIn()).headers.get("set-cookie");
  expect(cookie).toMatch(/^__Host-dealscope-operator=\S+; Max-Age=28800; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  expect((await browser.get("/operator")).status).toBe(200);
});

test.each([
  "https://evil.example/",
  "//evil.example/",
  "/operator//evil.example",
  "/operator\\evil",
  "/operator?x=\r\nset-cookie: a=b",
  "/oauth/kommo/callback",
  "/operators",
])("after signing in nobody is led to %j", async (to) => {
  const answer = await new OperatorBrowser(world.server).signIn(OPERATOR_TOKEN, { to });
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/operator"]);
});

test("a wrong token opens nothing, is not shown again, and is written down without it", async () => {
  const browser = from("203.0.113.1");
  const answer = await browser.signIn(WRONG);
  expect(answer.status).toBe(401);
  expect(answer.headers.get("set-cookie")).toBeNull();
  const page = await answer.text();
  expect(page).toContain("This is not the operator&#x27;s token.");
  expect(page).not.toContain(WRONG);
  expect(await audited()).toContain("somebody sign-in refused from 203.0.113.1");
});

test.each(["[1]", '"x"', "null", '{"token": {"$ne": 1}, "name": ["Ana"]}'])(
  "%s instead of a form opens nothing",
  async (body) => {
    const answer = await fetch(new URL("/operator/sign-in", world.server.url), {
      method: "POST",
      body,
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.6" },
    });
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
  },
);

test("where somebody was when he signed in is said by a proxy of ours, and by nobody else", async () => {
  const other = await world.startAnother({ TRUSTED_PROXIES: "192.0.2.1" });
  const browser = new OperatorBrowser(other, { "x-forwarded-for": "203.0.113.9" });
  expect((await browser.signIn(OPERATOR_TOKEN, { name: "Ben" })).status).toBe(303);
  expect(await audited()).toContain("operator Ben signed in from 127.0.0.1");
  expect((await from("203.0.113.9").signIn(OPERATOR_TOKEN, { name: "Cleo" })).status).toBe(303);
  expect(await audited()).toContain("operator Cleo signed in from 203.0.113.9");
});

test("who does not say his name is not let in", async () => {
  const browser = new OperatorBrowser(world.server);
  expect((await browser.signIn(OPERATOR_TOKEN, { name: " \u200b " })).status).toBe(400);
  expect(browser.cookie).toBe("");
});

test("after ten wrong tokens not even the right one is looked at from there, and elsewhere it is", async () => {
  for (let attempt = 0; attempt < 10; attempt++) expect((await from("203.0.113.2").signIn(WRONG)).status).toBe(401);
  const answer = await from("203.0.113.2").signIn();
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await answer.text()).toContain("Too many wrong tokens came from your address.");
  expect((await from("203.0.113.3").signIn()).status).toBe(303);
});

test("who has a whole network of addresses is one", async () => {
  for (let host = 0; host < 10; host++) await from(`2001:db8:1:1::${host}`).signIn(WRONG);
  expect((await from("2001:db8:1:1:ffff::1").signIn()).status).toBe(429);
  expect((await from("2001:db8:1:2::1").signIn()).status).toBe(303);
});

test("tokens are not guessed by the API either, and a scraper with an old token keeps nobody from signing in", async () => {
  const scrape = (token: string) => from("203.0.113.4").get("/metrics", { authorization: `Bearer ${token}` });
  for (let attempt = 0; attempt < 10; attempt++) expect((await scrape(WRONG)).status).toBe(401);
  const refused = await scrape(OPERATOR_TOKEN);
  expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
  expect((await from("203.0.113.4").signIn()).status).toBe(303);
});

test("the wrong tokens of many networks do not keep those of another from being counted", async () => {
  const token = world.server.app.get(OperatorToken);
  for (let n = 0; n < 700; n++) await token.isRight(WRONG, `10.${n >> 8}.${n & 255}.1`, "form");
  for (let attempt = 0; attempt < 10; attempt++) expect((await from("203.0.113.7").signIn(WRONG)).status).toBe(401);
  expect((await from("203.0.113.7").signIn()).status).toBe(429);
  expect((await from("203.0.113.8").signIn()).status).toBe(303);
});

test("right tokens are not counted", async () => {
  for (let attempt = 0; attempt < 15; attempt++) expect((await from("203.0.113.5").signIn()).status).toBe(303);
});

test("cookies that are made up, changed, unsigned or signed by another key open nothing", async () => {
  const genuine = (await signedIn()).cookie;
  const [name, value = ""] = genuine.split("=");
  const id = JSON.parse(Buffer.from(value.split(".")[1]!, "base64url").toString()).jti;
  const claims = { iss: "dealscope operator", jti: id };
  const forged = await new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("1h")
    .sign(Buffer.from(OPERATOR_TOKEN));
  const unsigned = new UnsecuredJWT(claims).setExpirationTime("1h").encode();
  const changed = `${value.slice(0, -3)}${value.endsWith("AAA") ? "BBB" : "AAA"}`;
  for (const other of ["", "x", id, forged, unsigned, changed, `${value}x`]) {
    const browser = new OperatorBrowser(world.server);
    browser.cookie = `${name}=${other}`;
    expect((await browser.get("/operator")).status, other).toBe(303);
  }
});

test("signing out ends the session also for who has copied the cookie", async () => {
  const browser = await signedIn();
  const thief = new OperatorBrowser(world.server);
  thief.cookie = browser.cookie;
  expect((await thief.get("/operator")).status).toBe(200);
  expect((await browser.send("/operator", "/operator/sign-out")).headers.get("location")).toBe("/operator/sign-in");
  expect((await thief.get("/operator")).status).toBe(303);
  expect(await audited()).toContain("operator Ana signed out");
});

test("a session ends by itself, and with the token it was begun by", async () => {
  const browser = await signedIn();
  const other = new OperatorBrowser(await world.startAnother({ OPERATOR_TOKEN: "the-token-that-came-after-it" }));
  other.cookie = browser.cookie;
  expect((await other.get("/operator")).status).toBe(303);
  await world.database.look("UPDATE operator_session SET ends_at = now()");
  expect((await browser.get("/operator")).status).toBe(303);
});

test("forms are taken from pages of the same session only", async () => {
  const [ours, theirs] = [await signedIn(), await signedIn()];
  const [, foreignKey = ""] = /name="formKey" value="([^"]+)"/.exec(await theirs.text("/operator")) ?? [];
  expect((await ours.post("/operator/sign-out", {})).status).toBe(403);
  expect((await ours.post("/operator/sign-out", { formKey: foreignKey })).status).toBe(403);
  const [, ownKey = ""] = /name="formKey" value="([^"]+)"/.exec(await ours.text("/operator")) ?? [];
  for (const site of ["cross-site", "same-site", "none"]) {
    const answer = await ours.post("/operator/sign-out", { formKey: ownKey }, { "sec-fetch-site": site });
    expect(answer.status, site).toBe(403);
  }
  expect((await ours.get("/operator")).status).toBe(200);
  const led = await new OperatorBrowser(world.server).post(
    "/operator/sign-in",
    { name: "Ana", token: OPERATOR_TOKEN },
    { "sec-fetch-site": "cross-site" },
  );
  expect([led.status, led.headers.get("set-cookie")]).toEqual([403, null]);
});

test("who follows a link in an alert is asked to come again from here, once, because a strict cookie is not shown then", async () => {
  const browser = new OperatorBrowser(world.server);
  const answer = await browser.get("/operator/accounts/1?a=1&b=2", { "sec-fetch-site": "cross-site" });
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain(
    '<meta http-equiv="refresh" content="0; url=/operator/accounts/1?a=1&amp;b=2"/>',
  );
  const again = await browser.get("/operator/accounts/1", { "sec-fetch-site": "same-origin" });
  expect(again.status).toBe(303);
});

test.each(["/operator/sign-in", ...PAGES])(
  "%s is kept by no browser, framed by nobody, and runs no script of others",
  async (page) => {
    const { headers } = await (await signedIn()).get(page);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    const policy = headers.get("content-security-policy")!;
    expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
    expect(policy).not.toMatch(/script-src(?! 'self';)|https?:|\*/);
  },
);

test("the audit cannot be filled by trying tokens", async () => {
  const refusals = async () => (await audited()).filter((told) => told.includes("refused")).length;
  for (let host = 0; host < 40; host++) await from(`198.51.100.${host}`).signIn(WRONG);
  expect(await refusals()).toBeLessThanOrEqual(30);
});

test("sessions that have ended and what was done long ago are tidied away", async () => {
  const browser = await signedIn();
  await world.database.look(
    "UPDATE operator_session SET ends_at = now() WHERE id <> (SELECT id FROM operator_session ORDER BY begun_at DESC LIMIT 1)",
  );
  await world.database.look("UPDATE operator_audit SET at = now() - interval '401 days' WHERE action <> 'signed out'");
  await world.server.app.get(Retention).pruneOfNoAccount();
  expect(await world.database.look("SELECT count(*) AS left FROM operator_session")).toEqual([{ left: 1 }]);
  expect(new Set(await audited())).toEqual(new Set(["operator Ana signed out"]));
  expect((await browser.get("/operator")).status).toBe(200);
});
