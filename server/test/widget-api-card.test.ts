import { ApiError } from "@dealscope/shared/api-error";
import { Card, Pending } from "@dealscope/shared/card";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Accounts } from "../src/installation/accounts.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { type Installed, until, type World } from "./world.ts";

let world: World;
let account: Installed;
let rep: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  account = await world.install();
  // Only what comes in is judged by itself, with its note; the tests ask for everything else.
  await world.database.look(
    `UPDATE account SET settings = '{"settleSeconds": 0.2, "triggers": {"onContentChange": false, "onFirstMessage": false}}'`,
  );
  rep = await Browser.open(world, account.accountId, user({ name: "Robin" }));
});
afterAll(() => world?.stop());

type Rights = Partial<Record<"view" | "edit", "A" | "G" | "M" | "D">>;
function user({ name, leads }: { name: string; leads?: Rights }): number {
  const full = { view: "A", edit: "A", add: "A", delete: "A", export: "A" } as const;
  const rights = leads ? { rights: { leads: { ...full, ...leads } } } : {};
  return world.kommo.control.accounts.addUser({ account: account.accountId, name, ...rights }).id;
}

const read = (id: number) => world.kommo.control.leads.read({ account: account.accountId, ids: [id] })[0]!;
const card = (id: number, browser = rep) => browser.get(Card, `/api/leads/${id}/card`);
const path = (id: number, what: string) => `/api/leads/${id}/${what}`;

const inquiry =
  "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I am the CEO and decide myself. We must go live by March.";

/** A lead with a verdict that stands in Kommo. */
async function judgedLead(): Promise<number> {
  const { id } = world.kommo.control.leads.create({ account: account.accountId, name: "ERP rollout", note: inquiry });
  await until("the lead is judged", () => read(id).fields.DEALSCOPE_SEGMENT !== undefined);
  await allDone(id);
  return id;
}

/** Kommo shows what we write a moment before we have noted that it does, and the note may have asked for a second look. */
async function allDone(id: number) {
  const open = () =>
    world.database.look(
      `SELECT FROM write WHERE lead_id = $1 AND state = 'due'
       UNION ALL SELECT FROM work WHERE subject = $1 AND kind = 'qualify' AND state = 'open'`,
      [id],
    );
  await until("all is done", async () => (await open()).length === 0);
}

const override = { segment: "cold", score: 11, reason: "Spoke on the phone: no budget", expiresAt: null };
const set = (id: number, change: object = {}, browser = rep) =>
  browser.send(Card, path(id, "override"), { body: { ...override, ...change } });

test("the card shows the verdict with its reasons, and what was written of it", async () => {
  const id = await judgedLead();
  const shown = await card(id);
  expect(shown.lead).toEqual({ id, name: "ERP rollout", mayEdit: true });
  expect(shown.verdict).toMatchObject({
    status: "qualified",
    score: Number(read(id).fields.DEALSCOPE_SCORE),
    summary: read(id).fields.DEALSCOPE_SUMMARY,
    judge: { rule: null, promptVersion: 1, askedBy: "events" },
  });
  const budget = shown.verdict!.criteria.find(({ key }) => key === "budget")!;
  expect(budget).toMatchObject({ name: "Budget", level: expect.any(Number), source: { kind: "note" } });
  expect(inquiry).toContain(budget.quote);
  expect(shown.standing).toEqual({ segment: shown.verdict!.segment, score: shown.verdict!.score, by: "verdict" });
  // The note may have come so late that the lead was judged once more.
  expect(shown.history[0]).toMatchObject({ kind: "verdict", levels: { budget: budget.level } });
  expect(shown.activity[0]).toMatchObject({ origin: "qualification", target: "lead", state: "sent" });
  expect(shown.activity[0]!.changes).toEqual(["score", "segment", "summary", "nextAction", "tags"]);
  expect(shown.override).toBeNull();
  expect(shown.account).toEqual({ needsReconnect: false, capReached: false, dryRun: false, noWebhooks: false });
});

test("a card of a known lead is shown while Kommo answers nobody", async () => {
  const id = await judgedLead();
  world.kommo.control.faults.add({ match: { path: "/api/v4/*" }, effect: { kind: "answer", status: 500 } });
  const shown = await rep.ask(path(id, "card"));
  const unknown = await rep.refusal(path(987_655, "card"));
  world.kommo.control.faults.clear();
  expect(shown.status).toBe(200);
  expect(unknown).toEqual([503, "unavailable"]);
});

test("a lead we have not heard of is read from Kommo, and shown without a verdict", async () => {
  await world.kommo.control.hooks.weather({ account: account.accountId, dropRate: 1 });
  const { id } = world.kommo.control.leads.create({ account: account.accountId, name: "Never announced" });
  const shown = await card(id);
  await world.kommo.control.hooks.weather({ account: account.accountId });
  expect(shown).toMatchObject({ lead: { name: "Never announced" }, verdict: null, standing: { by: "nobody" } });
});

