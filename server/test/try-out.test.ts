import { Card } from "@dealscope/shared/card";
import { Costs } from "@dealscope/shared/costs";
import { PromptVersions } from "@dealscope/shared/prompt-versions";
import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { Compiled, DryRun, DryRuns, Tried } from "@dealscope/shared/try-out";
import { encode } from "gpt-tokenizer/encoding/o200k_base";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
let admin: Browser;
let content: PromptVersionContent;
beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world);
  admin = await Browser.open(world, account.id, account.installed.adminId);
  content = (await admin.get(PromptVersions, "/api/prompt-versions")).versions[0]!.content;
});
afterAll(() => world?.stop());

/** A text by which nothing is hot below 100. */
const stricter = () => ({
  ...content,
  segments: content.segments.map((s) => (s.key === "hot" ? { ...s, minScore: 100 } : s)),
});
const compile = (wish = content) => admin.send(Compiled, "/api/prompt-versions/compile", { body: { content: wish } });
const spent = async () => (await admin.get(Costs, "/api/costs")).month;

/** Everything that a try must not change. */
async function traces(ids: number[]) {
  const rows = (table: string) =>
    account.look(`SELECT * FROM ${table} WHERE account_id = $1 ORDER BY 1, 2`, [account.id]);
  return {
    leads: ids.map((id) => account.lead(id)),
    verdicts: await rows("verdict"),
    writes: await rows("write"),
    standing: await account.look(
      "SELECT lead_id, segment, score, verdict_id FROM lead WHERE account_id = $1 ORDER BY 1",
      [account.id],
    ),
  };
}

test("the compiled view is what the model reads, with its exact tokens and a price that has not been measured yet", async () => {
  const icp = "We sell to bakeries. <|endoftext|>";
  const compiled = await compile({ ...content, icp });
  expect(compiled.developer).toContain(`# Ideal customer\n${icp}`);
  expect(compiled.tokens.developer).toBe(encode(compiled.developer, { disallowedSpecial: new Set() }).length);
  expect(JSON.parse(compiled.schema).properties.segment.enum).toContain("hot");
  expect(compiled).toMatchObject({
    model: "gpt-6-luna",
    isMeasured: false,
    leadsPerMonth: null,
    costPerMonthMicros: null,
  });
  expect(compiled.costPerLeadMicros).toBeGreaterThan(50);
  expect(compiled.costPerLeadMicros).toBeLessThan(500);
});

test("once leads were judged the price is that of the account's own leads, a month at its own rate", async () => {
  const ids = Array.from({ length: 12 }, (_, n) => account.create({ name: `Measured ${n};`, note: texts.hot }));
  for (const id of ids) await account.written(id);
  await account.quiet();
  const compiled = await compile();
  const { calls, costMicros } = await spent();
  expect(compiled).toMatchObject({ isMeasured: true, leadsPerMonth: calls * 30 });
  expect(compiled.costPerMonthMicros).toBe(compiled.costPerLeadMicros! * calls * 30);
  const average = costMicros / calls;
  expect(compiled.costPerLeadMicros! / average).toBeGreaterThan(0.5);
  expect(compiled.costPerLeadMicros! / average).toBeLessThan(1.5);
  const longer = await compile({ ...content, icp: content.icp.repeat(8) });
  expect(longer.costPerLeadMicros).toBeGreaterThan(compiled.costPerLeadMicros!);
});

test("a text that cannot be published cannot be compiled or tried either", async () => {
  const broken = { ...content, criteria: [] };
  for (const [path, body] of [
    ["compile", { content: broken }],
    ["try", { content: broken, leadId: 1 }],
  ] as const) {
    expect(await admin.refusal(`/api/prompt-versions/${path}`, { method: "POST", body })).toEqual([
      400,
      "invalid_input",
    ]);
  }
});

test("a text is tried on a lead before it is saved, without any effect but its cost", async () => {
  const id = account.create({ name: "Tried on", note: texts.hot });
  await account.written(id);
  await account.quiet();
  const before = await traces([id]);
  const spentBefore = await spent();
  const path = "/api/prompt-versions/try";
  const tried = await admin.send(Tried, path, { body: { content: stricter(), leadId: id } });
  expect(tried).toMatchObject({ lead: { id, name: "Tried on" }, reason: null, standing: { segment: { key: "hot" } } });
  expect(tried.verdict).toMatchObject({ status: "qualified", segment: { key: "warm", name: "Warm" } });
  expect(tried.verdict!.criteria[0]).toMatchObject({ key: "budget", name: "Budget", quote: expect.any(String) });
  expect(await traces([id])).toEqual(before);
  expect((await spent()).costMicros - spentBefore.costMicros).toBe(tried.costMicros);
  expect(await admin.refusal(path, { method: "POST", body: { content, leadId: 987_654 } })).toEqual([404, "not_found"]);
});

