import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { unlimited } from "./account.ts";
import { Gated, LAWYER } from "./gates.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld(unlimited);
});
beforeEach(() => world.kommo.control.faults.clear());
afterAll(() => world?.stop());

const tasksOf = (gated: Gated) => ({ method: "POST", path: "/api/v4/tasks", account: gated.account.id });

async function held() {
  const gated = await Gated.open(world);
  await gated.setRules({
    stages: [
      gated.rule(1, { requiredApprovals: [LAWYER] }),
      gated.rule(2, { requiredApprovals: [LAWYER], requiredRoles: ["user"] }),
    ],
  });
  const { id } = await gated.deal();
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  return { gated, id };
}

test("dragged to another stage that it may not enter, a deal has one task, which speaks of that stage", async () => {
  const { gated, id } = await held();
  await gated.quiet();
  expect(gated.tasks(id)[0]!.text).toContain(`“${gated.nameOf(1)}”`);
  gated.move(id, 2);
  await until("the task speaks of it", () => gated.tasks(id)[0]!.text.includes(`“${gated.nameOf(2)}”`));
  await gated.standsIn(id, 0);
  await gated.quiet();
  const [task, ...others] = gated.tasks(id);
  expect([others, task!.is_completed]).toEqual([[], false]);
  expect(task!.text).toContain("somebody with the role User");
  expect(task!.text).not.toContain(`“${gated.nameOf(1)}”`);
  expect(gated.notes(id)).toHaveLength(2);
  gated.move(id, 3);
  await until("it is closed", () => gated.openTasks(id).length === 0);
});

test("the task says what is missing now, not what was missing at first", async () => {
  const { gated, id } = await held();
  await gated.quiet();
  await gated.approve(id, "rejected");
  await until("the task says it", () => gated.tasks(id)[0]!.text.includes("who has rejected"));
  await gated.approve(id, "pending");
  await until("the task says it again", () => !gated.tasks(id)[0]!.text.includes("who has rejected"));
  expect(gated.tasks(id)).toHaveLength(1);
});

test("what changes while the task is being made is told all the same", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  world.kommo.control.faults.add({ match: tasksOf(gated), times: 1, effect: { kind: "delay", ms: 2_000 } });
  gated.move(id, 1);
  await until("the task is on its way", () => world.kommo.control.faults.list()[0]?.times === 0);
  await gated.approve(id, "rejected");
  await until("the task says it", async () => {
    await gated.account.hurry("write");
    return gated.tasks(id)[0]?.text.includes("who has rejected") ?? false;
  });
  await gated.quiet();
  expect(gated.tasks(id)).toHaveLength(1);
});

test("what changes while the task cannot be made is told as soon as it is there", async () => {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  const unpaid = { kind: "answer", status: 402, body: { title: "Payment Required", status: 402 } } as const;
  world.kommo.control.faults.add({ match: tasksOf(gated), effect: unpaid });
  gated.move(id, 1);
  await gated.held(id);
  await gated.approve(id, "rejected");
  await until("it is to be told", async () => (await due(gated)).includes("task_text"));
  expect(gated.tasks(id)).toEqual([]);
  world.kommo.control.faults.clear();
  await until("the task says it", async () => {
    await gated.account.hurry("write");
    return gated.tasks(id)[0]?.text.includes("who has rejected") ?? false;
  });
  await gated.quiet();
  expect(gated.tasks(id)).toHaveLength(1);
});

async function due({ account }: Gated): Promise<string[]> {
  const rows = await account.look<{ target: string }>(
    "SELECT target FROM write WHERE account_id = $1 AND state = 'due'",
    [account.id],
  );
  return rows.map(({ target }) => target);
}

test("however long a deal is held, and whatever is forgotten of its note, it is not put again", async () => {
  const { gated, id } = await held();
  await until("the note is there", () => gated.notes(id).length === 1);
  await gated.quiet();
  // What retention does after a month.
  await gated.account.look("DELETE FROM write WHERE account_id = $1 AND target <> 'task'", [gated.account.id]);
  await gated.approve(id, "rejected");
  await gated.lookAgain(id);
  gated.move(id, 1);
  await gated.standsIn(id, 0);
  await gated.quiet();
  expect([gated.notes(id).length, (await gated.holds(id)).length]).toEqual([1, 1]);
});

test("the task of somebody who has left just now is made, and becomes somebody else's", async () => {
  const gated = await Gated.open(world);
  const { account } = gated;
  const { id: rep } = account.control.accounts.addUser({ account: account.id, name: "Rita" });
  await account.ask("provision", account.id);
  await account.quiet("provision");
  const { id } = await gated.deal();
  account.control.leads.assign({ account: account.id, id, responsible_user_id: rep });
  account.control.accounts.removeUser({ account: account.id, user_id: rep });
  gated.move(id, 1);
  await gated.held(id);
  await until("the task is made", () => gated.openTasks(id).length === 1);
  expect(gated.openTasks(id)[0]!.responsible_user_id).toBe(account.installed.adminId);
});

test("a task that Kommo had refused is made while there is something to do, without any reminder too", async () => {
  const gated = await Gated.open(world, {});
  const clock = { remindAfterHours: null, escalateAfterHours: null, escalateToId: null };
  const [rules] = await gated.account.look<{ pipelines: [] }>(
    "SELECT settings->'gates'->'pipelines' AS pipelines FROM account WHERE account_id = $1",
    [gated.account.id],
  );
  await gated.account.set({ triggers: { onCreation: false }, gates: { pipelines: rules!.pipelines, clock } });
  const { id } = await gated.deal();
  const body = { title: "Forbidden", status: 403, detail: "No tasks for you" };
  world.kommo.control.faults.add({ match: tasksOf(gated), effect: { kind: "answer", status: 403, body } });
  gated.move(id, 1);
  await gated.held(id);
  await until("the task is given up", async () => {
    await gated.account.hurry("write");
    const [task] = await gated.account.look<{ state: string }>(
      "SELECT state FROM write WHERE account_id = $1 AND target = 'task'",
      [gated.account.id],
    );
    return task?.state === "dead";
  });
  world.kommo.control.faults.clear();
  await gated.approve(id, "rejected");
  await until("the task is made", () => gated.openTasks(id).length === 1);
  expect(gated.openTasks(id)[0]!.text).toContain("who has rejected");
  await gated.quiet();
  expect(gated.tasks(id)).toHaveLength(1);
});
