import { AccountSettings } from "@dealscope/shared/account-settings";
import { ApiError } from "@dealscope/shared/api-error";
import { Backfills } from "@dealscope/shared/backfill";
import { Costs } from "@dealscope/shared/costs";
import { IcpSamples } from "@dealscope/shared/icp-samples";
import { Lists } from "@dealscope/shared/lists";
import { Agreement, PromptVersion, PromptVersionNumber, PromptVersions } from "@dealscope/shared/prompt-versions";
import { PromptVersionContent } from "@dealscope/shared/qualification";
import { ModelCheck, Setup } from "@dealscope/shared/setup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let admin: Browser;
let rep: Browser;
beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world);
  account.control.fields.create({ account: account.id, name: "Team size", type: "numeric" });
  admin = await Browser.open(world, account.id, account.installed.adminId);
  const { id } = account.control.accounts.addUser({ account: account.id, name: "Robin" });
  rep = await Browser.open(world, account.id, id);
});
afterAll(() => world?.stop());

const setup = () => admin.get(Setup, "/api/setup");

async function repaired(): Promise<Setup> {
  const asked = await admin.send(Setup, "/api/setup/repair", {});
  expect(asked.provisioning.isRunning).toBe(true);
  await until("it has been repaired", async () => {
    const { provisioning } = await setup();
    return !provisioning.isRunning && provisioning.completedAt !== asked.provisioning.completedAt;
  });
  return setup();
}

test("a rep reads what the account is set to, and changes nothing", async () => {
  await rep.get(AccountSettings, "/api/settings");
  await rep.get(Setup, "/api/setup");
  await rep.get(Costs, "/api/costs");
  await rep.get(Lists, "/api/lists");
  await rep.get(IcpSamples, "/api/icp-samples");
  await rep.get(PromptVersions, "/api/prompt-versions");
  await rep.get(Agreement, "/api/prompt-versions/1/agreement");
  await rep.get(Backfills, "/api/backfills");
  for (const [method, path] of [
    ["PUT", "/api/settings"],
    ["POST", "/api/setup/repair"],
    ["POST", "/api/setup/check-model"],
    ["POST", "/api/backfills"],
    ["POST", "/api/prompt-versions/compile"],
    ["POST", "/api/prompt-versions/try"],
    ["GET", "/api/prompt-versions/1/disagreements"],
    ["DELETE", "/api/prompt-versions/1"],
    ["GET", "/api/dry-runs"],
    ["POST", "/api/dry-runs"],
    ["GET", "/api/dry-runs/1"],
    ["GET", "/api/agreement/labels"],
    ["POST", "/api/agreement/labels"],
    ["DELETE", "/api/agreement/labels"],
    ["GET", "/api/activity/stuck"],
    ["POST", "/api/activity/retry"],
  ] as const) {
    expect(await rep.refusal(path, { method }), `${method} ${path}`).toEqual([403, "forbidden"]);
  }
});

test("a healthy account shows each link as good: fields, webhook, scopes, clock and model", async () => {
  const shown = await setup();
  expect(shown.provisioning.fieldStates).toEqual([
    { key: "score", name: "Dealscope score", state: "ready" },
    { key: "segment", name: "Dealscope segment", state: "ready" },
    { key: "summary", name: "Dealscope summary", state: "ready" },
    { key: "nextAction", name: "Dealscope next action", state: "ready" },
  ]);
  expect(shown.provisioning).toMatchObject({ isRunning: false, lastError: null });
  expect(shown.connection).toMatchObject({ kind: "oauth", byName: admin.session.userName, expiresAt: null });
  expect(shown.scopes).toContain("crm");
  expect(shown.chatHistory.state).toBe("unknown");
  expect(Math.abs(shown.clock.skewSeconds!)).toBeLessThanOrEqual(1);
  expect(shown.model).toMatchObject({ id: "gpt-6-luna", retiresOn: null, daysLeft: null, waitingFor: null });
});

