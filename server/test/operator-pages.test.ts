import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Doors } from "../src/database/doors.ts";
import { FrontDesk } from "../src/database/front-desk.ts";
import { type EmbeddedRedis, startRedis } from "../src/embedded/redis.ts";
import { AccountNames } from "../src/operations/account-names.ts";
import { Upkeep } from "../src/operations/upkeep.ts";
import { AccountHealth } from "../src/operator/health.ts";
import { Redrive } from "../src/redrive/redrive.ts";
import { TestAccount, texts } from "./account.ts";
import { OPERATOR_TOKEN, OperatorBrowser } from "./operator-kit.ts";
import { startWorld, until, type World } from "./world.ts";

let redis: EmbeddedRedis;
let world: World;
let account: TestAccount;
let browser: OperatorBrowser;
beforeAll(async () => {
  redis = await startRedis();
  world = await startWorld({ env: { OPERATOR_TOKEN, REDIS_URL: redis.url } });
  account = new TestAccount(world, await world.install());
  await account.set();
  browser = new OperatorBrowser(world.server);
  await browser.signIn();
});
afterAll(async () => {
  await world?.stop();
  await redis?.stop();
});

/** Accounts that nobody works for, so that what is put there stays. */
async function put(ids: string, columns = "", values = "") {
  await world.database.look(
    `INSERT INTO account (account_id, host, name, path_key_hash, path_key_sealed, provisioned, connected_at ${columns})
     SELECT id, 'shop' || id || '.kommo.com', 'Shop ' || id, sha256(id::text::bytea), '', '{"completedAt": "2026-01-01T00:00:00Z"}', now() ${values}
       FROM ${ids} AS id`,
  );
}

/** The text of the table's rows, without marks. */
async function rows(page: string): Promise<string[]> {
  const html = await browser.text(page);
  const body = html.slice(html.indexOf("<tbody>"), html.indexOf("</tbody>"));
  return body.split("</tr>").slice(0, -1).map(plain);
}

function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replaceAll("&#x27;", "'")
    .replace(/\s+/g, " ")
    .trim();
}

const names = async (page: string) =>
  (await browser.text(page)).match(/class="name"[^>]*>[^<]*/g)?.map((found) => found.split(">")[1]) ?? [];

const audited = (action: string) =>
  world.database.look("SELECT actor, account_id, subject FROM audit WHERE action = $1", [action]);

