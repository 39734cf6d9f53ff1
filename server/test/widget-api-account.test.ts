import { AccountSettings } from "@dealscope/shared/account-settings";
import { ApiError } from "@dealscope/shared/api-error";
import { Card, Pending } from "@dealscope/shared/card";
import { Costs } from "@dealscope/shared/costs";
import { Agreement, PromptVersion, PromptVersionNumber, PromptVersions } from "@dealscope/shared/prompt-versions";
import { Queue } from "@dealscope/shared/queue";
import { Setup } from "@dealscope/shared/setup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { type Installed, until, type World } from "./world.ts";

let world: World;
let account: Installed;
let admin: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  account = await world.install();
  admin = await Browser.open(world, account.accountId, account.adminId);
});
afterAll(() => world?.stop());

const put = (body: unknown) => admin.ask("/api/settings", { method: "PUT", body });

test.each([
  ["PUT", "/api/settings"],
  ["POST", "/api/prompt-versions"],
  ["PUT", "/api/prompt-versions/1"],
  ["POST", "/api/prompt-versions/1/publish"],
  ["POST", "/api/prompt-versions/1/back-test"],
] as const)("%s %s is for administrators", async (method, path) => {
  const { id } = world.kommo.control.accounts.addUser({ account: account.accountId, name: "Robin" });
  const rep = await Browser.open(world, account.accountId, id);
  expect(await rep.refusal(path, { method })).toEqual([403, "forbidden"]);
  expect((await rep.ask(path, { method, token: "" })).status).toBe(401);
});

test("settings are saved by whoever read them last, and the other one is told", async () => {
  const before = await admin.get(AccountSettings, "/api/settings");
  const first = await put({ ...before, settings: { ...before.settings, settleSeconds: 3 } });
  expect(first.status).toBe(200);
  expect(AccountSettings.parse(first.body)).toMatchObject({
    version: before.version + 1,
    settings: { settleSeconds: 3 },
  });
  const second = await put({ ...before, settings: { ...before.settings, settleSeconds: 9 } });
  expect([second.status, ApiError.parse(second.body).error.code]).toEqual([409, "conflict"]);
  expect((await admin.get(AccountSettings, "/api/settings")).settings.settleSeconds).toBe(3);
});

test("every wrong setting is named at once, and nothing is saved", async () => {
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  const answer = await put({ version, settings: { ...settings, settleSeconds: 31, monthlyCapDollars: -1 } });
  expect(answer.status).toBe(400);
  const { issues, message } = ApiError.parse(answer.body).error;
  expect(issues).toEqual([
    { path: "settings.settleSeconds", message: "The settle time is 30 seconds at most.", code: "too_big", limit: 30 },
    {
      path: "settings.monthlyCapDollars",
      message: "The monthly cap must not be negative.",
      code: "too_small",
      limit: 0,
    },
  ]);
  expect(message).toBe("The settle time is 30 seconds at most. The monthly cap must not be negative.");
  expect((await admin.get(AccountSettings, "/api/settings")).version).toBe(version);
});

test("dry run and a reached cap show on the card, and a dry override is not written into Kommo", async () => {
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  const changed = { ...settings, settleSeconds: 0, dryRun: true, monthlyCapDollars: 0 };
  expect((await put({ version, settings: changed })).status).toBe(200);
  const { id } = world.kommo.control.leads.create({ account: account.accountId, name: "Dry" });
  const path = `/api/leads/${id}/override`;
  const body = { segment: "hot", score: 80, reason: "I know them", expiresAt: null };
  const card = await admin.send(Card, path, { body });
  expect(card).toMatchObject({ account: { dryRun: true, capReached: true }, standing: { segment: { key: "hot" } } });
  expect(card.activity).toEqual([]);
  await put({ version: version + 1, settings });
});

