import { afterAll, beforeAll, expect, test } from "vitest";
import { lockContacts, lockLeads } from "../src/database/lock-leads.ts";
import { Tenancy } from "../src/database/tenancy.ts";
import { type EmbeddedRedis, startRedis } from "../src/embedded/redis.ts";
import { saveMessages } from "../src/leads/lead-rows.ts";
import { Turns } from "../src/queue/turns.ts";
import { TestAccount, texts } from "./account.ts";
import { type Installed, startWorld, until, type World } from "./world.ts";

const TOKEN = "an-operator-token-of-some-length";

let redis: EmbeddedRedis;
let world: World;
let account: Installed;
beforeAll(async () => {
  redis = await startRedis();
  world = await startWorld({ env: { OPERATOR_TOKEN: TOKEN, REDIS_URL: redis.url } });
  account = await world.install();
  await new TestAccount(world, account).set();
});
afterAll(async () => {
  await world?.stop();
  await redis?.stop();
});

const ask = (path: string, init: RequestInit = {}) => fetch(new URL(path, world.server.url), init);
const asOperator = (path: string, method = "GET") =>
  ask(path, { method, headers: { authorization: `Bearer ${TOKEN}` } });
const redriveOf = (accountId: number) => asOperator(`/operator/accounts/${accountId}/redrive`, "POST");

async function figure(name: string): Promise<number> {
  const text = await (await asOperator("/metrics")).text();
  const line = text.split("\n").find((l) => l.startsWith(`dealscope_${name} `));
  return Number(line?.split(" ").at(-1));
}

test("a server whose stores answer is alive and ready", async () => {
  expect((await ask("/health/live")).status).toBe(200);
  const ready = await ask("/health/ready");
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({
    status: "ok",
    details: { database: { status: "up" }, migrations: { status: "up" }, redis: { status: "up" } },
  });
});

test("a database that lacks a migration makes the server not ready, and says which", async () => {
  const [last] = await world.database.look<{ name: string }>("SELECT name FROM migrations ORDER BY id DESC LIMIT 1");
  await world.database.look("UPDATE migrations SET name = 'from another time' WHERE name = $1", [last?.name]);
  const ready = await ask("/health/ready");
  await world.database.look("UPDATE migrations SET name = $1 WHERE name = 'from another time'", [last?.name]);
  expect(ready.status).toBe(503);
  expect(await ready.text()).toContain(last?.name);
});

test("a server that is stopping is alive, takes nothing new, and says so", async () => {
  const other = await world.startAnother();
  await other.app.get(Turns).drain();
  expect((await fetch(new URL("/health/live", other.url))).status).toBe(200);
  const ready = await fetch(new URL("/health/ready", other.url));
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ error: { server: { status: "down" } } });
});

test.each(["/metrics", "/operator/accounts/1/stuck"])("%s is closed without the operator's token", async (path) => {
  expect((await ask(path)).status).toBe(401);
  expect((await ask(path, { headers: { authorization: "Bearer another-token-of-the-same-len" } })).status).toBe(401);
});

test("without OPERATOR_TOKEN there are no operator's routes at all", async () => {
  const other = await world.startAnother({ OPERATOR_TOKEN: "" });
  for (const path of ["/metrics", `/operator/accounts/${account.accountId}/stuck`]) {
    const answer = await fetch(new URL(path, other.url), { headers: { authorization: "Bearer " } });
    expect(answer.status).toBe(404);
  }
});

test("who collects metrics has a token of his own, which opens nothing else, and the operator's is not left with him", async () => {
  const METRICS_TOKEN = "a-token-for-figures-alone";
  const stuck = `/operator/accounts/${account.accountId}/stuck`;
  const both = await world.startAnother({ METRICS_TOKEN });
  const alone = await world.startAnother({ METRICS_TOKEN, OPERATOR_TOKEN: "" });
  const opened = async (url: string, token: string) =>
    Promise.all(
      ["/metrics", "/metrics/accounts", stuck].map(async (path) => {
        const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": "203.0.113.77" };
        return (await fetch(new URL(path, url), { headers })).status;
      }),
    );
  expect(await opened(both.url, METRICS_TOKEN)).toEqual([200, 401, 401]);
  expect(await opened(both.url, TOKEN)).toEqual([401, 200, 200]);
  expect(await opened(alone.url, METRICS_TOKEN)).toEqual([200, 404, 404]);
  expect(await opened(world.server.url, TOKEN)).toEqual([200, 200, 200]);
  const form = new URLSearchParams({ name: "Ana", token: METRICS_TOKEN });
  const signIn = await fetch(new URL("/operator/sign-in", both.url), {
    method: "POST",
    body: form,
    redirect: "manual",
  });
  expect(signIn.status).toBe(401);
});

