import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Tenancy } from "../src/database/tenancy.ts";
import { Clients } from "../src/installation/clients.ts";
import { Resealing } from "../src/installation/resealing.ts";
import { Tokens } from "../src/installation/tokens.ts";
import { IntakeKeys } from "../src/intake/intake-keys.service.ts";
import { Line } from "../src/kommo/line.ts";
import { tokenRefreshes } from "../src/meters.ts";
import type { RunningServer } from "../src/server.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { countedFromNow } from "./counted.ts";
import { CLIENT_ID, CLIENT_SECRET, ownPort, startWorld, until, type World } from "./world.ts";

const NEXT_SECRET = "the_secret_that_comes_next_of_sixty_four_characters_0123456789ab";

let world: World;
let second: RunningServer;
beforeAll(async () => {
  // As Kommo itself, this stand-in tells accounts by their host names.
  const port = await ownPort();
  world = await startWorld({
    kommo: { ...unlimited.kommo, port },
    env: {
      ...unlimited.env,
      KOMMO_CLIENT_SECRETS: `${CLIENT_SECRET},${NEXT_SECRET}`,
      KOMMO_LOOPBACK_ORIGIN: `http://{account}.localhost:${port}`,
    },
  });
  second = await world.startAnother({ ROLE: "web" });
});
afterAll(() => world?.stop());
beforeEach(() => world.kommo.control.faults.clear());

const control = () => world.kommo.control;
const refreshes = (account: TestAccount) =>
  control()
    .ledger.entries({ route: "/oauth2/access_token", account: account.id })
    .filter(
      (entry) =>
        (entry.body as { grant_type?: string } | undefined)?.grant_type === "refresh_token" && entry.status === 200,
    ).length;
const call = async (server: RunningServer, account: TestAccount) =>
  (await (await server.app.get(Clients).of(account.id, "interactive")).account()).id;
const status = async (account: TestAccount) =>
  (
    await account.look<{ status: string; host: string }>("SELECT status, host FROM account WHERE account_id = $1", [
      account.id,
    ])
  )[0]!;

/** What we answer when Kommo says that some other user's grant has ended. */
async function revoked(account: TestAccount) {
  const user_id = control().accounts.addUser({ account: account.id, name: "Rep", is_admin: false }).id;
  return (await control().oauth.revoke({ account: account.id, user_id })).status;
}

/** Our books say that the token is about to die. */
async function expire(account: TestAccount) {
  await account.look("UPDATE oauth_grant SET access_expires_at = now() WHERE account_id = $1", [account.id]);
  for (const server of [world.server, second]) server.app.get(Tokens).forget(account.id);
}

test("twenty calls with an expired token in two servers refresh it once", async () => {
  const account = await installAccount(world);
  await expire(account);
  const before = refreshes(account);
  const counted = await countedFromNow(tokenRefreshes);
  const calls = Array.from({ length: 20 }, (_, n) => call(n % 2 ? world.server : second, account));
  expect(new Set(await Promise.all(calls))).toEqual(new Set([account.id]));
  expect([refreshes(account) - before, await counted()]).toEqual([1, 1]);
});

test("a secret sealed with the former key is read, and what is saved again uses the new one", async () => {
  const account = await installAccount(world);
  const sealed = async () =>
    (
      await account.look<{ access_sealed: string }>("SELECT access_sealed FROM oauth_grant WHERE account_id = $1", [
        account.id,
      ])
    )[0]!.access_sealed;
  const [old] = world.config.SECRET_KEYS;
  const ring = `k2:${randomBytes(32).toString("base64")},k1:${old!.key.toString("base64")}`;
  const rotated = await world.startAnother({ SECRET_KEYS: ring, ROLE: "web" });
  expect(await sealed()).toMatch(/^k1:/);
  expect(await call(rotated, account)).toBe(account.id);
  await expire(account);
  rotated.app.get(Tokens).forget(account.id);
  expect(await call(rotated, account)).toBe(account.id);
  expect(await sealed()).toMatch(/^k2:/);
});

