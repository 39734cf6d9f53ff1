import { ApiError } from "@dealscope/shared/api-error";
import { Card } from "@dealscope/shared/card";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let rep: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world);
  const { id } = account.control.accounts.addUser({ account: account.id, name: "Robin" });
  rep = await Browser.open(world, account.id, id);
});
afterAll(() => world?.stop());

const path = (id: number, what: string) => `/api/leads/${id}/${what}`;
const card = (id: number, browser = rep) => browser.get(Card, path(id, "card"));
const makeTask = (id: number, body: object = {}) => rep.send(Card, path(id, "task"), { body });

interface Task {
  text: string;
  complete_till: number;
  responsible_user_id: number;
}

/** As Kommo shows them to an administrator. */
async function tasks(id: number): Promise<Task[]> {
  const { access_token } = account.control.oauth.longLivedToken({ account: account.id });
  const url = `${world.kommo.origin}/api/v4/tasks?filter[entity_type]=leads&filter[entity_id][]=${id}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${access_token}` } });
  if (answer.status === 204) return [];
  return ((await answer.json()) as { _embedded: { tasks: Task[] } })._embedded.tasks;
}

async function judged(name = "ERP rollout", note: string = texts.hot): Promise<number> {
  const id = account.create({ name, note });
  await account.written(id);
  await account.quiet();
  return id;
}

test("the next action becomes a task in Kommo with one click, once for each verdict", async () => {
  const id = await judged();
  const { verdict, task, segments } = await card(id);
  expect(task).toBeNull();
  expect(segments.map(({ name }) => name)).toEqual(["Hot", "Warm", "Cold", "Spam"]);
  const answers = await Promise.all([makeTask(id), makeTask(id, { minutes: 600 }), makeTask(id)]);
  expect(answers[0]!.task).toMatchObject({ text: verdict!.nextAction, byName: "Robin" });
  await until("the task is made", async () => (await card(id)).task?.state === "sent");
  await makeTask(id);
  await account.quiet();
  const [made, ...more] = await tasks(id);
  expect(more).toEqual([]);
  expect(made!.text).toMatch(new RegExp(`^${verdict!.nextAction.replaceAll(/[.?()]/g, "\\$&")}\\n· DS-`));
  expect(made!.responsible_user_id).toBe(account.installed.adminId);
  expect((await card(id)).task).toMatchObject({ responsibleName: expect.any(String), outcome: "sent" });
});

test("a task of one's own words is due when one says, and a new verdict may have another", async () => {
  const id = await judged("Own words");
  const before = Math.floor(Date.now() / 1000);
  await makeTask(id, { text: "Send the offer", minutes: 1440 });
  await until("the task is made", async () => (await tasks(id)).length === 1);
  const [made] = await tasks(id);
  expect(made!.text).toMatch(/^Send the offer\n/);
  expect(made!.complete_till - before).toBeGreaterThanOrEqual(86_400);
  expect(made!.complete_till - before).toBeLessThan(86_460);
  await rep.ask(path(id, "requalify"), { method: "POST" });
  await until("there is a second verdict", async () => (await card(id)).history.length === 2);
  expect((await card(id)).task).toBeNull();
  await makeTask(id);
  await until("there are two tasks", async () => (await tasks(id)).length === 2);
});

test("a task that Kommo refused may be asked for again", async () => {
  const id = await judged("Refused");
  await makeTask(id);
  await until("the task is made", async () => (await card(id)).task?.state === "sent");
  await account.look(
    "UPDATE write SET state = 'dead', outcome = 'Kommo refuses it.' WHERE lead_id = $1 AND target = 'task'",
    [id],
  );
  expect((await card(id)).task).toMatchObject({ state: "dead", outcome: "Kommo refuses it." });
  expect((await makeTask(id, { text: "Once more" })).task).toMatchObject({ state: "due", text: "Once more" });
  await until("it is made", async () => (await tasks(id)).some(({ text }) => text.startsWith("Once more")));
});