test("a redrive puts dead deliveries and work back, leaves what can never be right, and is audited", async () => {
  const { accountId } = account;
  const body = `account[id]=${accountId}`;
  await world.database.look(
    `INSERT INTO delivery (account_id, source, content_type, body, state, attempts, flag) VALUES
       ($1, 'kommo', '', $2, 'dead', 3, NULL), ($1, 'kommo', '', $2, 'dead', 3, 'cut'),
       ($1, 'kommo', '', $2, 'quarantined', 0, NULL)`,
    [accountId, body],
  );
  await world.database.look(
    `INSERT INTO work (account_id, kind, subject, state, priority, due_at, attempts, last_error)
     VALUES ($1, 'provision', $1, 'dead', 0, now(), 3, 'a bug of ours')`,
    [accountId],
  );
  const stuck = await (await asOperator(`/operator/accounts/${accountId}/stuck`)).json();
  expect(stuck).toMatchObject({
    deliveries: [{ state: "quarantined" }, { state: "dead", error: "cut" }, { state: "dead" }],
    work: [{ kind: "provision", error: "a bug of ours" }],
    writes: [],
  });

  expect(await (await redriveOf(accountId)).json()).toEqual({ deliveries: 1, work: 1, writes: 0, customerio: 0 });
  await until("what was put back is done", async () => {
    const [left] = await world.database.look<{ open: number }>(
      `SELECT (SELECT count(*) FROM work WHERE account_id = $1 AND kind = 'provision')
            + (SELECT count(*) FROM delivery WHERE account_id = $1 AND state = 'new') AS open`,
      [accountId],
    );
    return Number(left?.open) === 0;
  });
  const states = await world.database.look(
    "SELECT state, count(*)::int FROM delivery WHERE account_id = $1 AND body = $2 GROUP BY 1 ORDER BY 1",
    [accountId, body],
  );
  expect(states).toEqual([
    { state: "dead", count: 1 },
    { state: "done", count: 1 },
    { state: "quarantined", count: 1 },
  ]);
  const audit = await world.database.look("SELECT actor, detail FROM audit WHERE action = 'redriven'");
  expect(audit).toEqual([{ actor: "operator", detail: { deliveries: 1, work: 1, writes: 0, customerio: 0 } }]);
});

test("a redrive lets work that waits for something try again at once", async () => {
  await world.database.look(
    `INSERT INTO work (account_id, kind, subject, priority, due_at, waits, waits_on)
     VALUES ($1, 'provision', 1, 0, now() + interval '1 hour', 3, 'key')`,
    [account.accountId],
  );
  await redriveOf(account.accountId);
  await until("it was tried", async () => {
    const rows = await world.database.look("SELECT 1 FROM work WHERE account_id = $1 AND subject = 1", [
      account.accountId,
    ]);
    return rows.length === 0;
  });
});

