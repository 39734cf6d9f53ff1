import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Doors } from "../src/database/doors.ts";
import { Mailbox } from "../src/webhooks/mailbox.ts";
import { installAccount, type TestAccount, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let url: string;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world);
  url = urlOf(account);
});
afterAll(() => world?.stop());

const urlOf = (one: TestAccount) => one.control.hooks.list({ account: one.id })[0]!.destination;
const post = async (body: string | Uint8Array<ArrayBuffer>, to = url, type = "application/x-www-form-urlencoded") =>
  (await fetch(to, { method: "POST", body, headers: { "content-type": type } })).status;

interface Stored {
  state: string;
  flag: string | null;
  body: string;
  last_error: string | null;
}

const count = async (where = "true") =>
  (await account.look<{ rows: number }>(`SELECT count(*)::int AS rows FROM delivery WHERE ${where}`))[0]!.rows;

/** The newest delivery, once it is unpacked. */
async function dealtWith(): Promise<Stored> {
  const newest = async () => (await account.look<Stored>("SELECT * FROM delivery ORDER BY id DESC LIMIT 1"))[0];
  await until("it is dealt with", async () => (await newest())?.state !== "new");
  return (await newest())!;
}

test("an unknown key is answered with 404 and stores nothing", async () => {
  const before = await count();
  expect(await post("a=1", url.replace(/[^/]+$/, "no-such-key"))).toBe(404);
  expect(await post("a=1", `${url}x`)).toBe(404);
  expect(await count()).toBe(before);
});

test("guesses are looked up one after the other, and each once; what cannot be a key is not looked up", async () => {
  const lookUp = vi.spyOn(Doors.prototype, "accountOfPathKey");
  let most = 0;
  let running = 0;
  lookUp.mockImplementation(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return undefined;
  });
  const guesses = Array.from({ length: 20 }, (_, n) => String(n).padStart(43, "A"));
  const guess = (key: string) => post("a=1", url.replace(/[^/]+$/, key));
  const statuses = await Promise.all([...guesses, ...guesses, "no-such-key"].map(guess));
  expect(new Set(statuses)).toEqual(new Set([404]));
  expect({ most, times: lookUp.mock.calls.length }).toEqual({ most: 1, times: guesses.length });
  lookUp.mockRestore();
});

describe("with a valid key anything is stored and answered with 204", () => {
  const own = () => `account[id]=${account.id}`;
  test.each<[string, () => string | Uint8Array<ArrayBuffer>, string]>([
    ["nothing at all", () => "", "quarantined"],
    ["no form", () => "%%%&&&===[[[]]]%E0%A4%A", "quarantined"],
    ["bytes that are no text", () => new Uint8Array([0xff, 0xfe, 0x00, 0x80]), "quarantined"],
    ["JSON", () => JSON.stringify({ account: { id: account.id } }), "quarantined"],
    ["20 levels", () => `${own()}&leads${"[a]".repeat(20)}=1`, "dead"],
    ["25 000 parameters", () => `${own()}&${"a[]=1&".repeat(25_000)}`, "dead"],
    ["2 200 parameters, as large accounts send", () => `${own()}&${"a[]=1&".repeat(2_200)}`, "done"],
    ["NUL bytes", () => `${own()}&leads[note][0][note][text]=a\0b%00c`, "done"],
    [
      "__proto__",
      () => `${own()}&__proto__[polluted]=1&leads[__proto__][polluted]=1&constructor[prototype][polluted]=1`,
      "done",
    ],
    ["lists where objects are expected", () => `${own()}&leads=1&contacts[add]=2&message[add][0]=3&talk[]=4`, "done"],
    ["19 000 times one name", () => `${own()}&${"a=1&".repeat(19_000)}`, "dead"],
    [
      "a time that no calendar has",
      () => `${own()}&leads[update][0][id]=5&leads[update][0][updated_at]=999999999999999`,
      "done",
    ],
    ["ids that are none", () => `${own()}&leads[add][0][id]=9999999999999999999&leads[delete][0][id]=-1`, "done"],
  ])("%s", async (_, body, state) => {
    expect(await post(body())).toBe(204);
    expect((await dealtWith()).state).toBe(state);
    expect({}).not.toHaveProperty("polluted");
  });

  test("3 MB: the first 64 kB are kept, and it is flagged", async () => {
    expect(await post(`${own()}&a=${"x".repeat(3_000_000)}`)).toBe(204);
    const stored = await dealtWith();
    expect(stored).toMatchObject({ state: "dead", flag: expect.stringContaining("2 MB") });
    expect(stored.body).toHaveLength(64 * 1024);
  });

  test("whatever type it claims to have", async () => {
    for (const type of ["application/json", "text/plain", "multipart/form-data", "x", "a/b/c", ";;"]) {
      expect(await post("{", url, type)).toBe(204);
    }
    await until("all are dealt with", async () => (await count("state = 'new'")) === 0);
  });
});

