import { afterAll, beforeAll, expect, test } from "vitest";
import { unlimited } from "./account.ts";
import { Gated } from "./gates.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld(unlimited);
});
afterAll(() => world?.stop());

/** As if the hold had begun so long ago. */
async function pass(gated: Gated, hours: number) {
  await gated.account.look("UPDATE hold SET since = since - $2 * interval '1 hour' WHERE account_id = $1", [
    gated.account.id,
    hours,
  ]);
  await gated.account.hurry("work");
}

async function held() {
  const gated = await Gated.open(world);
  const { id: boss } = gated.account.control.accounts.addUser({ account: gated.account.id, name: "Boss" });
  await gated.account.ask("provision", gated.account.id);
  await gated.account.quiet("provision");
  const [rules] = await gated.account.look<{ pipelines: [] }>(
    "SELECT settings->'gates'->'pipelines' AS pipelines FROM account WHERE account_id = $1",
    [gated.account.id],
  );
  const clock = { remindAfterHours: 24, escalateAfterHours: 72, escalateToId: boss };
  await gated.account.set({ triggers: { onCreation: false }, gates: { pipelines: rules!.pipelines, clock } });
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await gated.quiet();
  return { gated, id, boss };
}

test("the reminder takes the place of the task, once", async () => {
  const { gated, id } = await held();
  await pass(gated, 25);
  await until("somebody is reminded", () => gated.openTasks(id).some(({ text }) => text.startsWith("Reminder")));
  await pass(gated, 1);
  await gated.quiet();
  expect([gated.tasks(id).length, gated.openTasks(id).length]).toEqual([2, 1]);
});

test("somebody else is told when the approval is still missing, once, and all tasks end with the hold", async () => {
  const { gated, id, boss } = await held();
  await pass(gated, 73);
  const ofBoss = () => gated.tasks(id).filter((task) => task.responsible_user_id === boss);
  await until("the boss is told", () => ofBoss().length > 0);
  await pass(gated, 5);
  await gated.quiet();
  expect(ofBoss()).toHaveLength(1);
  expect(ofBoss()[0]!.text).toContain("73 hours");
  await gated.approve(id);
  await gated.standsIn(id, 1);
  await until("all tasks are closed", () => gated.openTasks(id).length === 0);
});

test("when the clock strikes for people who have left, others are told: one is known to have left, one is not yet", async () => {
  const { gated, id, boss } = await held();
  const { account } = gated;
  const { id: rep } = account.control.accounts.addUser({ account: account.id, name: "Rita" });
  account.control.leads.assign({ account: account.id, id, responsible_user_id: rep });
  await account.ask("provision", account.id);
  await account.quiet("provision");
  account.control.accounts.changeUser({ account: account.id, user_id: rep, is_active: false });
  await account.ask("provision", account.id);
  await account.quiet("provision");
  account.control.accounts.removeUser({ account: account.id, user_id: boss });
  await pass(gated, 73);
  await until("both are told", () => gated.openTasks(id).length === 2);
  await gated.quiet();
  const { adminId } = account.installed;
  expect(gated.openTasks(id).map((task) => task.responsible_user_id)).toEqual([adminId, adminId]);
  expect(
    gated
      .openTasks(id)
      .map(({ text }) => text.split(/[:\s]/)[0])
      .toSorted(),
  ).toEqual(["Reminder", "This"]);
});

test("whoever was told is told what is missing now", async () => {
  const { gated, id } = await held();
  await pass(gated, 73);
  await until("both are told", () => gated.openTasks(id).length === 2);
  await gated.approve(id, "rejected");
  await until("both know it", () => gated.openTasks(id).every(({ text }) => text.includes("who has rejected")));
  expect(gated.tasks(id)).toHaveLength(3);
});

test("a hold that is over strikes no more", async () => {
  const { gated, id } = await held();
  await gated.approve(id);
  await gated.standsIn(id, 1);
  await gated.quiet();
  const before = gated.tasks(id).length;
  await pass(gated, 100);
  await gated.account.quiet("gate_clock");
  expect(gated.tasks(id)).toHaveLength(before);
});