test("an operator erases a person: nothing of their words, names and addresses is left, scores stay, and it is audited", async () => {
  const { accountId } = account;
  const secret = "Ana Reyes";
  const { id, contact_id } = world.kommo.control.leads.create({
    account: accountId,
    name: `Request of ${secret}`,
    contact: { name: secret, email: "ana.reyes@client.example" },
    note: `${secret} here. We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I am the CEO and decide myself.`,
  });
  world.kommo.control.chats.message({
    account: accountId,
    lead_id: id,
    contact_id: contact_id!,
    text: `${secret} again`,
  });
  const idle = async () => {
    const [row] = await world.database.look<{ open: number }>(
      `SELECT (SELECT count(*) FROM delivery WHERE account_id = $1 AND state = 'new')
            + (SELECT count(*) FROM work WHERE account_id = $1 AND kind = 'qualify')
            + (SELECT count(*) FROM write WHERE account_id = $1 AND state = 'due') AS open`,
      [accountId],
    );
    return Number(row?.open) === 0 && (await world.kommo.control.hooks.idle()).idle;
  };
  const score = async () =>
    (await world.database.look("SELECT score, segment FROM verdict WHERE lead_id = $1", [id])).at(-1);
  await until("it is judged", async () => (await score()) !== undefined && (await idle()));
  const before = await score();
  await world.database.look(
    `INSERT INTO stakeholder (account_id, lead_id, contact_id, role, approval, approval_note, changed_by)
     VALUES ($1, $2, $3, 'lawyer', 'approved', $4, 'Robin')`,
    [accountId, id, contact_id, `${secret} said yes`],
  );
  await world.database.look(
    `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, after, note, by_name)
     VALUES ($1, $2, $3, 'approval', 'approved', $4, 'Robin')`,
    [accountId, id, contact_id, `${secret} said yes`],
  );
  for (const state of ["open", "dismissed"]) {
    await world.database.look(
      `INSERT INTO role_suggestion (account_id, lead_id, contact_id, role, quote, said_kind, state)
       VALUES ($1, $2, $3, $4, $5, 'message', $4)`,
      [accountId, id, contact_id, state, `I am ${secret}`],
    );
  }
  for (const state of ["suggested", "answered"]) {
    await world.database.look(
      `INSERT INTO objection (account_id, lead_id, contact_id, text, quote, said_kind, said_id, state, changed_by)
       VALUES ($1, $2, $3, $4, $4, 'message', $5, $5, 'Robin')`,
      [accountId, id, contact_id, `${secret} finds it dear`, state],
    );
  }
  await world.database.look("UPDATE contact SET title = $2 WHERE contact_id = $1", [contact_id, `CEO, ${secret} Ltd`]);

  const path = `/operator/accounts/${accountId}/contacts/${contact_id}/erase`;
  expect((await ask(path, { method: "POST" })).status).toBe(401);
  const answer = await asOperator(path, "POST");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ leads: 1, messages: 1, notes: 1, waiting: 0 });
  for (const table of [
    "lead",
    "contact",
    "contact_address",
    "message",
    "note",
    "verdict",
    "write",
    "delivery",
    "audit",
    "stakeholder",
    "stakeholder_change",
    "role_suggestion",
    "objection",
  ]) {
    const rows = await world.database.look(`SELECT * FROM ${table} WHERE account_id = $1`, [accountId]);
    const text = decodeURIComponent(
      JSON.stringify(rows)
        .replace(/\+/g, " ")
        .replace(/%(?![0-9A-F]{2})/gi, ""),
    );
    expect(text, table).not.toMatch(/Ana Reyes|ana\.reyes|ERP for 40/);
  }
  expect(await score()).toEqual(before);
  const parts = "SELECT role, approval, o.state FROM stakeholder JOIN objection o USING (lead_id) WHERE lead_id = $1";
  expect(await world.database.look(parts, [id])).toEqual([{ role: "lawyer", approval: "approved", state: "answered" }]);
  expect(await world.database.look("SELECT actor, subject FROM audit WHERE action = 'person erased'")).toEqual([
    { actor: "operator", subject: `contact ${contact_id}` },
  ]);
  expect((await asOperator(`/operator/accounts/${accountId}/contacts/1/erase`, "POST")).status).toBe(404);
  const nowhere = await asOperator("/operator/accounts/404404/contacts/1/erase", "POST");
  expect(await nowhere.text()).toContain("Account 404404 is not installed here.");
});

/** A lead with a person, judged, of whom nothing is under way any more. */
async function judgedPerson(name: string) {
  const people = new TestAccount(world, account);
  const note = `Case ${name.length}-${name[0]}: ${texts.hot}`;
  const { id, contact_id } = world.kommo.control.leads.create({ account: people.id, contact: { name }, note });
  await people.written(id);
  await people.quiet();
  const erase = () => asOperator(`/operator/accounts/${people.id}/contacts/${contact_id}/erase`, "POST");
  return { account: people, id, contactId: contact_id!, note, erase };
}

test("erased words stay erased when a person has the lead judged again, and events do not have it judged anew", async () => {
  const { account, id, contactId, note, erase } = await judgedPerson("Otto Otter");
  const older = new Date(Date.now() - 60_000);
  await erase();
  // A history that was never read before.
  await account.look("DELETE FROM note WHERE lead_id = $1", [id]);
  await account.ask("qualify", id, {}, 3);
  await account.quiet();
  expect(await account.verdicts(id)).toHaveLength(1);
  const said = { id: "of Otto", leadId: undefined, contactId, talkId: undefined, direction: "incoming" as const };
  await world.server.app.get(Tenancy).run(account.id, async (tx) => {
    const message = { ...said, text: "Otto here", author: "Otto", origin: "", at: older };
    await saveMessages(tx, account.id, [message, { ...message, id: "by Otto", leadId: id, contactId: undefined }]);
  });
  await account.ask("qualify", id, { askedAt: new Date(Date.now() + 1_000).toISOString(), askedBy: "Rep" });
  await until("it is judged again", async () => (await account.verdicts(id)).length === 2);
  await account.quiet();
  expect(await account.look("SELECT text FROM note WHERE lead_id = $1 AND text <> ''", [id])).toEqual([]);
  expect(await account.look("SELECT text, author FROM message WHERE message_id LIKE '% Otto'")).toEqual([
    { text: "", author: "" },
    { text: "", author: "" },
  ]);
  expect(world.openai.control.calls({ containing: note.slice(0, 9) })).toHaveLength(1);
});

