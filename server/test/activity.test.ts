import { Activity, type Happening, Retried, Stuck } from "@dealscope/shared/activity";
import { FoundLeads } from "@dealscope/shared/lead-search";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let admin: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world);
  admin = await Browser.open(world, account.id, account.installed.adminId);
});
afterAll(() => world?.stop());

const read = (query = "", browser = admin) => browser.get(Activity, `/api/activity${query}`);
const of = async (leadId: number, more = "", browser = admin) =>
  (await read(`?leadId=${leadId}${more}`, browser)).happenings;
const brief = ({ kind, what }: Happening) => `${kind} ${what}`;

async function judged(name: string, wish: object = {}): Promise<number> {
  const id = account.create({ name, note: texts.hot, ...wish });
  await account.written(id);
  await account.quiet();
  return id;
}

test("what happened to a lead is told from its arrival to what was written, newest first", async () => {
  const id = await judged("ERP rollout");
  const [, second] = account.installed.statusIds;
  account.control.leads.move({ account: account.id, id, status_id: second! });
  await account.quiet();
  const body = { segment: "cold", score: null, reason: "No budget after all", expiresAt: null };
  await admin.ask(`/api/leads/${id}/override`, { method: "POST", body });
  await account.quiet();
  const happened = await of(id);
  expect(happened.map(brief).sort()).toEqual([
    "decided override",
    "decided verdict",
    "received lead",
    "received note",
    "received stage",
    "written fields",
    "written fields",
  ]);
  expect(happened.map(({ at }) => at)).toEqual(
    happened
      .map(({ at }) => at)
      .toSorted()
      .toReversed(),
  );
  const find = (what: string) => happened.find((one) => one.what === what);
  expect(find("verdict")).toMatchObject({ segment: { key: "hot" }, lead: { id, name: "ERP rollout" }, outcome: "ok" });
  expect(find("override")).toMatchObject({ by: admin.session.userName, text: "No budget after all" });
  expect(find("note")).toMatchObject({ text: texts.hot });
  expect(find("stage")!.text).toMatch(/^\S.* → \S/);
  expect(happened.filter(({ what }) => what === "fields").at(-1)!.changes).toContain("score");
});

test("a conversation is told as what the client wrote and what our side answered", async () => {
  const { lead_id, talk_id } = account.control.chats.message({ account: account.id, name: "Ada", text: "Is it dear?" });
  await account.quiet();
  account.control.chats.message({ account: account.id, talk_id, direction: "out", text: "Not at all." });
  await account.quiet();
  const said = (await of(lead_id!, "&kind=received")).filter(({ text }) => text !== "" && !text.includes("→"));
  expect(said.map(({ what, text }) => [what, text]).sort()).toEqual([
    ["answer", "Not at all."],
    ["message", "Is it dear?"],
  ]);
});