test("without a verdict, without the right to change the lead, or with a wrong wish there is no task", async () => {
  await account.set({ triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
  const id = account.create({ name: "Not judged" });
  await account.quiet();
  expect(await rep.refusal(path(id, "task"), { method: "POST", body: {} })).toEqual([409, "conflict"]);
  const rights = { leads: { view: "A", edit: "D", add: "A", delete: "A", export: "A" } } as const;
  const looker = account.control.accounts.addUser({ account: account.id, name: "Looker", rights });
  const browser = await Browser.open(world, account.id, looker.id);
  expect(await browser.refusal(path(id, "task"), { method: "POST", body: {} })).toEqual([403, "forbidden"]);
  expect(await rep.refusal(path(987_654, "task"), { method: "POST", body: {} })).toEqual([404, "not_found"]);
  const answer = await rep.ask(path(id, "task"), { method: "POST", body: { text: " ", minutes: 1 } });
  expect(ApiError.parse(answer.body).error.issues?.map((issue) => issue.path)).toEqual(["text", "minutes"]);
  await account.set();
});

test("a quote's place shows the message with its author and channel, or the note with its writer", async () => {
  const id = await judged("Talked");
  const noted = (await card(id)).verdict!.criteria.find(({ key }) => key === "budget")!;
  expect(noted.place).toMatchObject({ kind: "note", field: null, from: null, text: texts.hot });
  expect(noted.place!.text).toContain(noted.quote);

  const long = `${"We looked at many offers. ".repeat(60)}Our budget of 90 000 EUR is approved. ${"Bye. ".repeat(80)}`;
  const { lead_id } = account.control.chats.message({
    ...{ account: account.id, name: "Ada Holm", origin: "waba", text: long },
  });
  await until("it is judged", async () => (await card(lead_id!)).verdict !== null);
  const budget = (await card(lead_id!)).verdict!.criteria.find(({ key }) => key === "budget")!;
  expect(budget.place).toMatchObject({ kind: "message", from: "client", author: "Ada Holm", channel: "waba" });
  expect(budget.place!.at).toBe(budget.source!.at);
  expect(budget.place!.text).toContain(budget.quote);
  expect(budget.place!.text!.length).toBeLessThanOrEqual(602);
  const unknown = (await card(lead_id!)).verdict!.criteria.find(({ level }) => level === null);
  expect(unknown?.place ?? null).toBeNull();
});

test("with dry run on the card shows what would have been written, and nothing is", async () => {
  const { adminId, pipelineId, statusIds } = account.installed;
  const action = {
    assign: { how: "round_robin", userIds: [adminId] },
    moveTo: { pipelineId, statusId: statusIds[1]! },
    task: { text: "Call at once", minutes: 15 },
  } as const;
  await account.set({ dryRun: true, actions: { hot: action } as never });
  const id = account.create({ name: "Dry", note: texts.hot });
  await until("it is judged", async () => (await card(id)).verdict !== null);
  await account.quiet();
  const shown = await card(id);
  const { verdict } = shown;
  expect(shown.account.dryRun).toBe(true);
  expect(shown.wouldWrite).toMatchObject({
    fields: {
      score: verdict!.score,
      segment: verdict!.segment,
      summary: verdict!.summary,
      nextAction: verdict!.nextAction,
    },
    tag: "dealscope:hot",
    stage: { pipelineId, statusId: statusIds[1], pipelineName: expect.any(String), statusName: expect.any(String) },
    owner: { userId: adminId, name: expect.any(String) },
    task: { text: "Call at once", minutes: 15 },
  });
  expect(account.segment(id)).toEqual([]);
  expect(shown.activity).toEqual([]);
  const [turns] = await account.look("SELECT count(*)::int AS n FROM rotation WHERE account_id = $1", [account.id]);
  expect(turns).toEqual({ n: 0 });
  const refused = await rep.ask(path(id, "task"), { method: "POST", body: {} });
  expect([refused.status, ApiError.parse(refused.body).error.message]).toEqual([
    409,
    expect.stringContaining("Dry run"),
  ]);

  const body = { segment: "cold", score: 7, reason: "No money", expiresAt: null };
  const overridden = await rep.send(Card, path(id, "override"), { body });
  expect(overridden.wouldWrite).toMatchObject({
    ...{ fields: { score: 7, segment: { key: "cold" } }, tag: "dealscope:cold" },
    ...{ stage: null, owner: null, task: null },
  });

  await account.set({ dryRun: true, taskWhenManual: true });
  world.openai.control.queue({ name: "refusal", containing: "Dry and refused" });
  const other = account.create({ name: "Dry and refused", note: texts.hot });
  await until("it is judged", async () => (await card(other)).verdict !== null);
  expect((await card(other)).wouldWrite).toMatchObject({
    fields: { score: null, segment: null },
    tag: "needs manual qualification",
    task: { text: expect.stringMatching(/\w\.$/), minutes: 60 },
  });
  await account.set();
  expect((await card(id)).wouldWrite).toBeNull();
});