test("settings that name a segment, stage or user that is not there are refused with a sentence for each", async () => {
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  const { pipelineId, adminId } = account;
  const [statusId] = account.statusIds;
  const nothing = { assign: null, moveTo: null, task: null };
  const actions = {
    vip: nothing,
    hot: { ...nothing, assign: { how: "fixed", userId: 99 }, moveTo: { pipelineId: 7, statusId: 7 } },
    warm: { ...nothing, assign: { how: "round_robin", userIds: [adminId, 98] }, moveTo: { pipelineId, statusId: 9 } },
  };
  const triggers = {
    ...settings.triggers,
    onStages: [
      { pipelineId, statusId },
      { pipelineId, statusId: 8 },
    ],
  };
  const answer = await put({ version, settings: { ...settings, actions, triggers } });
  expect(answer.status).toBe(400);
  expect(ApiError.parse(answer.body).error.issues).toEqual([
    {
      path: "settings.triggers.onStages.1",
      message: expect.stringMatching(/^There is no stage 8 in the pipeline .+\.$/),
    },
    { path: "settings.actions.vip", message: "There is no segment vip, so nothing can be done with its leads." },
    { path: "settings.actions.hot.moveTo", message: "There is no pipeline 7 in this account." },
    { path: "settings.actions.hot.assign", message: "There is no user 99 in this account." },
    {
      path: "settings.actions.warm.moveTo",
      message: expect.stringMatching(/^There is no stage 9 in the pipeline .+\.$/),
    },
    { path: "settings.actions.warm.assign", message: "There is no user 98 in this account." },
  ]);
  const known = { hot: { ...nothing, assign: { how: "fixed", userId: adminId }, moveTo: { pipelineId, statusId } } };
  expect((await put({ version, settings: { ...settings, actions: known } })).status).toBe(200);
  await put({ version: version + 1, settings });
});

const inquiry = "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I decide. We go live by March.";

test("at the cap the card and the queue show what stands in the deal, and raising the cap lets waiting leads go on at once", async () => {
  const other = await world.install();
  const browser = await Browser.open(world, other.accountId, other.adminId);
  const change = async (changed: object) => {
    const { version, settings } = await browser.get(AccountSettings, "/api/settings");
    const body = { version, settings: { ...settings, ...changed } };
    expect((await browser.ask("/api/settings", { method: "PUT", body })).status).toBe(200);
  };
  await change({ settleSeconds: 0 });
  const lead = (name: string) => world.kommo.control.leads.create({ account: other.accountId, name, note: inquiry }).id;
  const card = (id: number) => browser.get(Card, `/api/leads/${id}/card`);
  const id = lead("Before the cap");
  await until(
    "the lead is judged",
    async () =>
      (await browser.ask(`/api/leads/${id}/card`)).status === 200 && (await card(id)).standing.segment !== null,
  );
  const { standing, verdict } = await card(id);

  await change({ monthlyCapDollars: 0 });
  await browser.send(Pending, `/api/leads/${id}/requalify`, {});
  await until("the cap is in the way", async () => {
    const { verdict, pending } = await card(id);
    return verdict?.reason === "cap" && pending?.state === "waiting";
  });
  expect(await card(id)).toMatchObject({ standing, pending: { state: "waiting", askedBy: browser.session.userName } });
  const queue = await browser.get(Queue, "/api/queue");
  expect(queue.leads).toMatchObject([{ id, segment: standing.segment, nextAction: verdict!.nextAction }]);
  expect(queue.needsManual).toEqual([]);
  const second = lead("At the cap");
  await until(
    "the second waits too",
    async () =>
      (await browser.ask(`/api/leads/${second}/card`)).status === 200 && (await card(second)).verdict?.reason === "cap",
  );
  expect((await browser.get(Queue, "/api/queue")).needsManual.map((one) => one.id)).toEqual([second]);

  await change({ monthlyCapDollars: 5 });
  await until(
    "both are judged",
    async () => (await card(id)).verdict?.reason === null && (await card(second)).verdict?.reason === null,
  );
  expect((await card(id)).verdict?.judge.askedBy).toBe(browser.session.userName);
});

test("the next lead is judged by the version just published, by the model it names, and after a roll-back by the old one", async () => {
  const other = await world.install();
  const browser = await Browser.open(world, other.accountId, other.adminId);
  await world.database.look("UPDATE account SET settings = $2 WHERE account_id = $1", [
    other.accountId,
    '{"settleSeconds": 0}',
  ]);
  const judged = async (name: string) => {
    const { id } = world.kommo.control.leads.create({ account: other.accountId, name, note: inquiry });
    const rows = () =>
      world.database.look<{ prompt_number: number; model: string }>(
        "SELECT prompt_number, model FROM verdict WHERE account_id = $1 AND lead_id = $2",
        [other.accountId, id],
      );
    await until(`${name} is judged`, async () => (await rows()).length === 1);
    return (await rows())[0];
  };
  expect(await judged("By the first")).toEqual({ prompt_number: 1, model: "gpt-6-luna" });
  const [first] = (await browser.get(PromptVersions, "/api/prompt-versions")).versions;
  const body = { ...first!.content, icp: "We sell to bakeries.", model: "gpt-6-sol" };
  await browser.send(PromptVersionNumber, "/api/prompt-versions", { body });
  await browser.send(PromptVersion, "/api/prompt-versions/2/publish", {});
  expect(await judged("By the second")).toEqual({ prompt_number: 2, model: "gpt-6-sol" });
  const [call] = world.openai.control.calls({ containing: "By the second" });
  expect(JSON.stringify(call!.request)).toContain("We sell to bakeries.");
  await browser.send(PromptVersion, "/api/prompt-versions/1/publish", {});
  expect(await judged("By the first again")).toEqual({ prompt_number: 1, model: "gpt-6-luna" });
});