test("each kind can be read by itself, and a refused write or an unjudged lead is told with the reason", async () => {
  world.openai.control.queue({ name: "refusal", containing: "Nobody judges this" });
  const id = await judged("Nobody judges this");
  await account.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, outcome, ended_at) VALUES
       ($1, $2, 90, 'lead', 'qualification', '{"stage": {"pipelineId": 1, "statusId": 2}}', 'superseded', 'The stage was changed meanwhile.', now()),
       ($1, $2, 91, 'task', 'qualification', '{"text": "Call"}', 'dead', 'Kommo refuses it.', now())`,
    [account.id, id],
  );
  const failed = await of(id, "&kind=failed");
  expect(failed.map(brief).sort()).toEqual(["failed fields", "failed task", "failed verdict"]);
  expect(failed.find(({ what }) => what === "task")).toMatchObject({
    ...{ text: "Call", outcome: "refused", reason: "Kommo refuses it." },
  });
  expect(failed.find(({ what }) => what === "fields")).toMatchObject({ outcome: "superseded", changes: ["stage"] });
  expect(failed.find(({ what }) => what === "verdict")!.reason).toMatch(/\w\.$/);
  for (const kind of ["received", "decided", "written"] as const) {
    expect((await of(id, `&kind=${kind}`)).every((one) => one.kind === kind)).toBe(true);
  }
  expect(await admin.refusal("/api/activity?kind=lost")).toEqual([400, "invalid_input"]);
  expect(await admin.refusal("/api/activity?before=abc")).toEqual([400, "invalid_input"]);
});

test("the whole account is read page by page, each thing once, also what happened at the same moment", async () => {
  const other = await installAccount(world);
  const browser = await Browser.open(world, other.id, other.installed.adminId);
  await other.look(
    `INSERT INTO lead (account_id, lead_id, name, kommo_created_at)
     SELECT $1, n, 'Lead ' || n, '2026-11-01T10:00:00Z'::timestamptz + (n / 40) * interval '0.000001 seconds' FROM generate_series(1, 120) n`,
    [other.id],
  );
  const seen: number[] = [];
  let next: string | null = "";
  let pages = 0;
  while (next !== null) {
    const page: Activity = await read(`?kind=received${next && `&before=${next}`}`, browser);
    seen.push(...page.happenings.map(({ lead }) => lead!.id));
    next = page.next;
    pages++;
  }
  expect(pages).toBe(3);
  expect(new Set(seen).size).toBe(120);
  expect(seen).toHaveLength(120);
});

test("a rep finds only what happened to leads he may see", async () => {
  const rights = { leads: { view: "M", edit: "M", add: "A", delete: "A", export: "A" } } as const;
  const { id: userId } = account.control.accounts.addUser({ account: account.id, name: "Own only", rights });
  const rep = await Browser.open(world, account.id, userId);
  const others = await judged("Of the admin");
  const own = await judged("His own", { responsible_user_id: userId });
  await account.look(
    "INSERT INTO delivery (account_id, source, content_type, body, state) VALUES ($1, 'kommo', 'x', 'a', 'quarantined')",
    [account.id],
  );
  const { happenings } = await read("", rep);
  expect(new Set(happenings.map(({ lead }) => lead?.id))).toEqual(new Set([own]));
  expect(await of(others, "", rep)).toEqual([]);
  const found = async (search: string, browser: Browser) =>
    (await browser.get(FoundLeads, `/api/leads?search=${search}`)).leads.map(({ id }) => id);
  expect(await found("OWN", rep)).toEqual([own]);
  expect(await found("of%20the", rep)).toEqual([]);
  expect(await found("of%20the", admin)).toEqual([others]);
  expect(await found(String(others), admin)).toEqual([others]);
  expect(await found("%25", admin)).toEqual([]);
  expect((await found("", admin)).slice(0, 2)).toEqual([own, others]);
  expect((await read("?kind=failed")).happenings.map(brief)).toContain("failed delivery");
});

test("what is stuck is listed with its reason, and one or all of it is tried again", async () => {
  const other = await installAccount(world);
  const browser = await Browser.open(world, other.id, other.installed.adminId);
  const id = other.create({ name: "Stuck", note: texts.hot });
  await other.written(id);
  await other.quiet();
  await other.look(
    `INSERT INTO work (account_id, kind, subject, state, priority, due_at, attempts, last_error) VALUES
       ($1, 'qualify', $2, 'dead', 2, now(), 3, 'It broke.'), ($1, 'provision', $1, 'dead', 2, now(), 3, 'It broke too.')`,
    [other.id, id],
  );
  const write = (seq: number, target: string, body: string) =>
    other.look(
      `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, outcome, ended_at, marker)
       VALUES ($1, $2, $3, $4, 'qualification', $5, 'dead', 'Kommo refuses it.', now(), $6)`,
      [other.id, id, seq, target, body, target === "task" ? "DS-12345678" : null],
    );
  await write(-1, "lead", '{"fields": {"score": 1}}');
  await write(90, "task", '{"text": "Call", "completeTill": 1800000000}');
  await other.look(
    `INSERT INTO delivery (account_id, source, content_type, body, state, last_error) VALUES
       ($1, 'kommo', 'x', 'a=1', 'quarantined', 'The body names no account.')`,
    [other.id],
  );
  const stuck = () => browser.get(Stuck, "/api/activity/stuck");
  await other.look(
    `INSERT INTO work (account_id, kind, subject, priority, due_at, waits, waits_on, last_error)
     SELECT $1, 'qualify', n, 2, now() + interval '1 hour', 3, 'cap', 'No verdict: cap.' FROM generate_series(801, 803) n`,
    [other.id],
  );
  const { items, total, waiting } = await stuck();
  expect(waiting).toMatchObject([{ on: "cap", count: 3, reason: "No verdict: cap." }]);
  expect(total).toBe(5);
  const of = (what: string, text: string) => items.find((item) => item.what === what && item.text === text)!;
  expect(of("work", "qualify")).toMatchObject({ lead: { id, name: "Stuck" }, reason: "It broke.", canRetry: true });
  expect(of("work", "provision")).toMatchObject({ lead: null, canRetry: true });
  expect(of("write", "task")).toMatchObject({ reason: "Kommo refuses it.", canRetry: true });
  // Newer fields stand in the deal.
  expect(of("write", "lead").canRetry).toBe(false);
  expect(of("delivery", "quarantined")).toMatchObject({ reason: "The body names no account.", canRetry: false });

  const retry = (body: object) => browser.send(Retried, "/api/activity/retry", { body });
  expect(await retry({ ids: [of("work", "qualify").id, of("write", "lead").id, "nonsense"] })).toEqual({ retried: 1 });
  await until("it is done", async () => (await stuck()).total === 4);
  expect(await retry({})).toEqual({ retried: 2 });
  await until("what could be done is done", async () => (await stuck()).total === 2);
  await until("the task is made", async () => {
    const [made] = await other.look("SELECT state FROM write WHERE marker = 'DS-12345678'");
    return made?.state === "sent";
  });
  const audited = await other.look("SELECT actor FROM audit WHERE account_id = $1 AND action = 'redriven'", [other.id]);
  expect((await stuck()).waiting).toEqual([]);
  expect(audited).toEqual([{ actor: browser.session.userName }, { actor: browser.session.userName }]);
});