test("a try that brings no verdict says why, and one that a hard rule would decide says which", async () => {
  const id = account.create({ name: "No luck with this", note: texts.hot, contact: { name: "Ada Holm" } });
  account.control.chats.message({ account: account.id, lead_id: id, text: "It is about the ERP." });
  await account.written(id);
  await account.quiet();
  world.openai.control.queue({ name: "refusal", containing: "No luck with this" });
  const body = { content, leadId: id };
  const refused = await admin.send(Tried, "/api/prompt-versions/try", { body });
  expect(refused).toMatchObject({ verdict: null, reason: "refused" });
  await account.set({ blocklist: { domains: [], emails: [], phones: [], words: ["ERP"] } });
  const blocked = await admin.send(Tried, "/api/prompt-versions/try", { body });
  expect(blocked).toMatchObject({ rule: "blocklist", verdict: { status: "qualified" } });
  await account.set({ monthlyCapDollars: 0 });
  expect(await admin.send(Tried, "/api/prompt-versions/try", { body })).toMatchObject({ verdict: null, reason: "cap" });
  await account.set();
});

test("the newest leads are scored dry: kept to be read, and nothing of it in Kommo or in their history", async () => {
  await account.quiet();
  const names = ["Dry A", "Dry B", "Dry C"];
  await account.set({ triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
  const ids = names.map((name) => account.create({ name, note: texts.hot }));
  await account.quiet();
  const before = await traces(ids);
  const spentBefore = await spent();
  const started = await admin.send(DryRun, "/api/dry-runs", { body: { content: stricter(), leads: 3 } });
  expect(started).toMatchObject({ state: "running", leads: [], createdBy: admin.session.userName });
  expect(await admin.refusal("/api/dry-runs", { method: "POST", body: {} })).toEqual([409, "conflict"]);
  const show = () => admin.get(DryRun, `/api/dry-runs/${started.id}`);
  await until("they are scored", async () => (await show()).state === "done");
  await account.quiet("dry-run");
  const done = await show();
  expect(done.leads.map(({ name, state }) => [name, state])).toEqual([
    ["Dry C", "judged"],
    ["Dry B", "judged"],
    ["Dry A", "judged"],
  ]);
  for (const { verdict } of done.leads) expect(verdict).toMatchObject({ segment: { key: "warm", name: "Warm" } });
  const after = await traces(ids);
  expect({ ...after, standing: [] }).toEqual({ ...before, standing: [] });
  for (const row of after.standing.filter(({ lead_id }) => ids.includes(Number(lead_id)))) {
    expect(row).toMatchObject({ segment: null, score: null, verdict_id: null });
  }
  expect((await spent()).costMicros - spentBefore.costMicros).toBe(done.costMicros);
  const card = await admin.get(Card, `/api/leads/${ids[0]}/card`);
  expect(card).toMatchObject({ verdict: null, history: [] });
  expect((await admin.get(DryRuns, "/api/dry-runs")).dryRuns[0]).toEqual(done);
  await account.set();
});

test("a dry run ends with what went wrong: a refusal, a model that is away, a lead that is gone", async () => {
  await account.set({ triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
  for (const name of ["Away dry", "Refused dry"]) account.create({ name, note: texts.hot });
  await account.quiet();
  world.openai.control.queue({ name: "refusal", containing: "Refused dry" });
  world.openai.control.queue({ name: "503", containing: "Away dry" });
  const { id } = await admin.send(DryRun, "/api/dry-runs", { body: { leads: 2 } });
  const show = () => admin.get(DryRun, `/api/dry-runs/${id}`);
  await until("it waits for the model", async () => (await show()).waitingFor !== null);
  await account.hurry("work");
  await until("it is done", async () => (await show()).state === "done");
  expect((await show()).leads.map(({ state, reason }) => [state, reason])).toEqual([
    ["failed", "refused"],
    ["judged", null],
  ]);
  await account.set();
  expect(await admin.refusal("/api/dry-runs/99")).toEqual([404, "not_found"]);
});

test("an account without leads has nothing to score, and only the last five runs are kept", async () => {
  const other = await installAccount(world);
  const browser = await Browser.open(world, other.id, other.installed.adminId);
  for (let run = 1; run <= 6; run++) {
    const { id } = await browser.send(DryRun, "/api/dry-runs", { body: {} });
    await until("it is done", async () => (await browser.get(DryRun, `/api/dry-runs/${id}`)).state === "done");
  }
  const { dryRuns } = await browser.get(DryRuns, "/api/dry-runs");
  expect(dryRuns.map(({ id }) => id)).toEqual([6, 5, 4, 3, 2]);
  expect(dryRuns[0]).toMatchObject({ leads: [], costMicros: 0 });
});