test("a model whose price is not known is named on the setup page", async () => {
  const other = await world.install();
  const browser = await Browser.open(world, other.accountId, other.adminId);
  expect((await browser.get(Setup, "/api/setup")).unpricedModels).toEqual([]);
  await world.database.look(
    `INSERT INTO model_call (account_id, model, outcome) VALUES ($1, 'llama-5', 'answer'), ($1, 'gpt-6-luna', 'answer')`,
    [other.accountId],
  );
  expect((await browser.get(Setup, "/api/setup")).unpricedModels).toEqual(["llama-5"]);
});

test("administrators who draft, edit and publish at the same moment take turns, and nobody gets a fault of ours", async () => {
  const other = await world.install();
  const browser = await Browser.open(world, other.accountId, other.adminId);
  const [first] = (await browser.get(PromptVersions, "/api/prompt-versions")).versions;
  const { content } = first!;
  const many = <T>(use: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 8 }, (_, index) => use(index)));
  const drafts = await many(() => browser.ask("/api/prompt-versions", { method: "POST", body: content }));
  expect(drafts.map(({ status }) => status)).toEqual(Array(8).fill(201));
  const numbers = drafts.map(({ body }) => PromptVersionNumber.parse(body).number);
  expect(new Set(numbers).size).toBe(8);
  const path = `/api/prompt-versions/${numbers[0]}`;
  const answers = await many((index) =>
    index % 2
      ? browser.ask(`/api/prompt-versions/${numbers[index]}/publish`, { method: "POST" })
      : browser.ask(path, { method: "PUT", body: { ...content, icp: `Edit ${index}` } }),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  const publishing = browser.ask(`${path}/publish`, { method: "POST" });
  const edits = await many((index) => browser.ask(path, { method: "PUT", body: { ...content, icp: `Late ${index}` } }));
  expect((await publishing).status).toBe(200);
  expect(new Set([200, 409, ...edits.map(({ status }) => status)])).toEqual(new Set([200, 409]));
  const versions = (await browser.get(PromptVersions, "/api/prompt-versions")).versions;
  expect(versions.filter(({ state }) => state === "published").map(({ number }) => number)).toEqual([numbers[0]]);
});

test("saving settings and publishing are audited with who did it", async () => {
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  await put({ version, settings: { ...settings, settleSeconds: 7 } });
  await admin.send(PromptVersion, "/api/prompt-versions/1/publish", {});
  const rows = await world.database.look(
    "SELECT actor, action, subject, detail->'settleSeconds' AS seconds FROM audit WHERE account_id = $1 ORDER BY id DESC LIMIT 2",
    [account.accountId],
  );
  const actor = admin.session.userName;
  expect(rows).toEqual([
    { actor, action: "prompt published", subject: "version 1", seconds: null },
    { actor, action: "settings changed", subject: "", seconds: 7 },
  ]);
});

test("the setup page tells what is provisioned, what is stuck and what the scans healed", async () => {
  const other = await world.install();
  await world.database.look(
    `INSERT INTO delivery (account_id, source, content_type, body, state) VALUES
       ($1, 'kommo', 'x', 'a', 'dead'), ($1, 'kommo', 'x', 'a', 'quarantined'), ($1, 'kommo', 'x', 'a', 'quarantined'), ($2, 'kommo', 'x', 'a', 'dead')`,
    [account.accountId, other.accountId],
  );
  await world.database.look(
    `INSERT INTO scan (account_id, kind, cursor_at, ran_at, healed) VALUES ($1, 'a test', now(), now(), 7)`,
    [account.accountId],
  );
  const setup = await admin.get(Setup, "/api/setup");
  expect(setup.account).toMatchObject({ id: account.accountId, status: "active" });
  expect(setup.provisioning).toMatchObject({ missingFields: [], problems: [] });
  expect(setup.provisioning.fields).toEqual(["score", "segment", "summary", "nextAction"]);
  expect(setup.webhook.state).toBe("subscribed");
  expect(setup.stuck).toMatchObject({ deadDeliveries: 1, quarantinedDeliveries: 2, deadWork: 0 });
  expect(setup.scans).toContainEqual(expect.objectContaining({ kind: "a test", healed: 7 }));
  expect(JSON.stringify(setup)).not.toMatch(/sealed|path_?key/i);
});

