import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerProcess } from "../../e2e/stage/server-process.ts";
import { TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
const workers: ServerProcess[] = [];
beforeAll(async () => {
  // The door stays in this process; what works is to be killed.
  world = await startWorld({ ...unlimited, env: { ...unlimited.env, ROLE: "web" } });
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await world?.stop();
});

async function startWorker(): Promise<ServerProcess> {
  const worker = await ServerProcess.start({ name: "worker", env: { ...world.env, ROLE: "worker", PORT: "0" } });
  workers.push(worker);
  return worker;
}

test("a worker killed in the middle of a burst loses no lead, makes no task twice and buys no kept answer again", async () => {
  const actions = { hot: { assign: null, moveTo: null, task: { text: "Call now", minutes: 30 } } };
  const settings = JSON.stringify({ settleSeconds: 0.3, actions });
  // From the beginning: what another process remembers of an account cannot be forgotten from here.
  await world.database.look(`ALTER TABLE account ALTER settings SET DEFAULT '${settings}'`);
  const victim = await startWorker();
  const account = new TestAccount(world, await world.install());
  world.openai.control.set({ latencyMs: 500 });
  account.control.switches.set({ latencyMs: 150 });
  // In two waves: when the second is with the model, the first is being written.
  const wave = (which: string) =>
    Array.from({ length: 20 }, (_, n) => account.create({ name: `${which} ${n};`, note: texts.hot }));
  const first = wave("First");
  const kept = async () =>
    (await account.look<{ lead_id: string }>("SELECT lead_id FROM verdict WHERE account_id = $1", [account.id])).map(
      (row) => Number(row.lead_id),
    );
  await until("the first are with the model", () => world.openai.control.status.running > 10);
  const second = wave("Second");
  await until("the first are judged, and the second with the model", async () => {
    return (await kept()).length >= 10 && second.some((_, n) => account.asked(`Second ${n};`) > 0);
  });
  await victim.kill();
  const keptThen = await kept();
  await startWorker();
  world.openai.control.set({ latencyMs: 0 });
  account.control.switches.set({ latencyMs: 0 });

  const names = new Map([
    ...first.map((id, n) => [id, `First ${n};`] as const),
    ...second.map((id, n) => [id, `Second ${n};`] as const),
  ]);
  const ids = [...names.keys()];
  await until("every lead is written", () => ids.every((id) => account.segment(id).includes("dealscope:hot")));
  await until("every task is made", async () => {
    // What left without an answer is looked for after half a minute, and then once more.
    await account.look(
      `UPDATE write SET due_at = app_now(), outcome_unknown_since = outcome_unknown_since - interval '41 seconds'
        WHERE account_id = $1 AND state = 'due' AND lease_token IS NULL AND outcome_unknown_since IS NOT NULL`,
      [account.id],
    );
    return ids.every((id) => account.lead(id).tasks.length > 0);
  });
  await account.quiet();
  expect(ids.map((id) => account.lead(id).tasks.length)).toEqual(ids.map(() => 1));
  expect(keptThen.length).toBeGreaterThan(0);
  expect(keptThen.map((id) => account.asked(names.get(id)!))).toEqual(keptThen.map(() => 1));
  expect((await kept()).toSorted()).toEqual(ids.toSorted());
});