test("a deleted field and a webhook that Kommo switched off are made again with one click", async () => {
  const ours = () =>
    account.control.fields
      .list({ account: account.id, entity: "leads" })
      .filter(({ code }) => code === "DEALSCOPE_SCORE");
  account.control.fields.remove({ account: account.id, id: ours()[0]!.id });
  const { access_token } = account.control.oauth.longLivedToken({ account: account.id });
  const [hook] = account.control.hooks.list({ account: account.id });
  const gone = await fetch(`${world.kommo.origin}/api/v4/webhooks`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify({ destination: hook!.destination }),
  });
  expect(gone.status).toBe(204);
  const healed = await repaired();
  expect(ours()).toHaveLength(1);
  expect(account.control.hooks.list({ account: account.id })).toHaveLength(1);
  expect(healed.webhook.state).toBe("subscribed");
  expect(healed.provisioning.missingFields).toEqual([]);
});

test("a field of another type is named with what to do, and chat history is tried on a real talk", async () => {
  const score = account.control.fields
    .list({ account: account.id, entity: "leads" })
    .find(({ code }) => code === "DEALSCOPE_SCORE")!;
  account.control.fields.remove({ account: account.id, id: score.id });
  const wrong = account.control.fields.create({
    account: account.id,
    name: "Mine",
    type: "text",
    code: "DEALSCOPE_SCORE",
  });
  const { lead_id } = account.control.chats.message({ account: account.id, name: "Ada", text: texts.hot });
  await until("the message is heard", async () => {
    const rows = await account.look("SELECT 1 FROM message WHERE lead_id = $1 AND talk_id IS NOT NULL", [lead_id]);
    return rows.length > 0;
  });
  const shown = await repaired();
  expect(shown.provisioning.fieldStates[0]).toMatchObject({ key: "score", state: "wrong_type" });
  expect(shown.provisioning.problems).toEqual([expect.stringContaining("Delete that field")]);
  expect(shown.chatHistory.state).toBe("available");
  account.control.fields.remove({ account: account.id, id: wrong.id });
  expect((await repaired()).provisioning.problems).toEqual([]);
});

test("an account whose plan or scopes give no chat history is told which it is", async () => {
  const other = await installAccount(world, {}, { scopes: ["crm"] });
  const browser = await Browser.open(world, other.id, other.installed.adminId);
  expect((await browser.get(Setup, "/api/setup")).chatHistory.state).toBe("no_scope");
});

test("an account that needs a person to reconnect is not repaired by a click", async () => {
  const other = await installAccount(world);
  const browser = await Browser.open(world, other.id, other.installed.adminId);
  await other.look("UPDATE account SET status = 'needs_reconnect' WHERE account_id = $1", [other.id]);
  expect(await browser.refusal("/api/setup/repair", { method: "POST" })).toEqual([503, "needs_reconnect"]);
});

test("the model is tried with one word, and what is wrong with it is said with what to do", async () => {
  const check = () => admin.send(ModelCheck, "/api/setup/check-model", {});
  const before = (await admin.get(Costs, "/api/costs")).month;
  const fine = await check();
  expect(fine).toMatchObject({ ok: true, problem: null, message: null, model: "gpt-6-luna" });
  expect(fine.costMicros).toBeGreaterThan(0);
  const after = (await admin.get(Costs, "/api/costs")).month;
  expect(after).toEqual({ calls: before.calls + 1, costMicros: before.costMicros + fine.costMicros });
  expect((await setup()).model.lastAnsweredAt).not.toBeNull();
  for (const [name, problem] of [
    ["401", "key_refused"],
    ["429_quota", "quota"],
    ["404_model", "no_such_model"],
    ["503", "unavailable"],
  ] as const) {
    world.openai.control.queue({ name });
    const found = await check();
    expect(found).toMatchObject({ ok: false, problem, message: expect.stringMatching(/\w\.$/), costMicros: 0 });
  }
});

