import { Labels, LabelsImported } from "@dealscope/shared/labels";
import {
  Agreement,
  BackTest,
  Disagreements,
  PromptVersionNumber,
  PromptVersions,
} from "@dealscope/shared/prompt-versions";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

const NAMES = ["First", "Second", "Third", "Fourth"];

let world: World;
let account: TestAccount;
let admin: Browser;
let ids: number[];
beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world);
  admin = await Browser.open(world, account.id, account.installed.adminId);
  ids = NAMES.map((name) => account.create({ name, note: texts.hot }));
  for (const id of ids) await account.written(id);
  await account.quiet();
});
afterAll(() => world?.stop());

const importing = (rows: object[]) => admin.send(LabelsImported, "/api/agreement/labels", { body: { rows } });
const label = (n: number, segment: string) => ({ leadId: ids[n], segment });
const agreement = (number = 1) => admin.get(Agreement, `/api/prompt-versions/${number}/agreement`);
const disagreements = async (number = 1) =>
  (await admin.get(Disagreements, `/api/prompt-versions/${number}/disagreements`)).disagreements;

test("labels of experts are kept, and rows that name nothing we know are told by their number", async () => {
  expect(await agreement()).toMatchObject({ total: 0, share: null, interval: null });
  const answer = await importing([
    label(0, "hot"),
    { leadId: 987_654, segment: "hot" },
    label(1, "lukewarm"),
    label(1, "hot"),
    label(1, "cold"),
    label(2, "HOT "),
  ]);
  expect(answer).toEqual({
    kept: 3,
    refused: [
      { row: 1, leadId: 987_654, why: "unknown_lead" },
      { row: 2, leadId: ids[1], why: "unknown_segment" },
    ],
  });
  expect(await admin.get(Labels, "/api/agreement/labels")).toEqual({
    total: 3,
    segments: [
      { key: "hot", count: 2 },
      { key: "cold", count: 1 },
    ],
  });
});

test("agreement counts labels against the version's verdicts, with what chance may do to so few", async () => {
  const shown = await agreement();
  expect(shown).toMatchObject({ total: 3, agreed: 2, share: 2 / 3 });
  expect(shown.matrix).toEqual([
    { person: "hot", model: "hot", count: 2 },
    { person: "cold", model: "hot", count: 1 },
  ]);
  // Wilson's interval of 2 of 3.
  expect(shown.interval!.low).toBeCloseTo(0.2077, 3);
  expect(shown.interval!.high).toBeCloseTo(0.9385, 3);
});

test("a disagreement shows what the expert said, and why the model thinks otherwise", async () => {
  const [one, ...more] = await disagreements();
  expect(more).toEqual([]);
  expect(one).toMatchObject({
    ...{ leadId: ids[1], leadName: "Second" },
    person: { segment: { key: "cold", name: "Cold" }, name: admin.session.userName, reason: "", from: "label" },
    model: { segment: { key: "hot", name: "Hot" }, from: "verdict" },
  });
  expect(one!.model.criteria[0]).toMatchObject({ key: "budget", name: "Budget", quote: expect.any(String) });
  expect(await admin.refusal("/api/prompt-versions/99/disagreements")).toEqual([404, "not_found"]);
});

test("of an override and a label on one lead the newer word counts, with its reason", async () => {
  const body = { segment: "warm", score: null, reason: "Met them", expiresAt: null };
  await admin.ask(`/api/leads/${ids[1]}/override`, { method: "POST", body });
  expect(await agreement()).toMatchObject({
    total: 3,
    matrix: [{ count: 2 }, { person: "warm", model: "hot", count: 1 }],
  });
  expect((await disagreements())[0]).toMatchObject({ person: { reason: "Met them", from: "override" } });
  await importing([label(1, "hot")]);
  expect(await agreement()).toMatchObject({ total: 3, agreed: 3 });
});

test("a draft is back-tested on labels too, and its disagreements can be read", async () => {
  const [first] = (await admin.get(PromptVersions, "/api/prompt-versions")).versions;
  const segments = first!.content.segments.map((s) => (s.key === "hot" ? { ...s, minScore: 100 } : s));
  const body = { ...first!.content, segments };
  const { number } = await admin.send(PromptVersionNumber, "/api/prompt-versions", { body });
  const path = `/api/prompt-versions/${number}/back-test`;
  await admin.send(BackTest, path, {});
  await until("it is done", async () => (await admin.get(BackTest, path)).state === "done");
  const { agreement: found } = await admin.get(BackTest, path);
  expect(found).toMatchObject({ total: 3, agreed: 0, interval: { low: 0 } });
  const read = await disagreements(number);
  expect(read).toHaveLength(3);
  expect(read[0]).toMatchObject({
    person: { segment: { key: "hot" } },
    model: { segment: { key: "warm" }, from: "back_test", summary: expect.stringMatching(/\w/) },
  });
});

test("a lead that is in Kommo and was never heard of may be labelled", async () => {
  await account.control.hooks.weather({ account: account.id, dropRate: 1 });
  const leadId = account.create({ name: "Old deal", note: texts.cold });
  await account.control.hooks.weather({ account: account.id });
  expect(await importing([{ leadId, segment: "cold" }])).toEqual({ kept: 1, refused: [] });
  expect((await agreement()).total).toBe(3);
});

test("what cannot be an import is refused whole, and labels can be deleted", async () => {
  const refusal = (rows: unknown) => admin.refusal("/api/agreement/labels", { method: "POST", body: { rows } });
  expect(await refusal([])).toEqual([400, "invalid_input"]);
  expect(await refusal([{ leadId: "one", segment: "hot" }])).toEqual([400, "invalid_input"]);
  expect(await refusal(Array(1001).fill(label(0, "hot")))).toEqual([400, "invalid_input"]);
  const none = await admin.send(Labels, "/api/agreement/labels", { method: "DELETE" });
  expect(none).toEqual({ total: 0, segments: [] });
  // The override is a word of its own.
  expect(await agreement()).toMatchObject({ total: 1, agreed: 0 });
});