test("accounts stand in the order of their need, each with what is so and what to do", async () => {
  await put("unnest(ARRAY[101])", ", settings", `, '{"monthlyCapDollars": 10}'`);
  await world.database.look(
    "INSERT INTO spend VALUES (101, date_trunc('month', now() AT TIME ZONE 'UTC'), 0, 9500000, 40)",
  );
  await put("unnest(ARRAY[102])");
  await world.database.look(
    "INSERT INTO work (account_id, kind, subject, priority, due_at, waits, waits_on) VALUES (102, 'qualify', 7, 2, now() + interval '1 hour', 4, 'quota')",
  );
  await put(
    "unnest(ARRAY[103])",
    ", status, status_reason, status_since",
    ", 'needs_reconnect', 'Kommo refused the token.', now() - interval '3 hours'",
  );
  await world.database.look(
    "INSERT INTO work (account_id, kind, subject, priority, due_at) VALUES (103, 'qualify', 7, 2, now() - interval '2 hours')",
  );
  const found = await rows("/operator?q=shop");
  expect(found).toEqual([
    expect.stringMatching(
      /^Shop 103 .*Broken Not connected for 3 h\. Kommo refused the token\. An administrator of the account .* 1 0 \$0\.00$/,
    ),
    expect.stringMatching(/^Shop 102 .*Broken Work waits \(1 item\) for credit at the model's provider\. Top it up\./),
    expect.stringMatching(/^Shop 101 .*Look 95 % of the month's limit of \$10 are spent\. .* \$9\.50 of \$10$/),
  ]);
  expect((await names("/operator")).at(-1)).toContain("account");
  expect(await names("/operator?q=SHOP103.kommo")).toEqual(["Shop 103"]);
  // Who is red on a dashboard is found by what it is called there.
  expect(await names(`/operator?q=${world.server.app.get(AccountNames).of(102)}`)).toEqual(["Shop 102"]);
  expect(await names("/operator?q=shop&show=stuck")).toEqual([]);
});

test("five hundred accounts are one question more than none, a hundred to a page", async () => {
  await put("generate_series(1001, 1500)");
  const asked = vi.spyOn(world.server.app.get(FrontDesk).dataSource, "query");
  expect(await names("/operator?q=shop&page=3")).toHaveLength(100);
  // Who is signed in, and how all accounts are.
  expect(asked.mock.calls.map(([sql]) => /operator_\w+/.exec(sql)?.[0])).toEqual([
    "operator_session",
    "operator_accounts",
  ]);
  asked.mockRestore();
  const last = await browser.text("/operator?q=shop&page=999");
  expect(last).toContain("Page 6 of 6");
  expect(last).toContain('href="/operator?q=shop&amp;page=5"');
  await world.database.look("DELETE FROM account WHERE account_id > 1000 AND account_id < 2000");
});

test("what an account calls itself, and what Kommo says of it, is text on every page", async () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>`;
  await put("unnest(ARRAY[104])", ", status, status_reason", `, 'needs_reconnect', '${hostile}'`);
  await world.database.look("UPDATE account SET name = $1 WHERE account_id = 104", [hostile]);
  await world.database.look(
    "INSERT INTO work (account_id, kind, subject, state, priority, due_at, last_error) VALUES (104, 'qualify', 1, 'dead', 0, now(), $1)",
    [hostile],
  );
  await world.database.look("INSERT INTO audit (account_id, actor, action, subject) VALUES (104, $1, $1, $1)", [
    hostile,
  ]);
  const q = encodeURIComponent(hostile);
  const pages = [
    "/operator",
    "/operator/stuck",
    "/operator/audit",
    "/operator/accounts/104",
    `/operator?q=${q}`,
    `/operator/audit?q=${q}`,
    `/operator/accounts/104?retried=${q}`,
  ];
  for (const page of pages) {
    const html = await browser.text(page);
    expect(html, page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html, page).not.toMatch(/<script|<img|alert\(1\)"/);
  }
  await world.database.look("DELETE FROM work WHERE account_id = 104");
});

test("what is stuck is put together by its reason, and tried again one by one or all of an account", async () => {
  await put("unnest(ARRAY[105])");
  await world.database.look(
    `INSERT INTO work (account_id, kind, subject, state, priority, due_at, last_error)
     SELECT a, 'mirror', s, 'dead', 4, now() - interval '1 hour', 'a fault of ours' FROM unnest(ARRAY[105, 102]) a, generate_series(1, 3) s`,
  );
  await world.database.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, outcome, ended_at) VALUES
       (105, 1, 1, 'note', 'rep', '{}', 'dead', 'Kommo said no', now()), (105, 1, 2, 'note', 'rep', '{}', 'dead', 'erased', now())`,
  );
  await world.database.look(
    "INSERT INTO delivery (account_id, source, content_type, body, state, flag) VALUES (105, 'kommo', '', '', 'dead', 'cut')",
  );
  expect(await rows("/operator/stuck")).toEqual([
    expect.stringMatching(/^6 Work mirror a fault of ours 1 h ago 1 h ago 102 105$/),
    expect.stringMatching(/^1 Write into Kommo note Kommo said no \d+ s ago \d+ s ago 105$/),
  ]);
  const page = await browser.text("/operator/accounts/105");
  expect(plain(page)).toContain("Look 4 items given up");
  expect(plain(page)).toContain("Webhooks that can never be read 1");
  expect(page.match(/cannot succeed/g)).toHaveLength(2);
  const [{ trace_id: traceId } = { trace_id: "" }] = await world.database.look<{ trace_id: string }>(
    "SELECT trace_id FROM write WHERE account_id = 105 AND outcome = 'Kommo said no'",
  );
  expect(plain(page)).toContain(`Kommo said no in the log: ${traceId}`);

  const retry = "/operator/accounts/105/forms/retry";
  const [item = ""] = /work-\d+/.exec(page) ?? [];
  const one = await browser.send("/operator/accounts/105", retry, { item });
  expect([one.status, one.headers.get("location")]).toEqual([
    303,
    expect.stringMatching(/^\/operator\/accounts\/105\?retried=1&proof=[\w-]+$/),
  ]);
  const told = one.headers.get("location")!;
  expect(plain(await browser.text(told))).toContain("Tried again: 1.");
  // A link of somebody else tells nobody that anything was done.
  const links = [
    told.replace(/&proof.*/, ""),
    told.replace("=1&", "=2&"),
    told.replace("105", "104"),
    told.replace("retried=1", "erasing=1"),
  ];
  for (const link of links) expect(plain(await browser.text(link)), link).not.toMatch(/Tried again|is being erased/);
  const another = new OperatorBrowser(world.server);
  await another.signIn();
  expect(plain(await another.text(told))).not.toContain("Tried again");
  const all = await browser.send("/operator/accounts/105", retry, { item: "all" });
  expect(all.headers.get("location")).toContain("/operator/accounts/105?retried=3&proof=");
  expect(await rows("/operator/stuck")).toEqual([expect.stringMatching(/^3 Work mirror/)]);
  for (const wrong of ["", "work-x", "work-1 OR 1=1", "everything"]) {
    const answer = await browser.send("/operator/accounts/102", retry.replace("105", "102"), { item: wrong });
    expect(answer.status).toBe(409);
    expect(plain(await answer.text())).toContain("What is to be tried again is not named.");
  }
  expect(await audited("redriven")).toEqual([
    { actor: "operator Ana", account_id: 105, subject: "" },
    { actor: "operator Ana", account_id: 105, subject: "" },
  ]);
});

