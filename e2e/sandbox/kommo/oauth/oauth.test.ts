import { createHmac } from "node:crypto";
import * as http from "node:http";
import { jwtVerify } from "jose";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { KommoSandbox } from "../start.ts";
import { type Connected, clientOf, connected, type Receiver, receiver, request } from "../test-kit.ts";
import type { Integration } from "./integration.ts";

let acme: Connected;
let kommo: KommoSandbox;
let inbox: Receiver;
let integration: Integration;

beforeEach(async () => {
  [acme, inbox] = await Promise.all([connected(), receiver()]);
  kommo = acme.kommo;
  integration = kommo.control.oauth.integration({
    client_id: "ours",
    redirect_uri: `${inbox.url}/callback`,
    uninstall_url: `${inbox.url}/bye`,
  });
});
afterEach(async () => {
  await kommo.stop();
  await inbox.stop();
});

const token = (body: object) => {
  const { client_id, client_secret, redirect_uri } = integration;
  return request(kommo.origin, "POST", "/oauth2/access_token", { client_id, client_secret, redirect_uri, ...body });
};
const exchange = (code: string | null) => token({ grant_type: "authorization_code", code });
const refresh = (refresh_token: string) => token({ grant_type: "refresh_token", refresh_token });
const grant = (wish: Parameters<typeof kommo.control.oauth.grant>[0] = {}) =>
  kommo.control.oauth.grant({ client_id: "ours", ...wish });
const connect = async () => (await exchange((await grant()).code)).body;

it("sends the browser back with code, referer, client_id and the state it was given", async () => {
  const { redirect_url } = await grant({ state: "s1" });
  const { searchParams } = new URL(redirect_url);
  expect(Object.fromEntries(searchParams)).toEqual({
    code: expect.any(String),
    referer: "acme.kommo.com",
    client_id: "ours",
    state: "s1",
  });
  const denied = new URL((await grant({ state: "s1", decision: "deny" })).redirect_url);
  expect(Object.fromEntries(denied.searchParams)).toEqual({ error: "access_denied", client_id: "ours", state: "s1" });
});

it("lets a person decide on the consent page", async () => {
  const page = await request(kommo.origin, "GET", "/oauth?client_id=ours&state=s2&mode=post_message");
  const [, href] = /href="([^"]+allow)"/.exec(page.body)!;
  const answer = await request(kommo.origin, "GET", href!.replaceAll("&amp;", "&"));
  expect(answer.status).toBe(302);
  expect(new URL(answer.headers.get("location")!).searchParams.get("state")).toBe("s2");
});

it("calls the redirect URI itself for an install from the widget: no state, once, whatever the answer", async () => {
  inbox.answer = (response) => response.writeHead(500).end();
  const { status } = await grant({ from_widget: true, state: "never sent" });
  expect(status).toBe(500);
  const query = Object.fromEntries(new URL(inbox.received[0]!.url, inbox.url).searchParams);
  expect(query).toEqual({ code: expect.any(String), referer: "acme.kommo.com", client_id: "ours", from_widget: "1" });
  expect(inbox.received).toHaveLength(1);
});

it("exchanges a code once, and within 20 minutes", async () => {
  const { code } = await grant();
  const pair = await exchange(code);
  expect(pair).toMatchObject({ status: 200, body: { token_type: "Bearer", expires_in: 86400 } });
  expect(await exchange(code)).toMatchObject({ status: 400, body: { hint: "Authorization code has been revoked" } });
  const late = await grant();
  kommo.control.clock.advance({ seconds: 20 * 60 });
  expect(await exchange(late.code)).toMatchObject({ status: 400, body: { hint: "Authorization code has expired" } });
});

it("takes the token request as a form too", async () => {
  const { client_id, client_secret, redirect_uri } = integration;
  const { code } = await grant();
  const body = new URLSearchParams({
    client_id,
    client_secret,
    redirect_uri,
    grant_type: "authorization_code",
    code: code!,
  }).toString();
  const answer = await request(kommo.origin, "POST", "/oauth2/access_token", body, {
    "content-type": "application/x-www-form-urlencoded",
  });
  expect(answer.status).toBe(200);
});

it("wants the configured redirect URI and the secret in both grants", async () => {
  const { code } = await grant();
  expect(await token({ grant_type: "authorization_code", code, redirect_uri: "https://evil.example" })).toMatchObject({
    status: 400,
  });
  expect(await token({ grant_type: "authorization_code", code, client_secret: "wrong" })).toMatchObject({
    status: 401,
  });
  const { refresh_token } = await connect();
  expect(await token({ grant_type: "refresh_token", refresh_token, redirect_uri: undefined })).toMatchObject({
    status: 400,
  });
});

it("rotates the refresh token; the old one is dead at once", async () => {
  const first = await connect();
  const second = await refresh(first.refresh_token);
  expect(second.status).toBe(200);
  const reused = await refresh(first.refresh_token);
  expect(reused).toMatchObject({
    status: 401,
    body: { hint: "Token has been revoked", type: "https://developers.amocrm.ru/v3/errors/OAuthProblemJson" },
  });
  expect((await refresh(second.body.refresh_token)).status).toBe(200);
});

