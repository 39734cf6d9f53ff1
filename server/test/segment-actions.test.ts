import type { Assignment } from "@dealscope/shared/settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld(unlimited);
});
afterAll(() => world?.stop());

const WON = 142;

interface Team {
  account: TestAccount;
  admin: number;
  ana: number;
  ben: number;
  /** Has left. */
  gone: number;
}

async function team(): Promise<Team> {
  const users = [
    { name: "Kim", is_admin: true },
    { name: "Ana", is_admin: false },
    { name: "Ben", is_admin: false },
    { name: "Gone", is_admin: false, is_active: false },
  ];
  const account = await installAccount(world, {}, { users });
  const [admin, ana, ben, gone] = account.control.accounts.show({ account: account.id }).users.map(({ id }) => id);
  return { account, admin: admin!, ana: ana!, ben: ben!, gone: gone! };
}

const assignHot = ({ account }: Team, assign: Assignment) =>
  account.set({ actions: { hot: { assign, moveTo: null, task: null } } });

/** Hot leads, one after the other, and whom each was given to. */
async function given({ account }: Team, leads: number): Promise<number[]> {
  const to: number[] = [];
  for (let n = 1; n <= leads; n++) {
    const id = account.create({ name: `Hot ${n}`, note: texts.hot });
    await account.written(id);
    await account.quiet();
    to.push(account.lead(id).responsible_user_id);
  }
  return to;
}

test("users take turns, and one who has left is passed over", async () => {
  const one = await team();
  await assignHot(one, { how: "round_robin", userIds: [one.ana, one.gone, one.ben] });
  expect(await given(one, 4)).toEqual([one.ana, one.ben, one.ana, one.ben]);
});

test("the user with the fewest open leads is next, in the order named when they are equal", async () => {
  const one = await team();
  const { account, ana, ben, gone } = one;
  await account.set();
  const cold = (responsible_user_id: number, more: { status_id?: number } = {}) =>
    account.create({ name: "Cold", note: texts.cold, responsible_user_id, ...more });
  const busy = [cold(ana), cold(ana), cold(ben)];
  const won = [cold(ben, { status_id: WON }), cold(ben, { status_id: WON })];
  for (const id of busy) await account.written(id);
  await account.quiet();
  expect(won.flatMap((id) => account.segment(id))).toEqual([]);
  await assignHot(one, { how: "by_load", userIds: [gone, ana, ben] });
  expect(await given(one, 3)).toEqual([ben, ana, ben]);
});

test.each(["round_robin", "by_load"] as const)("%s leaves a lead with whom it is when all have left", async (how) => {
  const one = await team();
  await assignHot(one, { how, userIds: [one.gone] });
  expect(await given(one, 1)).toEqual([one.admin]);
});

test.each(["round_robin", "by_load"] as const)(
  "leads that become hot in one moment are shared out, %s",
  async (how) => {
    const one = await team();
    const { account, ana, ben } = one;
    await assignHot(one, { how, userIds: [ana, ben] });
    world.openai.control.set({ latencyMs: 300 });
    const ids = Array.from({ length: 8 }, (_, n) => account.create({ name: `At once ${n}`, note: texts.hot }));
    for (const id of ids) await account.written(id);
    world.openai.control.set({ latencyMs: 0 });
    await account.quiet();
    const of = (user: number) => ids.filter((id) => account.lead(id).responsible_user_id === user).length;
    expect([of(ana), of(ben)]).toEqual([4, 4]);
  },
);

test("a segment that was kept in a dry run only is entered when it is shown for the first time, and once", async () => {
  const one = await team();
  const { account } = one;
  const actions = { hot: { assign: null, moveTo: null, task: { text: "Call now", minutes: 30 } } };
  await account.set({ dryRun: true, actions });
  const id = account.create({ name: "Dry first", note: texts.hot });
  await until("it is judged", async () => (await account.verdicts(id)).length === 1);
  await account.quiet();
  expect(account.lead(id).tasks).toEqual([]);
  await account.set({ actions });
  for (const [n, text] of ["We are 40 people.", "Make it 50."].entries()) {
    account.control.leads.addNote({ account: account.id, id, text });
    await until("it is judged again", async () => (await account.verdicts(id)).length === n + 2);
    await account.quiet();
    expect(account.lead(id).tasks).toHaveLength(1);
  }
});