/** Of each sort some that may be tried again and some that may not; what may is said by a reason. */
async function giveUp(id: number) {
  await world.database.look(
    `INSERT INTO delivery (account_id, source, content_type, body, state, attempts, flag, last_error) VALUES
       ($1, 'kommo', '', '', 'dead', 3, NULL, 'yes'), ($1, 'kommo', '', '', 'dead', 3, 'cut', 'no'),
       ($1, 'kommo', '', '', 'quarantined', 3, NULL, 'no')`,
    [id],
  );
  await world.database.look(
    `INSERT INTO work (account_id, kind, subject, state, priority, due_at, attempts, last_error) VALUES
       ($1, 'mirror', 1, 'dead', 4, now(), 3, 'yes'), ($1, 'mirror', 2, 'open', 4, now() + interval '1 hour', 3, 'no')`,
    [id],
  );
  await world.database.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, attempts, outcome) VALUES
       ($1, 1, 1, 'note', 'rep', '{}', 'dead', 3, 'yes'), ($1, 1, 2, 'note', 'rep', '{}', 'dead', 3, 'erased'),
       ($1, 1, 3, 'note', 'rep', '{}', 'dead', 3, 'uninstalled'),
       ($1, 1, 4, 'lead', 'rep', '{}', 'dead', 3, 'no'), ($1, 1, 5, 'lead', 'rep', '{}', 'sent', 3, 'sent'),
       ($1, 1, 6, 'lead', 'rep', '{}', 'dead', 3, 'yes'),
       ($1, 2, 1, 'contact', 'rep', '{"contactId": 8}', 'dead', 3, 'no'), ($1, 1, 7, 'contact', 'rep', '{"contactId": 8}', 'sent', 3, ''),
       ($1, 3, 1, 'link', 'rep', '{"contactId": 5, "isMain": true}', 'dead', 3, 'no'),
       ($1, 3, 2, 'link', 'rep', '{"contactId": 6}', 'dead', 3, 'yes'),
       ($1, 3, 3, 'unlink', 'rep', '{"contactId": 5}', 'sent', 3, ''),
       ($1, 3, 4, 'unlink', 'rep', '{"elementId": 6, "listId": 1}', 'dead', 3, 'yes')`,
    [id],
  );
  await world.database.look(
    `INSERT INTO customerio_write (account_id, kind, operation, state, reason) VALUES
       ($1, 'event', '{}', 'stuck', 'yes'), ($1, 'event', '{}', 'dropped', 'no')`,
    [id],
  );
}

test("what was given up is the same for the page, the metrics, the list and whoever lets it be tried again", async () => {
  // Nobody works for the one, and the other has left.
  await put("unnest(ARRAY[109])", ", status", ", 'needs_reconnect'");
  await put("unnest(ARRAY[110])", ", status", ", 'uninstalled'");
  for (const id of [109, 110]) await giveUp(id);
  const doors = world.server.app.get(Doors);
  const redrive = world.server.app.get(Redrive);
  const told = async (id: number) => {
    const [line] = await doors.accountsForOperator(id);
    const worst = await doors.worst(1_000);
    const listed = Object.values(await redrive.stuck(id)).flat();
    return {
      page: AccountHealth.parse(line?.health).stuck,
      hopeless: AccountHealth.parse(line?.health).hopeless,
      metric: worst.find((row) => row.figure === "account_given_up" && row.accountId === id)?.value,
      reasons: (await doors.stuckForOperator(1_000)).filter(({ someAccounts }) => someAccounts.map(Number).includes(id))
        .length,
      listed: [listed.filter(({ canRetry }) => canRetry).map(({ error }) => error), listed.length],
    };
  };
  const yes = (items: number) => Array.from({ length: items }, () => "yes");
  const stuck = { delivery: 1, work: 1, write: 4, customerio: 1 };
  expect(await told(109)).toEqual({ page: stuck, hopeless: 2, metric: 7, reasons: 7, listed: [yes(7), 14] });
  expect(await told(110)).toEqual({ page: {}, hopeless: 3, metric: undefined, reasons: 0, listed: [[], 14] });

  expect(await redrive.putBack(110, "Kim")).toEqual({ deliveries: 0, work: 0, writes: 0, customerio: 0 });
  expect(await redrive.putBack(109, "Kim")).toEqual({ deliveries: 1, work: 1, writes: 4, customerio: 1 });
  const left = await world.database.look<{ reason: string }>(
    `SELECT coalesce(last_error, '') AS reason FROM delivery WHERE account_id = 109 AND state <> 'new' AND attempts = 3
     UNION ALL SELECT last_error FROM work WHERE account_id = 109 AND attempts = 3
     UNION ALL SELECT outcome FROM write WHERE account_id = 109 AND attempts = 3
     UNION ALL SELECT reason FROM customerio_write WHERE account_id = 109 AND state <> 'due'`,
  );
  expect(left.map(({ reason }) => reason)).not.toContain("yes");
  expect(await told(109)).toMatchObject({ page: {}, metric: undefined, reasons: 0 });
  for (const table of ["delivery", "work", "write", "customerio_write"])
    await world.database.look(`DELETE FROM ${table} WHERE account_id IN (109, 110)`);
});

test("what is late is as old on the page as in the metrics, whoever has taken it", async () => {
  await put("unnest(ARRAY[111])");
  await put("unnest(ARRAY[112])", ", status", ", 'needs_reconnect'");
  const taken = "gen_random_uuid(), now() + interval '1 hour'";
  await world.database.look(
    `INSERT INTO work (account_id, kind, subject, priority, due_at, lease_token, leased_until) VALUES
       (111, 'mirror', 1, 4, now() - interval '2 hours', ${taken}), (112, 'mirror', 1, 4, now() - interval '5 hours', ${taken})`,
  );
  await world.database.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, due_at, lease_token, leased_until)
     VALUES (111, 1, 1, 'note', 'rep', '{}', now() - interval '3 hours', ${taken})`,
  );
  const doors = world.server.app.get(Doors);
  const figures = new Map((await doors.figures()).map(({ figure, value }) => [figure, Math.floor(value / 3_600)]));
  expect([figures.get("oldest_due_work_seconds"), figures.get("oldest_due_write_seconds")]).toEqual([2, 3]);
  const worst = (await doors.worst(1_000)).filter(
    ({ figure, accountId }) => figure === "account_oldest_due_seconds" && accountId !== account.id,
  );
  expect(worst.map(({ accountId, value }) => [accountId, Math.floor(value / 3_600)])).toEqual([[111, 3]]);
  expect(await rows("/operator?q=shop 111")).toEqual([
    expect.stringMatching(/Work has been due for 3 h.* 2 oldest 3 h/),
  ]);
  expect(await rows("/operator?q=shop 112")).toEqual([expect.not.stringContaining("oldest")]);
  expect(plain(await browser.text("/operator"))).toContain("3 h oldest due work");
  for (const table of ["work", "write"])
    await world.database.look(`DELETE FROM ${table} WHERE account_id IN (111, 112)`);
});

