import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Callbacks } from "../src/installation/callbacks.ts";
import { OAuthState } from "../src/installation/oauth-state.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { CLIENT_ID, startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world);
});
afterAll(() => world?.stop());
beforeEach(() => world.kommo.control.faults.clear());

const control = () => world.kommo.control;
const TOKENS = "POST /oauth2/access_token";
const exchanges = () => control().ledger.summary().requests.routes[TOKENS]?.requests ?? 0;
/** Looks of the uninstall hook, whether a token still works. */
const probes = () => control().ledger.summary({ account: account.id }).requests.routes["GET /api/v4/account"]?.requests;
const callbacks = () =>
  account.look<{ state: string; code_sealed: string; host: string }>("SELECT * FROM install_callback ORDER BY id");
const state = () => world.server.app.get(OAuthState);

/** A grant as a person gives it in the settings button's window; `change` bends what the browser brings back. */
async function pressButton(
  wish: { account: number; user_id?: number; state: string },
  change: (query: URLSearchParams) => void = () => {},
): Promise<{ status: number; text: string }> {
  const granted = await control().oauth.grant(wish);
  const url = new URL(granted.redirect_url);
  change(url.searchParams);
  const answer = await fetch(url);
  return { status: answer.status, text: await answer.text() };
}

describe("the install button of the widget", () => {
  test("has no state: the code is kept sealed, exchanged in the background and then forgotten", async () => {
    const fresh = control().accounts.create();
    control().faults.add({
      match: { path: "/oauth2/access_token" },
      times: 1,
      effect: { kind: "answer", status: 502 },
    });
    const granted = await control().oauth.grant({ account: fresh.id, from_widget: true });
    expect(granted).toMatchObject({ status: 200 });
    const kept = async () => (await callbacks()).at(-1)!;
    await until(
      "the first try has failed",
      async () =>
        (await account.look("SELECT 1 FROM install_callback WHERE state = 'new' AND last_error IS NOT NULL")).length >
        0,
    );
    expect((await kept()).code_sealed).toMatch(/^k1:/);
    expect((await kept()).code_sealed).not.toContain(granted.code);
    await account.look("UPDATE install_callback SET due_at = app_now()");
    await until("it is connected", async () => (await kept()).state === "done");
    expect((await kept()).code_sealed).toBe("");
    expect(await account.look("SELECT status FROM account WHERE account_id = $1", [fresh.id])).toEqual([
      { status: "active" },
    ]);
  });
});

describe("a made up link of the widget's install button", () => {
  const press = async (subdomain: string) =>
    fetch(
      `${world.config.PUBLIC_URL}/oauth/kommo/callback?code=zz&client_id=${CLIENT_ID}&referer=${subdomain}.kommo.com&from_widget=1`,
    );

  test("that is called sixty times, while Kommo says that it is too much, makes a call or two", async () => {
    control().faults.add({ match: { path: "/oauth2/access_token" }, effect: { kind: "answer", status: 429 } });
    const before = exchanges();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => press(`madeup${n % 20}`)));
    expect(answers.map(({ status }) => status).filter((status) => status !== 200)).toEqual([]);
    await until("the first was tried", () => exchanges() > before);
    await sleep(500);
    expect(exchanges() - before).toBeLessThanOrEqual(2);
    control().faults.clear();
    await account.look("UPDATE install_callback SET state = 'refused' WHERE state = 'new'");
  });

  test("is not kept when more of its host wait than a customer ever makes, and the others get in", async () => {
    control().faults.add({ match: { path: "/oauth2/access_token" }, effect: { kind: "answer", status: 502 } });
    const answers: Response[] = [];
    for (let n = 0; n < 8; n++) answers.push(await press("oneonly"));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 503, 503, 503]);
    expect(await answers[7]?.text()).toContain("Wait a few minutes");
    expect((await press("another")).status).toBe(200);
    control().faults.clear();
    await account.look("UPDATE install_callback SET state = 'refused' WHERE state = 'new'");
  });
});