test("new words of an erased lead are judged", async () => {
  const { account, id, erase } = await judgedPerson("Nina Newt");
  await erase();
  await account.look("UPDATE lead SET erased_at = erased_at - interval '10 seconds' WHERE lead_id = $1", [id]);
  await account.look("UPDATE verdict SET decided_at = decided_at - interval '20 seconds' WHERE lead_id = $1", [id]);
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  await until("it is judged again", async () => (await account.verdicts(id)).length === 2);
});

test("a write that was given up and then erased is not redriven: it would be an empty note", async () => {
  const { account, id, erase } = await judgedPerson("Dora Dead");
  await account.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, marker, state, outcome, ended_at)
     VALUES ($1, $2, 99, 'note', 'rep', '{"text": "Dora wants more"}', 'DS-dora0000', 'dead', 'refused', now())`,
    [account.id, id],
  );
  await erase();
  expect(await (await redriveOf(account.id)).json()).toMatchObject({ writes: 0 });
  const stuck = await (await asOperator(`/operator/accounts/${account.id}/stuck`)).json();
  expect(stuck).toMatchObject({ writes: [{ leadId: id, error: "erased", canRetry: false }] });
});

test("erasing tells of a verdict under way, which may still speak of the person", async () => {
  const { account, id, erase } = await judgedPerson("Walt Wait");
  await account.look(
    `INSERT INTO work (account_id, kind, subject, priority, due_at, lease_token, leased_until)
     VALUES ($1, 'qualify', $2, 0, now(), gen_random_uuid(), now() + interval '1 hour')`,
    [account.id, id],
  );
  expect(await (await erase()).json()).toMatchObject({ waiting: 1 });
  await account.look("DELETE FROM work WHERE kind = 'qualify'");
  expect(await (await erase()).json()).toMatchObject({ waiting: 0 });
});

test("erasing waits for nobody in a circle, and a raw webhook that is in use does not keep the words", async () => {
  const { account, id, contactId, erase } = await judgedPerson("Rita Row");
  const tenancy = world.server.app.get(Tenancy);
  const isBlank = async () => {
    const [row] = await account.look<{ n: string }>(
      "SELECT count(*) AS n FROM note WHERE lead_id = $1 AND text <> ''",
      [id],
    );
    return Number(row?.n) === 0;
  };
  let erasing: Promise<Response> | undefined;
  // As readings, webhooks and verdicts do: contacts, then leads, then their rows.
  await tenancy.run(account.id, async (tx) => {
    await lockContacts(tx, account.id, [contactId]);
    erasing = erase();
    await until("it waits", async () => {
      const rows = await account.look(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    });
    await lockLeads(tx, account.id, [id]);
    await tx.query("UPDATE note SET text = text WHERE lead_id = $1", [id]);
  });
  expect((await erasing)?.status).toBe(200);

  await account.look("UPDATE note SET text = 'Rita' WHERE lead_id = $1", [id]);
  await account.look("UPDATE delivery SET body = $2 WHERE account_id = $1", [account.id, `lead ${id}`]);
  await tenancy.run(account.id, async (tx) => {
    await tx.query("SELECT FROM delivery FOR UPDATE");
    erasing = erase();
    await until("the words are gone", isBlank);
  });
  expect(await (await erasing)?.json()).toMatchObject({ deliveries: expect.any(Number) });
  expect(await account.look("SELECT FROM delivery WHERE account_id = $1 AND body <> ''", [account.id])).toEqual([]);
});

test("an account we are not installed in has nothing to redrive", async () => {
  expect((await redriveOf(404)).status).toBe(404);
});

test("without PostgreSQL the server is alive and not ready, and says so without saying where it looks", async () => {
  const [{ name }] = (await world.database.look<{ name: string }>("SELECT current_database() AS name")) as [
    { name: string },
  ];
  await world.database.look(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
  await world.database.look(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename <> current_user",
    [name],
  );
  const ready = await ask("/health/ready");
  const live = await ask("/health/live");
  const up = await figure("database_up");
  await world.database.look(`GRANT CONNECT ON DATABASE ${name} TO PUBLIC`);
  expect([ready.status, live.status, up]).toEqual([503, 200, 0]);
  const { error } = (await ready.json()) as { error: Record<string, { status: string; message: string }> };
  const message = "PostgreSQL does not answer. Nothing is taken in or done until it does.";
  expect(error).toMatchObject({ database: { status: "down", message }, migrations: { status: "down", message } });
  await until("it is ready again", async () => (await ask("/health/ready")).status === 200);
});

test("without Redis the server stays ready, and says that it is missing", async () => {
  await redis.stop();
  const ready = await ask("/health/ready");
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ status: "degraded", details: { redis: { status: "degraded" } } });
});