describe("a body is applied only to the account it names", () => {
  const lead = "leads[add][0][id]=4711&leads[add][0][updated_at]=1790000100";

  test.each([
    ["another account's id", () => `account[id]=${account.id + 1}&${lead}`],
    ["no id", () => lead],
    ["an id that is none", () => `account[id]=${account.id}x&${lead}`],
    ["two ids", () => `account[id]=${account.id}&account[id]=${account.id + 1}&${lead}`],
  ])("%s: quarantined, audited, never applied", async (_, body) => {
    const audits = async () => (await account.look("SELECT 1 FROM audit WHERE action = 'delivery quarantined'")).length;
    const before = await audits();
    expect(await post(body())).toBe(204);
    expect((await dealtWith()).state).toBe("quarantined");
    expect((await audits()) - before).toBe(1);
    expect(await account.look("SELECT 1 FROM work WHERE subject = 4711")).toEqual([]);
  });

  test("the id of the account: applied", async () => {
    expect(await post(`account[id]=${account.id}&${lead}`)).toBe(204);
    expect((await dealtWith()).state).toBe("done");
    expect(await account.look("DELETE FROM work WHERE subject = 4711 RETURNING kind")).toEqual([{ kind: "qualify" }]);
  });
});

test("an uninstalled account is answered with 204 and nothing is stored", async () => {
  const other = await installAccount(world);
  await other.look("UPDATE account SET status = 'uninstalled' WHERE account_id = $1", [other.id]);
  const before = await count();
  expect(await post(`account[id]=${other.id}`, urlOf(other))).toBe(204);
  expect(await count()).toBe(before);
});

test("while the database is away the answer is 503, and afterwards 204 again", async () => {
  const database = new URL(world.database.ownerUrl).pathname.slice(1);
  // Binds everybody but the superuser through whom the tests look.
  await account.look(`ALTER DATABASE ${database} CONNECTION LIMIT 0`);
  await account.look(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = usename)",
    [database],
  );
  expect(await post("known=key")).toBe(503);
  expect(await post("unknown=key", url.replace(/[^/]+$/, "y".repeat(43)))).toBe(503);
  await account.look(`ALTER DATABASE ${database} CONNECTION LIMIT -1`);
  await until("it stores again", async () => (await post("back=again")) === 204);
  expect(await count("body = 'known=key'")).toBe(0);
  await until("turns are taken again", async () => (await count("state = 'new'")) === 0);
});

test("deliveries that arrive together share commits, and each is stored when its request is answered", async () => {
  const mailbox = new Mailbox(world.server.app.get(Doors));
  const delivery = {
    accountId: account.id,
    source: "kommo",
    contentType: "",
    flag: "together",
    state: "dead",
  } as const;
  await Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      await mailbox.store({ ...delivery, body: String(n) });
      if (n % 50 === 0) expect(await count(`flag = 'together' AND body = '${n}'`)).toBe(1);
    }),
  );
  const [row] = await account.look<{ rows: number; commits: number }>(
    "SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS commits FROM delivery WHERE flag = 'together'",
  );
  expect(row).toEqual({ rows: 300, commits: expect.any(Number) });
  expect(row?.commits).toBeLessThanOrEqual(3);
});

test("one delivery that cannot be stored fails alone with its commit, and the next are stored", async () => {
  const mailbox = new Mailbox(world.server.app.get(Doors));
  const delivery = { accountId: account.id, source: "kommo", contentType: "", flag: "after", state: "dead" } as const;
  await expect(mailbox.store({ ...delivery, body: "a\0b" })).rejects.toThrow();
  await mailbox.store({ ...delivery, body: "next" });
  expect(await count("flag = 'after'")).toBe(1);
});