describe("the button in the settings", () => {
  test("connects the account that asked, and tells the person", async () => {
    const { text } = await pressButton({
      account: account.id,
      state: state().issue(account.id, account.installed.adminId),
    });
    expect(text).toContain("Connected");
  });

  test.each<[string, () => string]>([
    ["none", () => ""],
    ["a made up one", () => `${account.id}.1.${Date.now() + 60_000}.nonce.signature`],
    [
      "one with another account written into it",
      () =>
        state()
          .issue(account.id, 1)
          .replace(String(account.id), String(account.id + 1)),
    ],
    [
      "one whose end was moved",
      () =>
        state()
          .issue(account.id, 1)
          .replace(/^(\d+\.\d+\.)\d+/, "$19999999999999"),
    ],
    [
      "an old one",
      () => {
        const past = vi.spyOn(Date, "now").mockReturnValue(Date.now() - 21 * 60_000);
        const old = state().issue(account.id, 1);
        past.mockRestore();
        return old;
      },
    ],
  ])("is refused with a state that is not ours: %s", async (_, make) => {
    const before = exchanges();
    const rows = (await callbacks()).length;
    expect((await pressButton({ account: account.id, state: make() })).status).toBe(400);
    expect(exchanges()).toBe(before);
    expect(await callbacks()).toHaveLength(rows);
  });

  test("a code of another account cannot be slipped into somebody's window", async () => {
    const stranger = control().accounts.create();
    const { text } = await pressButton({ account: stranger.id, state: state().issue(account.id, 1) });
    expect(text).toContain("Not connected");
    expect(await account.look("SELECT 1 FROM account WHERE account_id = $1", [stranger.id])).toEqual([]);
  });

  test("a person who declines changes nothing", async () => {
    const before = exchanges();
    const granted = await control().oauth.grant({ account: account.id, decision: "deny", state: "x" });
    expect(await (await fetch(granted.redirect_url)).text()).toContain("declined");
    expect(exchanges()).toBe(before);
  });
});

test.each([
  "evil.example",
  "acme.kommo.com.evil.example",
  "evil.example/acme.kommo.com",
  "https://evil.example/?.kommo.com",
  "a.b.kommo.com",
  ".kommo.com",
  "kommo.com",
  "acme.kommo.com:8443",
  "user@acme.kommo.com",
  "evil.example#.kommo.com",
  "acme.kommo.com@evil.example",
  "-acme.kommo.com",
  "acme\u3002kommo.com",
  "ac me.kommo.com",
  "127.0.0.1",
  "localhost",
  "169.254.169.254",
  "",
])("a code from the host %j is refused before any secret leaves", async (host) => {
  const before = exchanges();
  const rows = (await callbacks()).length;
  for (const from_widget of [true, false]) {
    const granted = await control().oauth.grant({ account: account.id, state: state().issue(account.id, 1) });
    const url = new URL(granted.redirect_url);
    url.searchParams.set("referer", host);
    if (from_widget) url.searchParams.set("from_widget", "1");
    expect((await fetch(url)).status).toBe(400);
  }
  expect(await callbacks()).toHaveLength(rows);
  expect(exchanges()).toBe(before);
});

test("a code for another integration is refused", async () => {
  const before = exchanges();
  const answer = await pressButton({ account: account.id, state: state().issue(account.id, 1) }, (query) =>
    query.set("client_id", "00000000-0000-0000-0000-000000000000"),
  );
  expect(answer.status).toBe(400);
  expect(exchanges()).toBe(before);
});

test("who the account is, its host too, is the API's word and not the query's", async () => {
  const fresh = control().accounts.create({ subdomain: "trueone" });
  const granted = await control().oauth.grant({ account: fresh.id });
  const url = new URL(granted.redirect_url);
  url.searchParams.set("referer", "falseone.kommo.com");
  url.searchParams.set("account_id", String(account.id));
  url.searchParams.set("from_widget", "1");
  await fetch(url);
  const rows = () => account.look("SELECT host FROM account WHERE account_id = $1", [fresh.id]);
  await until("it is connected", async () => (await rows()).length === 1);
  expect(await rows()).toEqual([{ host: "trueone.kommo.com" }]);
});