test("what is saved never again is sealed with the new key too, so that the former one can go", async () => {
  const account = await installAccount(world);
  await world.server.app.get(IntakeKeys).make(account.id, { name: "Website", isTrusted: false }, "Ana");
  const [old] = world.config.SECRET_KEYS;
  const fresh = `k2:${randomBytes(32).toString("base64")}`;
  const rotating = await world.startAnother({ SECRET_KEYS: `${fresh},k1:${old!.key.toString("base64")}`, ROLE: "web" });
  await rotating.app.get(Resealing).reseal(account.id);
  const sealed = await account.look(
    `SELECT path_key_sealed AS sealed FROM account WHERE account_id = $1
     UNION ALL SELECT unnest(ARRAY[access_sealed, refresh_sealed]) FROM oauth_grant WHERE account_id = $1
     UNION ALL SELECT key_sealed FROM intake_key WHERE account_id = $1`,
    [account.id],
  );
  expect(sealed).toEqual(Array.from({ length: 4 }, () => ({ sealed: expect.stringMatching(/^k2:/) })));
  const rotated = await world.startAnother({ SECRET_KEYS: fresh, ROLE: "web" });
  expect(await call(rotated, account)).toBe(account.id);
  await expire(account);
  rotated.app.get(Tokens).forget(account.id);
  expect(await call(rotated, account)).toBe(account.id);
});