test("the audit tells who did what in all accounts and here, page by page, and finds words in it", async () => {
  await world.database.look(
    "INSERT INTO audit (account_id, actor, action, at) SELECT 106, 'Kim ' || n, 'settings changed', now() - interval '1 day' FROM generate_series(1, 150) n",
  );
  const first = await browser.text("/operator/audit?q=106");
  const [, older = ""] = /href="([^"]+)">Older/.exec(first) ?? [];
  const told = [...(await rows("/operator/audit?q=106")), ...(await rows(older.replaceAll("&amp;", "&")))];
  const kims = new Set(told.map((row) => /Kim \d+/.exec(row)?.[0]));
  expect([told.length, kims.size]).toEqual([150, 150]);
  expect((await rows("/operator/audit?q=signed%20in"))[0]).toMatch(/operator Ana signed in · from 127\.0\.0\.1/);
  // What is done to other accounts in this file stands there, too: an audit is not cleaned.
  const redriven = (await rows("/operator/audit?q=redriven")).filter((row) => row.endsWith("105"));
  expect(redriven).toEqual([
    expect.stringMatching(/operator Ana redriven work 2, writes 1 105$/),
    expect.stringMatching(/operator Ana redriven work 1 105$/),
  ]);
});

test("a person is erased by a form, under the operator's name", async () => {
  const { id, contact_id } = world.kommo.control.leads.create({
    account: account.id,
    name: "Request",
    contact: { name: "Ana Reyes" },
    note: texts.hot,
  });
  await account.written(id);
  await account.quiet();
  const page = `/operator/accounts/${account.id}`;
  const erase = (contactId: string) => browser.send(page, `${page}/forms/erase-person`, { contactId });
  const done = await erase(` ${contact_id} `);
  expect(done.headers.get("location")).toContain(`${page}?erased=1&waiting=0&proof=`);
  expect(plain(await browser.text(done.headers.get("location")!))).toContain("The person is erased, in 1 leads.");
  expect(await account.look("SELECT 1 FROM note WHERE text <> ''")).toEqual([]);
  expect(await audited("person erased")).toEqual([
    { actor: "operator Ana", account_id: account.id, subject: `contact ${contact_id}` },
  ]);
  expect(plain(await (await erase("Ana")).text())).toContain("The id of the contact is a number.");
  expect(plain(await (await erase("1")).text())).toContain("Nothing is known of a contact 1.");
});