test("a lead that does not exist, was deleted, or is no number gets a plain refusal", async () => {
  expect(await rep.refusal(path(987_654, "card"))).toEqual([404, "not_found"]);
  const id = await judgedLead();
  world.kommo.control.leads.remove({ account: account.accountId, id });
  await until("we have heard of it", async () => (await rep.ask(path(id, "card"))).status === 404);
  expect(await rep.refusal("/api/leads/seven/card")).toEqual([400, "invalid_input"]);
});

test("who may not see a lead is told that it does not exist, whatever he tries", async () => {
  const id = await judgedLead();
  const other = await Browser.open(
    world,
    account.accountId,
    user({ name: "Own only", leads: { view: "M", edit: "M" } }),
  );
  expect(await other.refusal(path(id, "card"))).toEqual([404, "not_found"]);
  expect(await other.refusal(path(id, "requalify"), { method: "POST" })).toEqual([404, "not_found"]);
  expect(await other.refusal(path(id, "override"), { method: "POST", body: override })).toEqual([404, "not_found"]);
  expect(await other.refusal(path(id, "override"), { method: "DELETE" })).toEqual([404, "not_found"]);
  // The same words as for a lead that is not there.
  const [hidden, absent] = await Promise.all([other.ask(path(id, "card")), other.ask(path(987_654, "card"))]);
  expect(ApiError.parse(hidden.body).error.message).toBe(ApiError.parse(absent.body).error.message);
});

test("who may only look sees the card and can change nothing", async () => {
  const id = await judgedLead();
  const looker = await Browser.open(world, account.accountId, user({ name: "Looker", leads: { edit: "D" } }));
  expect((await card(id, looker)).lead.mayEdit).toBe(false);
  expect(await looker.refusal(path(id, "requalify"), { method: "POST" })).toEqual([403, "forbidden"]);
  expect(await looker.refusal(path(id, "override"), { method: "POST", body: override })).toEqual([403, "forbidden"]);
  expect(await looker.refusal(path(id, "override"), { method: "DELETE" })).toEqual([403, "forbidden"]);
  expect((await card(id)).history).toHaveLength(1);
});

test("the card names the segments that an override may choose, best first", async () => {
  const id = await judgedLead();
  expect((await card(id)).segments.map(({ key }) => key)).toEqual(["hot", "warm", "cold", "spam"]);
});

test.each(["a\u0000b", "\ud800"])("a text that cannot be kept is refused as such: %j", async (reason) => {
  const id = await judgedLead();
  const body = `{"segment": "cold", "score": null, "reason": ${JSON.stringify(reason)}, "expiresAt": null}`;
  expect(
    await rep.refusal(path(id, "override"), { method: "POST", body, headers: { "content-type": "application/json" } }),
  ).toEqual([400, "invalid_input"]);
});

test("a re-qualify asks the model again at once, names who asked, and is not repeated for ten seconds", async () => {
  const id = await judgedLead();
  const answer = await rep.ask(path(id, "requalify"), { method: "POST" });
  expect(answer.status).toBe(202);
  expect(Pending.parse(answer.body)).toMatchObject({ askedBy: "Robin" });
  const hasty = await rep.ask(path(id, "requalify"), { method: "POST" });
  expect([hasty.status, ApiError.parse(hasty.body).error.code]).toEqual([429, "too_soon"]);
  expect(Number(hasty.headers.get("retry-after"))).toBeGreaterThan(0);
  await until("there is a second verdict", async () => (await card(id)).history.length === 2);
  expect((await card(id)).verdict!.judge.askedBy).toBe("Robin");
  expect(await rep.refusal(path(id, "requalify"), { method: "POST" })).toEqual([429, "too_soon"]);
  const audited = await world.database.look(
    "SELECT actor FROM audit WHERE action = 're-qualify asked' AND subject = $1",
    [`lead ${id}`],
  );
  expect(audited).toEqual([{ actor: "Robin" }]);
});

test("a re-qualify whose result repeats is remembered as well, and not repeated for ten seconds", async () => {
  world.openai.control.queue({ name: "refusal", containing: "Refused each time", times: 2 });
  const { id } = world.kommo.control.leads.create({
    account: account.accountId,
    name: "Refused each time",
    note: inquiry,
  });
  await until(
    "there is a verdict",
    async () => (await rep.ask(path(id, "card"))).status === 200 && (await card(id)).verdict?.reason === "refused",
  );
  await rep.send(Pending, path(id, "requalify"), {});
  await until("there is a second verdict", async () => {
    const { history, pending } = await card(id);
    return history.length === 2 && pending === null;
  });
  expect(await card(id)).toMatchObject({ verdict: { reason: "refused", judge: { askedBy: "Robin" } } });
  expect(await rep.refusal(path(id, "requalify"), { method: "POST" })).toEqual([429, "too_soon"]);
});

