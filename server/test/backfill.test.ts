import { Backfill, Backfills } from "@dealscope/shared/backfill";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

const LEADS = 12;

let world: World;
let account: TestAccount;
let admin: Browser;
let leads: number[];
beforeAll(async () => {
  world = await startApiWorld();
  account = await installAccount(world, {
    triggers: { onCreation: false, onContentChange: false, onFirstMessage: false },
  });
  admin = await Browser.open(world, account.id, account.installed.adminId);
  leads = Array.from({ length: LEADS }, (_, n) => account.create({ name: `Old inquiry ${n};`, note: texts.hot }));
  await account.quiet();
});
afterAll(() => world?.stop());

const at = (id: number) => `/api/backfills/${id}`;
const show = (id: number) => admin.get(Backfill, at(id));
const press = (id: number, what: "start" | "pause" | "cancel") => admin.send(Backfill, `${at(id)}/${what}`, {});

async function counted(filter: object = {}): Promise<Backfill> {
  const { id } = await admin.send(Backfill, "/api/backfills", { body: filter });
  await until("the leads are counted", async () => (await show(id)).state !== "counting");
  return show(id);
}

test("a filter is counted first, with what it will cost and take, and nothing is judged before it is started", async () => {
  const stage = account.installed.statusIds[2];
  account.control.leads.move({ account: account.id, id: leads[0]!, status_id: stage! });
  const all = await counted();
  expect(all).toMatchObject({ state: "ready", total: LEADS, judged: 0, costMicros: 0 });
  expect(all.expectedCostMicros).toBeGreaterThan(0);
  expect(all.secondsLeft).toBeGreaterThan(0);
  expect(await admin.refusal("/api/backfills", { method: "POST", body: {} })).toEqual([409, "conflict"]);
  await press(all.id, "cancel");
  const stages = [{ pipelineId: account.installed.pipelineId, statusId: stage! }];
  const some = await counted({ stages });
  expect(some).toMatchObject({ total: 1 });
  await press(some.id, "cancel");
  const none = await counted({ createdTo: "2020-01-01T00:00:00.000Z" });
  expect(none).toMatchObject({ total: 0, secondsLeft: null });
  await press(none.id, "cancel");
  expect(account.asked("Old inquiry")).toBe(0);
});

test("started, paused in the middle and gone on, it judges each lead once, and tells how far it is", async () => {
  world.openai.control.set({ latencyMs: 400 });
  const { id } = await counted();
  await press(id, "start");
  await until("some are judged or asked about", () => account.asked("Old inquiry") > 0);
  expect(await press(id, "pause")).toMatchObject({ state: "paused" });
  await until("what was under way is done", () => world.openai.control.status.running === 0);
  const asked = account.asked("Old inquiry");
  await account.quiet();
  expect(account.asked("Old inquiry")).toBe(asked);
  await press(id, "start");
  world.openai.control.set({ latencyMs: 0 });
  await until("all are judged", async () => (await show(id)).state === "done");
  const done = await show(id);
  expect(done).toMatchObject({ total: LEADS, judged: LEADS, failed: 0, gone: 0, secondsLeft: null, waitingFor: null });
  expect(done.costMicros).toBeGreaterThan(0);
  for (const [n, lead] of leads.entries()) {
    await account.written(lead);
    expect(account.asked(`Old inquiry ${n};`)).toBe(1);
  }
  expect((await admin.get(Backfills, "/api/backfills")).backfills[0]).toMatchObject({ id, state: "done" });
});

test("a queued lead that something happens to is still judged, also outside the chosen pipelines", async () => {
  const id = account.create({ name: "Edited while queued", note: texts.hot });
  await account.quiet();
  await account.set({ triggers: { pipelineIds: [99] } });
  const { id: backfillId, total } = await counted();
  expect(total).toBe(1);
  await account.look("UPDATE account SET status = 'needs_reconnect' WHERE account_id = $1", [account.id]);
  account.forget();
  await account.look("UPDATE backfill SET state = 'running', started_at = app_now() WHERE id = $1", [backfillId]);
  await account.look("UPDATE backfill_lead SET queued_at = app_now() WHERE backfill_id = $1", [backfillId]);
  await account.ask("qualify", id, { backfillId }, 4);
  account.control.leads.edit({ account: account.id, id, price: 77 });
  await account.ask("qualify", id, {}, 2);
  await account.look("UPDATE account SET status = 'active' WHERE account_id = $1", [account.id]);
  account.forget();
  await account.written(id);
  await account.set({ triggers: { onCreation: false, onContentChange: false, onFirstMessage: false } });
  expect(account.asked("Edited while queued")).toBe(1);
  await press(backfillId, "cancel");
});

test("leads that have a verdict are left out, and one that cannot be judged is counted as such", async () => {
  world.openai.control.queue({ name: "refusal", containing: "Refused inquiry" });
  account.create({ name: "Refused inquiry", note: texts.hot });
  const gone = account.create({ name: "Deleted inquiry", note: texts.hot });
  const { id, total } = await counted();
  expect(total).toBe(2);
  account.control.leads.remove({ account: account.id, id: gone });
  await press(id, "start");
  await until("it is done", async () => (await show(id)).state === "done");
  expect(await show(id)).toMatchObject({ judged: 0, failed: 1, gone: 1 });
});

test("only administrators start backfills, everybody sees them, and each only of his account", async () => {
  const { id: repId } = account.control.accounts.addUser({ account: account.id, name: "Rhea", is_admin: false });
  const rep = await Browser.open(world, account.id, repId);
  expect((await rep.get(Backfills, "/api/backfills")).backfills.length).toBeGreaterThan(0);
  expect(await rep.refusal("/api/backfills", { method: "POST", body: {} })).toEqual([403, "forbidden"]);
  expect(await admin.refusal(at(99))).toEqual([404, "not_found"]);
  expect(await admin.refusal("/api/backfills", { method: "POST", body: { createdFrom: "yesterday" } })).toEqual([
    400,
    "invalid_input",
  ]);
});