test("an account is erased by its number, not while it is connected, and that stays in the audit", async () => {
  await put("unnest(ARRAY[107])", ", status", ", 'needs_reconnect'");
  const page = "/operator/accounts/107";
  const erase = (confirmed: string) => browser.send(page, `${page}/forms/erase-account`, { confirmed });
  expect((await erase("106")).status).toBe(409);
  expect((await erase("107")).headers.get("location")).toContain(`${page}?erasing=1&proof=`);
  await world.server.app.get(Upkeep).round();
  await until("it is erased", async () => (await browser.get(page)).status === 404);
  expect(await world.database.look("SELECT 1 FROM audit WHERE account_id = 107")).toEqual([]);
  expect(await rows("/operator/audit?q=account%20107")).toEqual([
    expect.stringMatching(/dealscope account erased · account 107$/),
    expect.stringMatching(/operator Ana asked to erase an account · account 107$/),
  ]);

  const connected = `/operator/accounts/${account.id}`;
  expect(await browser.text(connected)).not.toContain("erase-account");
  const [, formKey = ""] = /name="formKey" value="([^"]+)"/.exec(await browser.text(connected)) ?? [];
  const refused = await browser.post(`${connected}/forms/erase-account`, { formKey, confirmed: String(account.id) });
  expect(refused.status).toBe(409);
  expect(plain(await refused.text())).toContain("An administrator has to remove the integration in Kommo first.");
});