test.each([
  [
    "made before Dealscope came",
    "UPDATE account SET connected_at = now() + interval '1 hour' WHERE account_id = $1",
    {},
  ],
  ["closed", "SELECT $1", { status_id: 142 }],
])("opening the card of a deal that was %s shows it and buys no verdict", async (_what, sql, wish) => {
  const old = await world.install();
  await world.database.look("UPDATE account SET settings = '{\"settleSeconds\": 0}' WHERE account_id = $1", [
    old.accountId,
  ]);
  await world.kommo.control.hooks.weather({ account: old.accountId, dropRate: 1 });
  const { id } = world.kommo.control.leads.create({ account: old.accountId, name: "Old deal", note: inquiry, ...wish });
  await world.database.look(sql, [old.accountId]);
  world.server.app.get(Accounts).forget(old.accountId);
  const browser = await Browser.open(world, old.accountId, old.adminId);
  expect((await card(id, browser)).lead.name).toBe("Old deal");
  const work = await world.database.look("SELECT 1 FROM work WHERE account_id = $1 AND kind = 'qualify'", [
    old.accountId,
  ]);
  expect(work).toEqual([]);
});

test("ten people who click Re-qualify at once pay for one verdict", async () => {
  const id = await judgedLead();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => rep.ask(path(id, "requalify"), { method: "POST" })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([202, ...Array(9).fill(429)]);
});

test("an override stands on the card, in the queue and in Kommo, and later verdicts only show what the model thinks", async () => {
  const id = await judgedLead();
  const { verdict } = await card(id);
  const shown = await set(id);
  expect(shown.standing).toEqual({ segment: { key: "cold", name: "Cold" }, score: 11, by: "rep" });
  expect(shown.override).toMatchObject({ byName: "Robin", reason: override.reason, expiresAt: null });
  expect(shown.verdict!.segment).toEqual(verdict!.segment);
  await until("Kommo shows the rep's word", () => read(id).fields.DEALSCOPE_SCORE === "11");
  expect(read(id).fields.DEALSCOPE_SEGMENT).toBe("Cold");
  expect(read(id).tags).toEqual(["dealscope:cold"]);
  await allDone(id);
  expect((await card(id)).activity[0]).toMatchObject({ origin: "rep", state: "sent" });

  await rep.send(Pending, path(id, "requalify"), {});
  await until("the model has spoken again", async () => (await card(id)).history.length === 3);
  const after = await card(id);
  expect(after.standing.by).toBe("rep");
  expect(after.verdict!.score).toBe(verdict!.score);
  expect(after.history.map(({ kind }) => kind)).toEqual(["verdict", "override", "verdict"]);
  expect(read(id).fields.DEALSCOPE_SEGMENT).toBe("Cold");
});

test("clearing an override lets the last verdict stand again, in Kommo too", async () => {
  const id = await judgedLead();
  const before = read(id);
  await set(id);
  await until("Kommo shows the rep's word", () => read(id).fields.DEALSCOPE_SEGMENT === "Cold");
  const shown = await rep.send(Card, path(id, "override"), { method: "DELETE" });
  expect(shown.override).toBeNull();
  expect(shown.standing).toEqual({ segment: shown.verdict!.segment, score: shown.verdict!.score, by: "verdict" });
  expect(shown.history.map(({ kind }) => kind)).toEqual(["clear", "override", "verdict"]);
  await until("Kommo shows the verdict", () => read(id).fields.DEALSCOPE_SEGMENT === before.fields.DEALSCOPE_SEGMENT);
  expect(read(id)).toMatchObject({ fields: before.fields, tags: before.tags });
  expect(await rep.refusal(path(id, "override"), { method: "DELETE" })).toEqual([409, "conflict"]);
});