test("leads that waited for a refused key are judged at once when the check finds that it works again", async () => {
  world.openai.control.queue({ name: "401", containing: "Waits for the key" });
  const id = account.create({ name: "Waits for the key", note: texts.hot });
  await until("it waits", async () => (await setup()).model.waitingFor === "key");
  await until("it is marked", () => account.segment(id).includes("needs manual qualification"));
  expect((await admin.send(ModelCheck, "/api/setup/check-model", {})).ok).toBe(true);
  await until("it is judged", () => account.segment(id).includes("dealscope:hot"));
  await until("nothing waits any more", async () => (await setup()).model.waitingFor === null);
});

test("a model that is about to retire is named with the days that are left", async () => {
  const [first] = (await admin.get(PromptVersions, "/api/prompt-versions")).versions;
  const content = { ...first!.content, model: "gpt-4.1-mini" };
  const { number } = await admin.send(PromptVersionNumber, "/api/prompt-versions", { body: content });
  await admin.send(PromptVersion, `/api/prompt-versions/${number}/publish`, { body: { note: "Cheaper" } });
  const { model } = await setup();
  expect(model).toMatchObject({ id: "gpt-4.1-mini", retiresOn: "2027-01-14" });
  expect(model.daysLeft).toBe(Math.ceil((Date.parse("2027-01-14") - Date.now()) / 86_400_000));
  const back = await admin.send(PromptVersion, "/api/prompt-versions/1/publish", {});
  expect(back.note).toBe("");
  const versions = (await admin.get(PromptVersions, "/api/prompt-versions")).versions;
  expect(versions.find((version) => version.number === number)).toMatchObject({ state: "archived", note: "Cheaper" });
});

test("the lists show stages, users, fields and models, and while Kommo is away what was last seen", async () => {
  const lists = await admin.get(Lists, "/api/lists");
  expect(lists.isFresh).toBe(true);
  const pipeline = lists.pipelines.find(({ id }) => id === account.installed.pipelineId)!;
  expect(pipeline.stages.map(({ id }) => id)).toEqual(expect.arrayContaining(account.installed.statusIds));
  expect(pipeline.stages.filter(({ outcome }) => outcome !== null).map(({ id }) => id)).toEqual([142, 143]);
  expect(lists.users.find(({ id }) => id === account.installed.adminId)).toMatchObject({ isAdmin: true });
  expect(lists.leadFields.map(({ name }) => name)).toContain("Team size");
  expect(lists.leadFields.map(({ code }) => code)).not.toContain("DEALSCOPE_SCORE");
  expect(lists.models[0]).toMatchObject({ id: "gpt-6-luna", inputDollars: 0.1, outputDollars: 0.5 });
  expect(lists.models.map(({ id }) => id)).not.toContain("gpt-4.1-nano");

  const other = await installAccount(world);
  const browser = await Browser.open(world, other.id, other.installed.adminId);
  world.kommo.control.faults.add({ match: { path: "/api/v4/*" }, effect: { kind: "answer", status: 500 } });
  const kept = await browser.get(Lists, "/api/lists");
  world.kommo.control.faults.clear();
  expect(kept).toMatchObject({ isFresh: false, leadFields: [], contactFields: [] });
  expect(kept.pipelines.map(({ id }) => id)).toContain(other.installed.pipelineId);
});

test("each sample of an ideal customer may be published as it is", async () => {
  const { samples } = await admin.get(IcpSamples, "/api/icp-samples");
  expect(samples.length).toBeGreaterThanOrEqual(5);
  const [first] = (await admin.get(PromptVersions, "/api/prompt-versions")).versions;
  for (const { icp } of samples) expect(PromptVersionContent.parse({ ...first!.content, icp }).icp).toBe(icp);
});