describe("while a grant is being refreshed", () => {
  /** Locks as a refresh does: the grant for as long as Kommo thinks, then the account. */
  async function refreshing(account: TestAccount, meanwhile: () => Promise<unknown>) {
    let waiting: Promise<unknown> | undefined;
    await world.server.app.get(Tenancy).run(account.id, async (tx) => {
      await tx.query("SELECT FROM oauth_grant FOR UPDATE");
      waiting = meanwhile();
      waiting.catch(() => {});
      await until("it waits", async () => {
        const rows = await account.look(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return rows.length > 0;
      });
      await tx.query("UPDATE account SET host = host");
    });
    await waiting;
  }

  test("sealing anew and connecting again wait without standing in its way", async () => {
    const account = await installAccount(world);
    const [old] = world.config.SECRET_KEYS;
    const ring = `k3:${randomBytes(32).toString("base64")},k1:${old!.key.toString("base64")}`;
    const rotating = await world.startAnother({ SECRET_KEYS: ring, ROLE: "web" });
    await refreshing(account, () => control().oauth.grant({ account: account.id, from_widget: true }));
    await refreshing(account, () => rotating.app.get(Resealing).reseal(account.id));
  });

  test("sealing waits for nobody when there is nothing to seal", async () => {
    const account = await installAccount(world);
    await world.server.app.get(Tenancy).run(account.id, async (tx) => {
      await tx.query("SELECT FROM oauth_grant FOR UPDATE");
      await world.server.app.get(Resealing).reseal(account.id);
    });
  });
});

test("no token and no code stands readable in the database", async () => {
  const account = await installAccount(world);
  const token = await world.server.app.get(Tokens).of(account.id);
  const dump = await account.look(
    "SELECT g::text AS row FROM oauth_grant g UNION ALL SELECT a::text FROM account a UNION ALL SELECT c::text FROM install_callback c",
  );
  expect(JSON.stringify(dump)).not.toContain(token);
  expect(JSON.stringify(dump)).not.toContain("def502");
});

test("a wrong client secret or redirect URI disconnects nobody: work waits, and goes on when it is put right", async () => {
  const account = await installAccount(world);
  const { redirect_uri } = control().oauth.integration({ client_id: CLIENT_ID });
  const refused = await countedFromNow(tokenRefreshes, { outcome: "integration_refused" });
  const done = await countedFromNow(tokenRefreshes, { outcome: "done" });
  for (const wrong of [
    { client_secret: "a_secret_that_was_changed_in_kommo_and_not_here", redirect_uri },
    { client_secret: CLIENT_SECRET, redirect_uri: "https://before.example/oauth/kommo/callback" },
  ]) {
    control().oauth.integration({ client_id: CLIENT_ID, ...wrong });
    await expire(account);
    await expect(call(world.server, account)).rejects.toMatchObject({
      unavailable: true,
      message: expect.stringContaining("redirect URL"),
    });
    expect((await status(account)).status).toBe("active");
  }
  control().oauth.integration({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uri });
  expect(await call(world.server, account)).toBe(account.id);
  expect([await refused(), await done()]).toEqual([2, 1]);
});

test("an account without any grant says so, instead of waiting for ever", async () => {
  const account = await installAccount(world);
  await account.look("UPDATE oauth_grant SET is_the_accounts = false WHERE account_id = $1", [account.id]);
  world.server.app.get(Tokens).forget(account.id);
  await expect(call(world.server, account)).rejects.toMatchObject({ unavailable: true });
  expect((await status(account)).status).toBe("needs_reconnect");
});

describe("a refresh whose answer is lost", () => {
  const lose = async (oldRefreshToken: "dies" | "lives-until-new-is-used") => {
    const account = await installAccount(world);
    control().switches.set({ oldRefreshToken });
    await expire(account);
    control().faults.add({ match: { path: "/oauth2/access_token" }, times: 1, effect: { kind: "drop-after" } });
    const failed = await countedFromNow(tokenRefreshes, { outcome: "failed" });
    await expect(call(world.server, account)).rejects.toMatchObject({ unavailable: true });
    expect(await failed()).toBe(1);
    expect((await status(account)).status).toBe("active");
    return account;
  };

  test("is repaired with the old token where that still lives", async () => {
    const account = await lose("lives-until-new-is-used");
    expect(await call(world.server, account)).toBe(account.id);
  });

  test("needs an administrator where the old token is dead", async () => {
    const account = await lose("dies");
    await expect(call(world.server, account)).rejects.toMatchObject({ unavailable: true });
    expect((await status(account)).status).toBe("needs_reconnect");
  });
});

test("a refused refresh parks the account's work without failing it, and reconnecting finishes it", async () => {
  const account = await installAccount(world);
  await control().oauth.revoke({ account: account.id, silently: true });
  const refused = await countedFromNow(tokenRefreshes, { outcome: "refused" });
  const id = account.create({ name: "Parked", note: texts.hot });
  await until("it needs a reconnect", async () => (await status(account)).status === "needs_reconnect");
  const work = () =>
    account.look<{ waits: number; attempts: number; state: string }>(
      "SELECT * FROM work WHERE kind = 'qualify' AND subject = $1",
      [id],
    );
  await until("the work is parked", async () => (await work()).length === 1);
  expect(await work()).toMatchObject([{ state: "open", attempts: 0 }]);
  const refusals = control().ledger.summary({ account: account.id }).requests.total.byStatus["401"];

  await control().oauth.grant({ account: account.id, from_widget: true });
  await account.written(id);
  expect((await status(account)).status).toBe("active");
  expect(await refused()).toBe(1);
  // While there was no usable grant nobody kept asking.
  expect(refusals).toBeLessThan(6);
});

test("an account that has moved is found again", async () => {
  const account = await installAccount(world);
  const subdomain = `moved${account.id}`;
  control().accounts.rename({ account: account.id, subdomain });
  await expire(account);
  expect(await call(world.server, account)).toBe(account.id);
  expect(await status(account)).toEqual(expect.objectContaining({ status: "active", host: `${subdomain}.kommo.com` }));
});

test("while the client secret is changed both are good for refreshing and for the uninstall hook", async () => {
  const account = await installAccount(world);
  for (const client_secret of [CLIENT_SECRET, NEXT_SECRET]) {
    control().oauth.integration({ client_id: CLIENT_ID, client_secret });
    await expire(account);
    expect(await call(world.server, account)).toBe(account.id);
    expect(await revoked(account)).toBe(200);
  }
  control().oauth.integration({ client_id: CLIENT_ID, client_secret: "some_other_secret_some_other_secret" });
  expect(await revoked(account)).toBe(403);
  control().oauth.integration({ client_id: CLIENT_ID, client_secret: CLIENT_SECRET });
});

test("a plan without webhooks is connected all the same, and told of", async () => {
  const account = await installAccount(world, {}, { plan: "base" });
  const [row] = await account.look("SELECT provisioned->'webhook' AS webhook FROM account WHERE account_id = $1", [
    account.id,
  ]);
  expect(row).toMatchObject({ webhook: { state: "unavailable", why: expect.any(String) } });
});

// Last: the stand-in's clock goes forward for all.
test("a token that Kommo refuses is refreshed once, also when two servers hold it", async () => {
  const account = await installAccount(world);
  await Promise.all([call(world.server, account), call(second, account)]);
  const before = refreshes(account);
  control().clock.advance({ seconds: 86_401 });
  const calls = Array.from({ length: 10 }, (_, n) => call(n % 2 ? world.server : second, account));
  await Promise.all(calls);
  expect(refreshes(account) - before).toBe(1);
});

test("while Kommo has blocked our address no token is refreshed, and nobody is disconnected for it", async () => {
  const account = await installAccount(world);
  await expire(account);
  const before = refreshes(account);
  world.server.app.get(Line).block(Date.now() + 1_000);
  await expect(call(world.server, account)).rejects.toThrow("blocked this address");
  expect(refreshes(account)).toBe(before);
  expect((await status(account)).status).toBe("active");
});