it("or lets the old refresh token live until the new one is used, as a switch", async () => {
  kommo.control.switches.set({ oldRefreshToken: "lives-until-new-is-used" });
  const first = await connect();
  const lost = await refresh(first.refresh_token);
  const again = await refresh(first.refresh_token);
  expect(again.status).toBe(200);
  expect((await refresh(lost.body.refresh_token)).body.hint).toBe("Token has been revoked");
  expect((await refresh(again.body.refresh_token)).status).toBe(200);
  expect((await refresh(first.refresh_token)).body.hint).toBe("Token has been revoked");
});

it("gives access tokens that say whose they are and die after a day", async () => {
  const { access_token } = await connect();
  const claims = JSON.parse(Buffer.from(access_token.split(".")[1], "base64url").toString());
  expect(claims).toMatchObject({
    aud: "ours",
    sub: String(acme.admin),
    account_id: acme.account.id,
    base_domain: "kommo.com",
    api_domain: "api-a.kommo.com",
  });
  expect(claims.scopes).toContain("list_external_messages");
  const api = clientOf(kommo.origin, access_token);
  expect((await api("GET", "/account")).body.id).toBe(acme.account.id);
  kommo.control.clock.advance({ seconds: 86_400 });
  expect(await api("GET", "/account")).toMatchObject({ status: 401, type: expect.stringContaining("problem+json") });
});

it("lets a refresh token die after three idle months", async () => {
  const { refresh_token } = await connect();
  kommo.control.clock.advance({ seconds: 90 * 86_400 });
  expect((await refresh(refresh_token)).body.hint).toBe("Token has expired");
});

it("ends all tokens on uninstall and tells so with a signed GET", async () => {
  const pair = await connect();
  await kommo.control.oauth.uninstall({ client_id: "ours" });
  const url = new URL(inbox.received[0]!.url, inbox.url);
  const signature = createHmac("sha256", integration.client_secret).update(`ours|${acme.account.id}`).digest("hex");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_uuid: "ours",
    account_id: String(acme.account.id),
    signature,
  });
  expect(inbox.received[0]!.method).toBe("GET");
  expect((await clientOf(kommo.origin, pair.access_token)("GET", "/account")).status).toBe(401);
  expect((await refresh(pair.refresh_token)).body.hint).toBe("Token has been revoked");
  expect((await connect()).access_token).toBeTruthy();
});

it("can revoke one user and leave the others", async () => {
  const admin = await connect();
  const rep = (await exchange((await grant({ user_id: acme.rep })).code)).body;
  await kommo.control.oauth.revoke({ client_id: "ours", user_id: acme.rep });
  expect((await clientOf(kommo.origin, rep.access_token)("GET", "/account")).status).toBe(401);
  expect((await clientOf(kommo.origin, admin.access_token)("GET", "/account")).status).toBe(200);
});

it("says where a renamed account has moved; its old host is nobody's", async () => {
  const { refresh_token } = await connect();
  kommo.control.accounts.rename({ account: "acme", subdomain: "acme-new" });
  const old = await hosted("acme.kommo.com", "/api/v4/account");
  expect(old).toBe(404);
  const answer = await request(kommo.origin, "GET", "/oauth2/account/current/subdomain", undefined, {
    "x-refresh-token": refresh_token,
  });
  expect(answer.body).toEqual({
    id: acme.account.id,
    subdomain: "acme-new",
    domain: "acme-new.kommo.com",
    top_level_domain: "kommo.com",
  });
});

it("refuses a token on another account's host", async () => {
  const { access_token } = await connect();
  kommo.control.accounts.create({ subdomain: "other" });
  expect(await hosted("acme.kommo.com", "/api/v4/account", access_token)).toBe(200);
  expect(await hosted("other.localhost", "/api/v4/account", access_token)).toBe(401);
});

it("gives no tokens and no API on the host where people sign in", async () => {
  const { access_token } = await connect();
  expect(await hosted("www.kommo.com", "/oauth?client_id=ours")).toBe(200);
  expect(await hosted("www.kommo.com", "/api/v4/account", access_token)).toBe(404);
  expect(await hosted("api-a.kommo.com", "/api/v4/account", access_token)).toBe(200);
});

it("signs one-time tokens of the widget with the secret", async () => {
  const { token: jwt } = kommo.control.oauth.oneTimeToken({ client_id: "ours", user_id: acme.rep });
  const { payload } = await jwtVerify(jwt, Buffer.from(integration.client_secret), { algorithms: ["HS256"] });
  expect(payload).toMatchObject({
    iss: "https://acme.kommo.com",
    aud: "http://127.0.0.1",
    account_id: acme.account.id,
    user_id: acme.rep,
    client_uuid: "ours",
    is_admin: false,
  });
  expect(payload.exp! - payload.iat!).toBe(1800);
  expect(integration.client_secret).toHaveLength(64);
});

function hosted(host: string, path: string, access_token = "none"): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const headers = { host, authorization: `Bearer ${access_token}` };
  http.get(kommo.origin + path, { headers, agent: false }, (answer) => {
    answer.resume();
    resolve(answer.statusCode ?? 0);
  });
  return promise;
}
