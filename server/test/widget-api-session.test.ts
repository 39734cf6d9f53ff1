import { ApiError } from "@dealscope/shared/api-error";
import { ConnectAddress, Session } from "@dealscope/shared/session";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, Browser, oneTimeToken, refusalIn, startApiWorld } from "./widget-api-kit.ts";
import { type Installed, until, type World } from "./world.ts";

let world: World;
let account: Installed;
let other: Installed;
beforeAll(async () => {
  world = await startApiWorld();
  account = await world.install();
  other = await world.install();
});
afterAll(() => world?.stop());

const open = (token: string | undefined) => ask(world, "/api/session", { method: "POST", oneTimeToken: token });
const token = (claims?: Record<string, unknown>) => oneTimeToken(world, account.accountId, account.adminId, claims);
const seconds = () => Math.floor(Date.now() / 1000);

test("Kommo's one-time token is traded for a session that names the user", async () => {
  const answer = await open(token());
  expect(answer.status).toBe(201);
  const session = Session.parse(answer.body);
  expect(session).toMatchObject({ accountStatus: "active", isAdmin: true, userName: "Kim Vale" });
  expect((await ask(world, "/api/queue", { token: session.token })).status).toBe(200);
});

test("a one-time token opens one session only, also when it is sent twice at once", async () => {
  const once = token();
  const answers = await Promise.all([open(once), open(once), open(once)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
  expect((await open(once)).status).toBe(401);
});

test("a token from before a restore opens nothing: whether it was used since the backup is not known any more", async () => {
  const issued = (secondsAgo: number) => open(token({ iat: seconds() - secondsAgo, nbf: seconds() - secondsAgo }));
  await world.database.look("INSERT INTO restoration VALUES (now() - interval '5 minutes', 0)");
  const [before, moments, after] = [await issued(301), await issued(250), await issued(200)];
  await world.database.look("DELETE FROM restoration");
  // Kommo's clock may be a minute ahead of ours.
  expect([before.status, moments.status, after.status]).toEqual([401, 401, 201]);
});

test("a widget that asks while the installation is being finished is answered when it is", async () => {
  const { kommo } = world;
  const fresh = kommo.control.accounts.create();
  const admin = fresh.users[0]!.id;
  kommo.control.faults.add({ match: { path: "/oauth2/access_token" }, times: 1, effect: { kind: "delay", ms: 400 } });
  await kommo.control.oauth.grant({ account: fresh.id, user_id: admin, from_widget: true });
  const answer = await open(oneTimeToken(world, fresh.id, admin));
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
});

test("an audience with a port is the same site as one without", async () => {
  expect((await open(token({ aud: world.config.PUBLIC_URL }))).status).toBe(201);
});

test("a clock that is half a minute off is no reason to refuse", async () => {
  expect((await open(token({ exp: seconds() - 30 }))).status).toBe(201);
  expect((await open(token({ nbf: seconds() + 30 }))).status).toBe(201);
});

test("a token of a user whom the account does not have is refused in the words of any wrong token", async () => {
  const answer = await open(token({ user_id: 999_999 }));
  expect(refusalIn(answer)).toEqual([401, "unauthorized"]);
  expect(ApiError.parse(answer.body).error.message).toBe("This session is not valid. Please open the widget again.");
});

test("a session of one account sees nothing of another", async () => {
  const { id } = world.kommo.control.leads.create({ account: other.accountId, name: "Theirs" });
  const stranger = await Browser.open(world, account.accountId, account.adminId);
  expect(await stranger.refusal(`/api/leads/${id}/card`)).toEqual([404, "not_found"]);
});

test("an account without Dealscope is told where an administrator connects it", async () => {
  const fresh = world.kommo.control.accounts.create({});
  const user = fresh.users[0]!.id;
  const answer = await open(oneTimeToken(world, fresh.id, user));
  expect(refusalIn(answer)).toEqual([409, "not_connected"]);
  const offered = new URL(ApiError.parse(answer.body).error.connectUrl!);
  expect(offered.pathname).toBe("/oauth");
  expect(offered.searchParams.get("client_id")).toBe(world.config.KOMMO_CLIENT_ID);
  expect(offered.searchParams.get("mode")).toBe("post_message");

  const again = await ask(world, "/api/connect", { method: "POST", oneTimeToken: oneTimeToken(world, fresh.id, user) });
  const state = new URL(ConnectAddress.parse(again.body).url).searchParams.get("state")!;
  const { redirect_url } = await world.kommo.control.oauth.grant({ account: fresh.id, user_id: user, state });
  expect(await (await fetch(redirect_url)).text()).toContain("Dealscope is connected");
  expect((await open(oneTimeToken(world, fresh.id, user))).status).toBe(201);
});

test("a session is enough to ask where to reconnect, and without any token nobody is told", async () => {
  const { session } = await Browser.open(world, account.accountId, account.adminId);
  expect((await ask(world, "/api/connect", { method: "POST", token: session.token })).status).toBe(200);
  expect((await ask(world, "/api/connect", { method: "POST" })).status).toBe(401);
});

test("a session says that the account needs to be reconnected, and opens all the same", async () => {
  const lapsed = await world.install();
  await world.database.look("UPDATE account SET status = 'needs_reconnect' WHERE account_id = $1", [lapsed.accountId]);
  // The server looks at an account every few seconds; the other one has not looked yet.
  const second = await world.startAnother({ ROLE: "web" });
  const response = await fetch(`${second.url}/api/session`, {
    method: "POST",
    headers: { "x-auth-token": oneTimeToken(world, lapsed.accountId, lapsed.adminId) },
  });
  expect(Session.parse(await response.json()).accountStatus).toBe("needs_reconnect");
});

test("a user who came to Kommo a moment ago may open the widget, and one who was switched off may not", async () => {
  const user = world.kommo.control.accounts.addUser({ account: account.accountId, name: "Noa New" });
  const browser = await Browser.open(world, account.accountId, user.id);
  expect(browser.session).toMatchObject({ userName: "Noa New", isAdmin: false });
  await world.database.look("UPDATE kommo_user SET is_active = false WHERE user_id = $1", [user.id]);
  const second = await world.startAnother({ ROLE: "web" });
  const response = await fetch(`${second.url}/api/queue`, {
    headers: { authorization: `Bearer ${browser.session.token}` },
  });
  expect(response.status).toBe(401);
});

test("a right that is taken away in Kommo is gone here too, without a new session", async () => {
  const { accountId } = account;
  const user = world.kommo.control.accounts.addUser({ account: accountId, name: "Ida Admin", is_admin: true });
  const browser = await Browser.open(world, accountId, user.id);
  const looks = async () => (await browser.ask("/api/bi")).status;
  expect(await looks()).toBe(200);
  world.kommo.control.accounts.changeUser({ account: accountId, user_id: user.id, is_admin: false });
  await world.database.look("UPDATE kommo_user SET mirrored_at = app_now() - interval '6 minutes'");
  await until("it is seen", async () => (await looks()) === 403);
});