describe("only an administrator's grant becomes the account's", () => {
  const theAccounts = () =>
    account.look<{ user_id: number }>("SELECT user_id FROM oauth_grant WHERE account_id = $1 AND is_the_accounts", [
      account.id,
    ]);
  const widgetGrant = async (accountId: number, user_id: number) => {
    await control().oauth.grant({ account: accountId, user_id, from_widget: true });
    await until("it is settled", async () => (await callbacks()).every((row) => row.state !== "new"));
    return (await callbacks()).at(-1)?.state;
  };

  test("a lesser user's never does, though it is kept", async () => {
    const rep = control().accounts.addUser({ account: account.id, name: "Rep", is_admin: false }).id;
    expect(await widgetGrant(account.id, rep)).toBe("refused");
    expect(await theAccounts()).toEqual([{ user_id: account.installed.adminId }]);
    const [kept] = await account.look("SELECT is_admin, is_the_accounts FROM oauth_grant WHERE user_id = $1", [rep]);
    expect(kept).toEqual({ is_admin: false, is_the_accounts: false });
  });

  test("a lesser user alone installs nothing", async () => {
    const fresh = control().accounts.create();
    const rep = control().accounts.addUser({ account: fresh.id, name: "Rep", is_admin: false }).id;
    expect(await widgetGrant(fresh.id, rep)).toBe("refused");
    expect(await account.look("SELECT 1 FROM account WHERE account_id = $1", [fresh.id])).toEqual([]);
    expect(await account.look("SELECT 1 FROM oauth_grant WHERE account_id = $1", [fresh.id])).toEqual([]);
  });

  test("nor does a second grant of its own user, who is no administrator any more: the account asks for one", async () => {
    const fresh = await installAccount(world);
    const grants = () => fresh.look("SELECT * FROM oauth_grant WHERE account_id = $1", [fresh.id]);
    const before = await grants();
    control().accounts.changeUser({ account: fresh.id, user_id: fresh.installed.adminId, is_admin: false });
    expect(await widgetGrant(fresh.id, fresh.installed.adminId)).toBe("refused");
    expect(await grants()).toEqual(before);
    const row = () => fresh.look("SELECT status, status_reason FROM account WHERE account_id = $1", [fresh.id]);
    expect(await row()).toEqual([
      { status: "needs_reconnect", status_reason: "The connecting user is no administrator any more." },
    ]);
    control().accounts.changeUser({ account: fresh.id, user_id: fresh.installed.adminId, is_admin: true });
    expect(await widgetGrant(fresh.id, fresh.installed.adminId)).toBe("done");
    expect(await row()).toEqual([{ status: "active", status_reason: null }]);
  });

  test("another administrator's does", async () => {
    const other = control().accounts.addUser({ account: account.id, name: "Second", is_admin: true }).id;
    expect(await widgetGrant(account.id, other)).toBe("done");
    expect(await theAccounts()).toEqual([{ user_id: other }]);
  });
});

describe("what the person is told", () => {
  const told = async (effect: { status: number; body?: object }, path = "/api/v4/users") => {
    control().faults.add({ match: { path }, effect: { kind: "answer", body: {}, ...effect } });
    const { text } = await pressButton({
      account: account.id,
      state: state().issue(account.id, account.installed.adminId),
    });
    control().faults.clear();
    expect(text).toContain("Not connected");
    await account.look("UPDATE install_callback SET state = 'refused' WHERE state = 'new'");
    return text;
  };

  test("is that Kommo does not answer only when it does not", async () => {
    expect(await told({ status: 502 })).toContain("Kommo does not answer");
    expect(await told({ status: 400 })).toContain("could not be finished");
  });

  test("is that the link was used already, when its code was", async () => {
    const asked = { account: account.id, state: state().issue(account.id, account.installed.adminId) };
    const { redirect_url } = await control().oauth.grant(asked);
    expect(await (await fetch(redirect_url)).text()).toContain("Dealscope is connected");
    expect(await (await fetch(redirect_url)).text()).toContain("This link was used already");
  });

  test("is that the account has to be paid for, not that its user is no administrator", async () => {
    expect(await told({ status: 402 })).toContain("paid for");
  });

  test("is that the server is not accepted as the integration, when its secret is wrong", async () => {
    const refusal = { status: 401, body: { hint: "Client authentication failed" } };
    expect(await told(refusal, "/oauth2/access_token")).toContain("does not accept this server");
  });

  test("of a callback that was refused meanwhile is not that it is connected", async () => {
    const callbacks = world.server.app.get(Callbacks);
    const id = await callbacks.keep({ code: "code", host: "acme.kommo.com", fromWidget: false });
    await account.look("UPDATE install_callback SET state = 'refused', last_error = 'No.' WHERE id = $1", [id]);
    expect(await callbacks.settle(id)).toEqual({ connected: false, message: "No." });
  });
});

test.each(["code=a&code=b&referer=acme.kommo.com", "code=a&referer=acme.kommo.com&referer=b.kommo.com"])(
  "a callback that gives something twice is refused: %s",
  async (query) => {
    const answer = await fetch(`${world.config.PUBLIC_URL}/oauth/kommo/callback?client_id=${CLIENT_ID}&${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("Not connected");
  },
);

test("a server without an integration says what is missing", async () => {
  const alone = await world.startAnother({ KOMMO_CLIENT_ID: "", KOMMO_CLIENT_SECRETS: "", ROLE: "web" });
  for (const path of ["callback?code=a&referer=acme.kommo.com", "revoked"]) {
    const answer = await fetch(`${alone.url}/oauth/kommo/${path}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("KOMMO_CLIENT_ID");
  }
});