test("the first-time path remembers which steps are done, and ends with the switch", async () => {
  const done = async () => (await setup()).firstTime.filter((step) => step.done).map(({ key }) => key);
  const save = async (change: (settings: AccountSettings["settings"]) => AccountSettings["settings"]) => {
    const { version, settings } = await admin.get(AccountSettings, "/api/settings");
    const body = { version, settings: change(settings) };
    await admin.send(AccountSettings, "/api/settings", { method: "PUT", body });
  };
  // An earlier version was published by now, which shows that somebody has described the ideal customer.
  expect(await done()).toEqual(["fields"]);
  await save((settings) => ({
    ...settings,
    dryRun: true,
    firstTime: { ...settings.firstTime, triggers: true, icp: true },
  }));
  expect(await done()).toEqual(["triggers", "fields", "icp"]);
  await save((settings) => ({ ...settings, firstTime: { ...settings.firstTime, switchedOn: true } }));
  expect(await done()).toEqual(["triggers", "fields", "icp"]);
  await save((settings) => ({ ...settings, dryRun: false }));
  expect(await done()).toEqual(["triggers", "fields", "icp", "switched_on"]);
});

test("who saves what somebody else has changed meanwhile is told who, and which version there is now", async () => {
  const before = await admin.get(AccountSettings, "/api/settings");
  const put = () => admin.ask("/api/settings", { method: "PUT", body: before });
  expect((await put()).status).toBe(200);
  const { error } = ApiError.parse((await put()).body);
  expect(error).toMatchObject({ code: "conflict", currentVersion: before.version + 1 });
  expect(error.message).toContain(admin.session.userName);

  const [first] = (await admin.get(PromptVersions, "/api/prompt-versions")).versions;
  const { number } = await admin.send(PromptVersionNumber, "/api/prompt-versions", { body: first!.content });
  const edit = (revision: number) =>
    admin.ask(`/api/prompt-versions/${number}?revision=${revision}`, { method: "PUT", body: first!.content });
  expect(PromptVersion.parse((await edit(1)).body).revision).toBe(2);
  const late = await edit(1);
  expect([late.status, ApiError.parse(late.body).error.currentVersion]).toEqual([409, 2]);
  const path = `/api/prompt-versions/${number}`;
  expect(await admin.refusal(`${path}/publish?revision=1`, { method: "POST" })).toEqual([409, "conflict"]);
  const left = await admin.send(PromptVersions, path, { method: "DELETE" });
  expect(left.versions.map((version) => version.number)).not.toContain(number);
  expect(await admin.refusal(path, { method: "DELETE" })).toEqual([404, "not_found"]);
  expect(await admin.refusal("/api/prompt-versions/1", { method: "DELETE" })).toEqual([409, "conflict"]);
});

test("with pipelines chosen only their leads are judged by themselves, and a person may have any", async () => {
  const { pipelineId } = account.installed;
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  const triggers = { ...settings.triggers, pipelineIds: [pipelineId, 99] };
  const wrong = await admin.ask("/api/settings", {
    method: "PUT",
    body: { version, settings: { ...settings, triggers } },
  });
  expect(ApiError.parse(wrong.body).error.message).toBe("There is no pipeline 99 in this account.");

  // As if it was chosen, and is not the leads' any more.
  await account.set({ triggers: { pipelineIds: [99] } });
  const id = account.create({ name: "Elsewhere", note: texts.hot });
  await account.quiet();
  expect(await account.verdicts(id)).toEqual([]);
  await admin.ask(`/api/leads/${id}/requalify`, { method: "POST" });
  await account.written(id);
  await account.set({ triggers: { pipelineIds: [pipelineId] } });
  await account.written(account.create({ name: "Here", note: texts.hot }));
});

test("a lead that is moved into the chosen pipelines is judged as if it was made there", async () => {
  const pipelines = [{ name: "Support", is_main: true }, { name: "Sales" }];
  const other = await installAccount(world, {}, { pipelines });
  const browser = await Browser.open(world, other.id, other.installed.adminId);
  const sales = (await browser.get(Lists, "/api/lists")).pipelines.find(({ name }) => name === "Sales")!;
  await other.set({ triggers: { pipelineIds: [sales.id] } });
  const id = other.create({ name: "Moved over", note: texts.hot });
  await other.quiet();
  expect(await other.verdicts(id)).toEqual([]);
  const stage = sales.stages.find(({ isIncoming }) => !isIncoming)!;
  other.control.leads.move({ account: other.id, id, pipeline_id: sales.id, status_id: stage.id });
  await other.written(id);
});