test("an override that has expired gives way to the last verdict by itself", async () => {
  const id = await judgedLead();
  const before = read(id);
  await set(id, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  await until("Kommo shows the rep's word", () => read(id).fields.DEALSCOPE_SEGMENT === "Cold");
  const [waiting] = await world.database.look<{ minutes: number }>(
    `SELECT extract(epoch FROM due_at - now())::float8 / 60 AS minutes FROM work WHERE kind = 'override-expiry' AND subject = $1`,
    [id],
  );
  expect(waiting!.minutes).toBeCloseTo(60, 0);

  // An hour later.
  await world.database.look("UPDATE override SET expires_at = now() - interval '1 second' WHERE lead_id = $1", [id]);
  await world.database.look("UPDATE work SET due_at = now() WHERE kind = 'override-expiry' AND subject = $1", [id]);
  await until("Kommo shows the verdict", () => read(id).fields.DEALSCOPE_SEGMENT === before.fields.DEALSCOPE_SEGMENT);
  expect(read(id)).toMatchObject({ fields: before.fields, tags: before.tags });
  const shown = await card(id);
  expect(shown.override).toBeNull();
  expect(shown.standing.by).toBe("verdict");
});

test("an expiry that comes too early, or after a newer override, changes nothing", async () => {
  const id = await judgedLead();
  await set(id, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
  await set(id, { segment: "warm", score: 55 });
  await world.database.look("UPDATE work SET due_at = now() WHERE kind = 'override-expiry' AND subject = $1", [id]);
  await until("the expiry was looked at", async () => {
    const rows = await world.database.look("SELECT 1 FROM work WHERE kind = 'override-expiry' AND subject = $1", [id]);
    return rows.length === 0;
  });
  expect((await card(id)).standing).toMatchObject({ segment: { key: "warm" }, score: 55, by: "rep" });
});

test("an override that names only one thing leaves or works out the other", async () => {
  const id = await judgedLead();
  const { verdict } = await card(id);
  expect((await set(id, { score: null })).standing).toMatchObject({ segment: { key: "cold" }, score: verdict!.score });
  expect((await set(id, { segment: null, score: 45 })).standing).toMatchObject({ segment: { key: "warm" }, score: 45 });
  await set(id, { segment: "hot", score: null });
  await until("an earlier override's score does not stay in Kommo", () => {
    const { fields } = read(id);
    return fields.DEALSCOPE_SEGMENT === "Hot" && fields.DEALSCOPE_SCORE === String(verdict!.score);
  });
});

test.each<[string, object, string]>([
  ["without a reason", { reason: " " }, "reason"],
  ["with a score of 140", { score: 140 }, "score"],
  ["with a segment that is not there", { segment: "lukewarm" }, "segment"],
  ["that has expired already", { expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
  ["that says nothing", { segment: null, score: null }, ""],
])("an override %s is refused with the name of what is wrong", async (_what, change, field) => {
  const id = await judgedLead();
  const answer = await rep.ask(path(id, "override"), { method: "POST", body: { ...override, ...change } });
  expect(answer.status).toBe(400);
  expect(ApiError.parse(answer.body).error.issues?.map(({ path: name }) => name)).toEqual([field]);
  expect((await card(id)).override).toBeNull();
});

test("writes that a person was quicker than, or that Kommo refuses, are shown with the reason", async () => {
  const id = await judgedLead();
  await world.database.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body, state, outcome, ended_at) VALUES
       ($1, $2, 90, 'lead', 'qualification', '{"stage": {"pipelineId": 1, "statusId": 2}}', 'superseded', 'The stage was changed in Kommo meanwhile.', now()),
       ($1, $2, 91, 'task', 'qualification', '{"text": "Call"}', 'dead', 'Kommo refuses it.', now())`,
    [account.accountId, id],
  );
  expect((await card(id)).activity.slice(0, 2)).toMatchObject([
    { target: "task", state: "dead", outcome: "Kommo refuses it.", changes: [] },
    { target: "lead", state: "superseded", changes: ["stage"] },
  ]);
});

test("work that was given up is shown as stuck with its last error", async () => {
  const id = await judgedLead();
  await world.database.look(
    `INSERT INTO work (account_id, kind, subject, state, priority, due_at, attempts, last_error)
     VALUES ($1, 'qualify', $2, 'dead', 2, now(), 3, 'It broke.')`,
    [account.accountId, id],
  );
  expect((await card(id)).pending).toMatchObject({ state: "stuck", attempts: 3, lastError: "It broke." });
});

test("the card of one lead names the rep's three best others", async () => {
  const userId = user({ name: "Busy" });
  const busy = await Browser.open(world, account.accountId, userId);
  const lead = (id: number, segment: string, score: number) =>
    world.database.look(
      `INSERT INTO lead (account_id, lead_id, name, pipeline_id, status_id, responsible_user_id, segment, score)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [account.accountId, id, `Lead ${id}`, account.pipelineId, account.statusIds[0], userId, segment, score],
    );
  await lead(901, "cold", 20);
  await lead(902, "hot", 80);
  await lead(903, "hot", 95);
  await lead(904, "warm", 50);
  await lead(905, "spam", 0);
  expect((await card(903, busy)).next.map(({ id }) => id)).toEqual([902, 904, 901]);
  expect((await card(901, busy)).next.map(({ id }) => id)).toEqual([903, 902, 904]);
});