describe("the uninstall hook", () => {
  const told = async (fresh: TestAccount, change: (query: URLSearchParams) => void = () => {}) => {
    const url = new URL((await control().oauth.uninstall({ account: fresh.id })).url!);
    change(url.searchParams);
    return url;
  };
  const row = async (fresh: TestAccount) =>
    (
      await account.look<{ status: string; erase_at: Date; grants: number }>(
        "SELECT status, erase_at, (SELECT count(*)::int FROM oauth_grant g WHERE g.account_id = a.account_id) AS grants FROM account a WHERE account_id = $1",
        [fresh.id],
      )
    )[0]!;

  const probing = (fresh: TestAccount) =>
    account.look("SELECT 1 FROM work WHERE account_id = $1 AND kind = 'probe'", [fresh.id]);

  test("with a bad signature is answered with 403 and looks at nothing", async () => {
    const before = probes();
    const url = (query: object) =>
      `${world.config.PUBLIC_URL}/oauth/kommo/revoked?${new URLSearchParams({ ...query })}`;
    const bad = { client_uuid: CLIENT_ID, account_id: String(account.id), signature: "ab".repeat(32) };
    for (const query of [bad, { ...bad, signature: "" }, { ...bad, signature: "zz" }, {}]) {
      expect((await fetch(url(query))).status).toBe(403);
    }
    expect(probes()).toBe(before);
    expect((await row(account)).status).toBe("active");
  });

  test("wipes the tokens at once and stops; its replay neither ends a new installation nor puts off the erasure", async () => {
    const fresh = await installAccount(world);
    const url = await told(fresh);
    await until("it has left", async () => (await row(fresh)).status === "uninstalled");
    const left = await row(fresh);
    expect(left).toMatchObject({ status: "uninstalled", grants: 0, erase_at: expect.any(Date) });
    expect(await account.look("SELECT 1 FROM work WHERE account_id = $1", [fresh.id])).toEqual([]);

    expect((await fetch(url)).status).toBe(200);
    expect((await row(fresh)).erase_at).toEqual(left.erase_at);

    await control().oauth.grant({ account: fresh.id, from_widget: true });
    await until("it is back", async () => (await row(fresh)).status === "active");
    expect((await fetch(url)).status).toBe(200);
    expect(await row(fresh)).toMatchObject({ status: "active", grants: 1, erase_at: null });
  });

  test("of an account that was never connected here has nothing to end", async () => {
    const stranger = control().accounts.create();
    expect(await control().oauth.revoke({ account: stranger.id })).toMatchObject({ status: 200 });
  });

  test("starts the account anew when it comes back: nobody has listened in between", async () => {
    const fresh = await installAccount(world);
    await fresh.look("UPDATE account SET connected_at = connected_at - interval '1 day' WHERE account_id = $1", [
      fresh.id,
    ]);
    await told(fresh);
    await until("it has left", async () => (await row(fresh)).status === "uninstalled");
    expect(await fresh.look("SELECT 1 FROM scan WHERE account_id = $1", [fresh.id])).toEqual([]);
    await control().oauth.grant({ account: fresh.id, from_widget: true });
    await until("it is back", async () => (await row(fresh)).status === "active");
    expect(
      await fresh.look("SELECT connected_at > now() - interval '1 minute' AS anew FROM account WHERE account_id = $1", [
        fresh.id,
      ]),
    ).toEqual([{ anew: true }]);
  });

  test("is believed only when the token is dead: a user's own revocation does not end the account", async () => {
    const fresh = await installAccount(world);
    const rep = control().accounts.addUser({ account: fresh.id, name: "Rep", is_admin: false }).id;
    await control().oauth.grant({ account: fresh.id, user_id: rep, from_widget: true });
    await until("the rep's is settled", async () => (await callbacks()).every((one) => one.state !== "new"));
    expect(await control().oauth.revoke({ account: fresh.id, user_id: rep })).toMatchObject({ status: 200 });
    await until("it was looked at", async () => (await probing(fresh)).length === 0);
    expect((await row(fresh)).status).toBe("active");
  });

  test("is answered at once while Kommo cannot be asked, is looked into later, and once however often it is replayed", async () => {
    const fresh = await installAccount(world);
    // Of all its calls: the scan must not find out meanwhile that the token is dead.
    control().faults.add({ match: { account: fresh.id }, effect: { kind: "answer", status: 502 } });
    await control().oauth.revoke({ account: fresh.id, silently: true });
    const url = await told(fresh);
    const before = probes();
    for (let n = 0; n < 20; n++) expect((await fetch(url)).status).toBe(200);
    expect(await probing(fresh)).toHaveLength(1);
    expect((await row(fresh)).grants).toBe(1);
    expect((probes() ?? 0) - (before ?? 0)).toBeLessThanOrEqual(2);
    control().faults.clear();
    await fresh.hurry("work");
    await until("it has left", async () => (await row(fresh)).grants === 0);
  });

  test("is looked into also when the account waits for somebody to connect it again", async () => {
    const fresh = await installAccount(world);
    await fresh.look(
      "UPDATE account SET status = 'needs_reconnect', status_reason = 'Its user is gone.' WHERE account_id = $1",
      [fresh.id],
    );
    fresh.forget();
    await told(fresh);
    await until("it has left", async () => (await row(fresh)).status === "uninstalled");
  });
});