test("costs are told by month, day and outcome, in whole micro-dollars, and only the account's own", async () => {
  const other = await world.install();
  const call = (accountId: number, outcome: string, cost: number, daysAgo: number) =>
    world.database.look(
      `INSERT INTO model_call (account_id, model, outcome, cost_micros, usage, at)
       VALUES ($1, 'm', $2, $3, '{"prompt": 1000, "cached": 900, "completion": 50}', now() - $4 * interval '1 day')`,
      [accountId, outcome, cost, daysAgo],
    );
  await world.database.look(
    `INSERT INTO spend (account_id, month, shard, cost_micros, calls) VALUES
       ($1, date_trunc('month', now() AT TIME ZONE 'UTC'), 0, 150, 1),
       ($1, date_trunc('month', now() AT TIME ZONE 'UTC'), 1, 200, 1), ($1, '2025-01-01', 0, 99, 9)`,
    [other.accountId],
  );
  await call(other.accountId, "answer", 150, 0);
  await call(other.accountId, "refusal", 200, 0);
  await call(other.accountId, "answer", 77, 40);
  await call(account.accountId, "answer", 1_000_000, 0);
  const browser = await Browser.open(world, other.accountId, other.adminId);
  const costs = await browser.get(Costs, "/api/costs");
  expect(costs.month).toEqual({ costMicros: 350, calls: 2 });
  expect(costs.capMicros).toBeNull();
  expect(costs.months.at(-1)).toEqual({ month: "2025-01", costMicros: 99, calls: 9 });
  expect(costs.days).toEqual([
    {
      day: new Date().toISOString().slice(0, 10),
      ...{ costMicros: 350, calls: 2, promptTokens: 2000, cachedTokens: 1800, completionTokens: 100 },
    },
  ]);
  expect(costs.outcomes).toEqual([
    { outcome: "answer", calls: 1, costMicros: 150 },
    { outcome: "refusal", calls: 1, costMicros: 200 },
  ]);
});

test("a draft is made, changed and published, and an archived version is put in force again", async () => {
  const list = async () => (await admin.get(PromptVersions, "/api/prompt-versions")).versions;
  const [first] = await list();
  const { number } = await admin.send(PromptVersionNumber, "/api/prompt-versions", { body: first!.content });
  expect(number).toBe(2);
  const icp = "We sell to bakeries.";
  const path = `/api/prompt-versions/${number}`;
  const edited = await admin.send(PromptVersion, path, { method: "PUT", body: { ...first!.content, icp } });
  expect(edited).toMatchObject({ state: "draft", content: { icp }, createdBy: admin.session.userName });
  expect(await admin.send(PromptVersion, `${path}/publish`, {})).toMatchObject({ state: "published" });
  expect(await admin.refusal(path, { method: "PUT", body: first!.content })).toEqual([409, "conflict"]);
  await admin.send(PromptVersion, "/api/prompt-versions/1/publish", {});
  expect((await list()).map((version) => [version.number, version.state])).toEqual([
    [2, "archived"],
    [1, "published"],
  ]);
  expect(await admin.refusal("/api/prompt-versions/99/publish", { method: "POST" })).toEqual([404, "not_found"]);
  const broken = await admin.ask("/api/prompt-versions", { method: "POST", body: { ...first!.content, criteria: [] } });
  expect([broken.status, ApiError.parse(broken.body).error.message]).toEqual([
    400,
    "A prompt version must have at least 3 criteria.",
  ]);
});

test("agreement counts the newest override of each lead against the verdict it overrode", async () => {
  const other = await world.install();
  const browser = await Browser.open(world, other.accountId, other.adminId);
  const note = "We need an ERP for 40 branches, the budget of 80 000 EUR is approved. I decide. We go live by March.";
  const { id } = world.kommo.control.leads.create({ account: other.accountId, name: "ERP", note });
  const path = `/api/leads/${id}`;
  await until("the lead is judged", async () => (await browser.get(Card, `${path}/card`)).verdict !== null);
  const { verdict } = await browser.get(Card, `${path}/card`);
  const model = verdict!.segment?.key ?? null;
  const say = (segment: string) =>
    browser.send(Card, `${path}/override`, { body: { segment, score: null, reason: "Known", expiresAt: null } });
  await say("hot");
  await say("spam");
  const agreement = await browser.get(Agreement, "/api/prompt-versions/1/agreement");
  expect(agreement).toMatchObject({ total: 1, agreed: 0, matrix: [{ person: "spam", model, count: 1 }] });
  expect(await browser.refusal("/api/prompt-versions/7/agreement")).toEqual([404, "not_found"]);
});
