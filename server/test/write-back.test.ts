import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world);
});
afterAll(() => world?.stop());

/** Ends what a test has set up, so that the next finds the account plain. */
async function plain() {
  account.control.faults.clear();
  await account.set();
}

const stage = (n: number) => ({ pipelineId: account.installed.pipelineId, statusId: account.installed.statusIds[n]! });
const rowsOf = (id: number) =>
  account.look<{ state: string; outcome: string; target: string; origin: string }>(
    "SELECT state, outcome, target, origin FROM write WHERE lead_id = $1 ORDER BY seq",
    [id],
  );

test("a change of segment takes the former tag away and leaves other tags alone", async () => {
  const id = account.create({ name: "Cools down", note: texts.hot, tags: ["vip"] });
  await account.written(id);
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  await until("it is cold", () => account.segment(id).includes("dealscope:cold"));
  expect(account.lead(id).tags.toSorted()).toEqual(["dealscope:cold", "vip"]);
});

test("a rep's override beats a later verdict, which is kept and shown but not written", async () => {
  const id = account.create({ name: "Overridden", note: texts.hot });
  await account.written(id);
  await account.quiet();
  const before = account.lead(id);
  await account.look(
    "INSERT INTO override (account_id, lead_id, kind, segment, reason, by_name) VALUES ($1, $2, 'set', 'hot', 'I know them', 'Kim')",
    [account.id, id],
  );
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  await until("the verdict is kept", async () => (await account.verdicts(id)).length === 2);
  await account.quiet();
  expect((await account.verdicts(id))[1]).toMatchObject({ segment: "cold" });
  expect(account.lead(id)).toMatchObject({ fields: before.fields, tags: before.tags });
  expect(await rowsOf(id)).toHaveLength(1);
});

test("an override given while the model thinks beats the verdict that comes of it", async () => {
  world.openai.control.queue({ name: "slow", ms: 800, containing: "Overridden meanwhile" });
  const id = account.create({ name: "Overridden meanwhile", note: texts.hot });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  await account.look(
    "INSERT INTO override (account_id, lead_id, kind, segment, reason) VALUES ($1, $2, 'set', 'cold', 'I know them')",
    [account.id, id],
  );
  await account.quiet();
  expect(await account.verdicts(id)).toHaveLength(1);
  expect(await rowsOf(id)).toEqual([]);
});

test("entering a segment moves the stage, changes the responsible user and makes a task", async () => {
  const rep = account.control.accounts.addUser({ account: account.id, name: "Rhea" }).id;
  await account.set({
    actions: {
      hot: { assign: { how: "fixed", userId: rep }, moveTo: stage(2), task: { text: "Call now", minutes: 30 } },
    },
  });
  const id = account.create({ name: "Sent to the front", note: texts.hot });
  await until("the task is there", () => account.lead(id).tasks.length === 1);
  await account.quiet();
  await plain();
  expect(account.lead(id)).toMatchObject({
    status_id: stage(2).statusId,
    responsible_user_id: rep,
    tasks: [{ text: expect.stringMatching(/^Call now\n· DS-/), responsible_user_id: rep }],
  });
  expect(account.asked("Sent to the front")).toBe(1);
});

test("a person's move between decision and writing wins: the rest is written, the move is shown as superseded", async () => {
  await account.set({ actions: { hot: { assign: null, moveTo: stage(2), task: null } } });
  world.openai.control.queue({ name: "slow", ms: 800, containing: "Moved by a person" });
  const id = account.create({ name: "Moved by a person", note: texts.hot, status_id: stage(0).statusId });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  account.control.leads.move({ account: account.id, id, status_id: stage(1).statusId });
  await account.written(id);
  await account.quiet();
  await plain();
  expect(account.lead(id)).toMatchObject({ status_id: stage(1).statusId, fields: { DEALSCOPE_SEGMENT: "Hot" } });
  const rows = await rowsOf(id);
  // Its work is asked for again, and may find the verdict not yet written: such a row is equal by the time it goes.
  expect(rows.filter((row) => row.state !== "sent")).toEqual([
    expect.objectContaining({ state: "superseded", outcome: "The stage was changed in Kommo meanwhile." }),
  ]);
  expect(await account.verdicts(id)).toHaveLength(1);
});

test("a field that an admin deletes is made again, and later verdicts are written into it", async () => {
  account.control.fields.remove({ account: account.id, id: "DEALSCOPE_SUMMARY" });
  const first = account.create({ name: "Finds no field", note: texts.hot });
  await account.written(first);
  expect(account.lead(first).fields).toMatchObject({ DEALSCOPE_SEGMENT: "Hot" });
  await until("the field is made again", () =>
    account.control.fields.list({ account: account.id }).some((field) => field.code === "DEALSCOPE_SUMMARY"),
  );
  await account.quiet("provision");
  const second = account.create({ name: "Finds it again", note: texts.hot });
  await account.written(second);
  expect(account.lead(second).fields).toHaveProperty("DEALSCOPE_SUMMARY");
});

test("an option of the segment field that an admin deletes is made again", async () => {
  const field = account.control.fields.list({ account: account.id }).find((one) => one.code === "DEALSCOPE_SEGMENT")!;
  const enums = field.enums!.filter((option) => option.code !== "COLD");
  account.control.fields.edit({ account: account.id, id: field.id, enums });
  const first = account.create({ name: "Finds no option", note: texts.cold });
  await account.written(first);
  await account.quiet("provision");
  const second = account.create({ name: "Finds the option again", note: texts.cold });
  await account.written(second);
  expect(account.lead(second).fields).toMatchObject({ DEALSCOPE_SEGMENT: "Cold" });
  const now = account.control.fields.list({ account: account.id }).find((one) => one.id === field.id)!;
  expect(now.enums).toEqual(expect.arrayContaining(enums.map((option) => expect.objectContaining({ id: option.id }))));
});