test("an account that is not here, and numbers that are none, are told in a page", async () => {
  for (const [path, status] of [
    ["/operator/accounts/404404", 404],
    ["/operator/accounts/x", 400],
    ["/operator/accounts/9999999999999999999", 400],
  ] as const) {
    const answer = await browser.get(path);
    expect([answer.status, answer.headers.get("content-type")], path).toEqual([status, "text/html; charset=utf-8"]);
  }
});

test("the queue can be looked at and not be stopped", async () => {
  const { queues } = (await (await browser.get("/operator/queues/api/queues")).json()) as { queues: object[] };
  expect(queues).toEqual([expect.objectContaining({ name: "turns", readOnlyMode: true, isPaused: false })]);
  expect(await browser.text("/operator/queues/")).toContain("Dealscope turns");
  const [, formKey = ""] = /name="formKey" value="([^"]+)"/.exec(await browser.text("/operator")) ?? [];
  for (const action of ["pause", "empty", "clean/failed"]) {
    expect((await browser.post(`/operator/queues/api/queues/turns/${action}`, { formKey })).status, action).toBe(404);
  }
});

test.each([
  "/operator?q=%00%ED%A0%80&page=-1&show=nothing",
  "/operator?q=a&q=b",
  "/operator/audit?q=%00&before=bm90IGEgY3Vyc29y",
  "/operator/audit?before[]=1",
])("%s is a page all the same", async (page) => {
  expect((await browser.get(page)).status).toBe(200);
});

test("a page that cannot be made says where to look, and nothing of why", async () => {
  await world.database.look("ALTER TABLE operator_session RENAME TO elsewhere");
  const answer = await browser.get("/operator");
  await world.database.look("ALTER TABLE elsewhere RENAME TO operator_session");
  expect(answer.status).toBe(503);
  const page = plain(await answer.text());
  expect(page).toContain("/health/ready and the log say which.");
  expect(page).not.toContain("operator_session");
});

// The last one: what it stops is needed by the others.
test("without Redis an operator signs in, is told, and sees the accounts", async () => {
  await redis.stop();
  const other = new OperatorBrowser(world.server);
  await other.signIn();
  await until("it is told", async () =>
    (await other.text("/operator?q=shop")).includes("Redis does not answer. Webhooks are stored"),
  );
  expect(await names("/operator?q=101")).toEqual(["Shop 101"]);
  expect((await other.get("/operator/queues/api/queues")).status).toBe(500);
});
