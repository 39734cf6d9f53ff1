import { BackTest, PromptVersion, PromptVersionNumber, PromptVersions } from "@dealscope/shared/prompt-versions";
import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAccount, type TestAccount, texts } from "./account.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

/** An account in which people have said of judged leads what they are, and a draft in which nothing is hot below 100. */
class Tested {
  private constructor(
    readonly account: TestAccount,
    readonly admin: Browser,
    readonly leads: number[],
    readonly content: PromptVersionContent,
    readonly draft: number,
  ) {}

  static async with(labels: string[], name = "Lead"): Promise<Tested> {
    const account = await installAccount(world);
    const admin = await Browser.open(world, account.id, account.installed.adminId);
    const leads = labels.map((_, index) => account.create({ name: `${name} ${index}`, note: texts.hot }));
    for (const id of leads) await account.written(id);
    await account.quiet();
    for (const [index, segment] of labels.entries()) {
      const body = { segment, score: null, reason: "I know them", expiresAt: null };
      expect((await admin.ask(`/api/leads/${leads[index]}/override`, { method: "POST", body })).status).toBe(200);
    }
    await account.quiet();
    const [first] = (await admin.get(PromptVersions, "/api/prompt-versions")).versions;
    const content = {
      ...first!.content,
      segments: first!.content.segments.map((s) => (s.key === "hot" ? { ...s, minScore: 100 } : s)),
    };
    const { number } = await admin.send(PromptVersionNumber, "/api/prompt-versions", { body: content });
    return new Tested(account, admin, leads, content, number);
  }

  get path() {
    return `/api/prompt-versions/${this.draft}/back-test`;
  }

  start() {
    return this.admin.send(BackTest, this.path, {});
  }

  show() {
    return this.admin.get(BackTest, this.path);
  }

  async done(): Promise<BackTest> {
    await until("the back-test is done", async () => (await this.show()).state === "done");
    await this.account.quiet("back-test");
    return this.show();
  }
}

test("a draft is judged by what people said of leads, and nothing is changed by it", async () => {
  const one = await Tested.with(["hot", "warm", "warm", "cold", "warm", "warm", "spam"]);
  const { account, leads } = one;
  const state = async () => ({
    leads: leads.map((id) => account.lead(id)),
    verdicts: await account.look("SELECT * FROM verdict WHERE account_id = $1 ORDER BY id", [account.id]),
    writes: await account.look("SELECT id FROM write WHERE account_id = $1 ORDER BY id", [account.id]),
    standing: await account.look("SELECT segment, score, verdict_id FROM lead WHERE account_id = $1 ORDER BY lead_id", [
      account.id,
    ]),
  });
  const before = await state();
  const [spentBefore] = await spent(account);
  const patches = account.calls("PATCH /api/v4/leads");

  expect(await one.start()).toMatchObject({ state: "running", judged: 0, total: 7, costMicros: 0 });
  const done = await one.done();
  expect(done).toMatchObject({ judged: 7, total: 7, wasted: 0, agreement: { total: 7, agreed: 4 } });
  expect(done.agreement.matrix).toEqual([
    { person: "hot", model: "warm", count: 1 },
    { person: "warm", model: "warm", count: 4 },
    { person: "cold", model: "warm", count: 1 },
    { person: "spam", model: "warm", count: 1 },
  ]);
  expect(await state()).toEqual(before);
  expect(account.calls("PATCH /api/v4/leads")).toBe(patches);

  const [spentAfter] = await spent(account);
  expect(done.costMicros).toBeGreaterThan(0);
  expect(spentAfter!.month - spentBefore!.month).toBe(done.costMicros);
  expect(spentAfter!.calls - spentBefore!.calls).toBe(7);
});

async function spent(account: TestAccount) {
  return account.look<{ month: number; calls: number }>(
    `SELECT (SELECT coalesce(sum(cost_micros), 0)::int FROM spend WHERE account_id = $1) AS month,
            (SELECT count(*)::int FROM model_call WHERE account_id = $1) AS calls`,
    [account.id],
  );
}

test("editing the draft throws its results away, and starting again judges it anew", async () => {
  const one = await Tested.with(["warm", "hot"]);
  await one.start();
  expect((await one.done()).agreement.agreed).toBe(1);
  const cold = { ...one.content, segments: one.content.segments.filter(({ key }) => key !== "warm") };
  await one.admin.send(PromptVersion, `/api/prompt-versions/${one.draft}`, { method: "PUT", body: cold });
  expect(await one.admin.refusal(one.path)).toEqual([404, "not_found"]);
  await one.start();
  expect((await one.done()).agreement).toMatchObject({ total: 2, agreed: 0 });
});

test("a draft that is thrown away while it is tested leaves nothing behind but what it cost", async () => {
  const one = await Tested.with(["warm", "hot"], "Thrown away");
  world.openai.control.queue({ name: "503", containing: "Thrown away 1" });
  await one.start();
  await until("it waits for the model", async () => {
    const rows = await one.account.look(
      "SELECT 1 FROM work WHERE account_id = $1 AND kind = 'back-test' AND waits > 0",
      [one.account.id],
    );
    return rows.length > 0;
  });
  await one.admin.send(PromptVersions, `/api/prompt-versions/${one.draft}`, { method: "DELETE" });
  await one.account.hurry("work");
  await one.account.quiet("back-test");
  expect(
    await one.account.look("SELECT state FROM work WHERE account_id = $1 AND kind = 'back-test'", [one.account.id]),
  ).toEqual([]);
  expect(await one.admin.refusal(one.path)).toEqual([404, "not_found"]);
});

test("starting a back-test that runs does not start another", async () => {
  const one = await Tested.with(["warm"], "Slow");
  world.openai.control.queue({ name: "slow", ms: 600, containing: "Slow 0" });
  const first = await one.start();
  await until("the model is asked", () => world.openai.control.status.running > 0);
  expect(await one.start()).toMatchObject({ state: "running", startedAt: first.startedAt });
  await one.done();
  // Once for its verdict, once for the test.
  expect(one.account.asked("Slow 0")).toBe(2);
});

test("a result that comes after an edit is not taken for one of the new text, but what it cost is kept", async () => {
  const one = await Tested.with(["warm"], "Edited meanwhile");
  const [before] = await spent(one.account);
  world.openai.control.queue({ name: "slow", ms: 800, containing: "Edited meanwhile 0" });
  const first = await one.start();
  await until("the model is asked", () => world.openai.control.status.running > 0);
  await one.admin.send(PromptVersion, `/api/prompt-versions/${one.draft}`, { method: "PUT", body: one.content });
  const second = await one.start();
  expect(second.startedAt).not.toBe(first.startedAt);
  const done = await one.done();
  const [after] = await spent(one.account);
  expect(after!.calls - before!.calls).toBe(2);
  expect(after!.month - before!.month).toBeGreaterThan(done.costMicros);
});

test("an unavailable model makes it wait, and what was judged already is not asked again", async () => {
  const one = await Tested.with(["warm", "warm", "warm"], "Waiting");
  world.openai.control.queue({ name: "503", containing: "Waiting 1", times: 1 });
  await one.start();
  const done = await one.done();
  expect(done).toMatchObject({ judged: 3, wasted: 0, agreement: { agreed: 3 } });
  expect(one.account.asked("Waiting 0")).toBe(2);
  // Its verdict, the failure and the answer.
  expect(one.account.asked("Waiting 1")).toBe(3);
});

test("at the monthly cap it waits without asking, and goes on when the cap is raised", async () => {
  const one = await Tested.with(["warm"], "Capped");
  await one.account.set({ monthlyCapDollars: 0 });
  await one.start();
  await until("it waits", async () => {
    const [row] = await one.account.look<{ last_error: string | null }>(
      "SELECT last_error FROM work WHERE account_id = $1 AND kind = 'back-test'",
      [one.account.id],
    );
    return row?.last_error === "No verdict: cap.";
  });
  expect(await one.show()).toMatchObject({ state: "running", judged: 0 });
  expect(one.account.asked("Capped 0")).toBe(1);
  await one.account.set();
  await one.start();
  expect(await one.done()).toMatchObject({ judged: 1, agreement: { agreed: 1 } });
});

test("leads that are gone and answers of no use are counted, and say nothing of the draft", async () => {
  const one = await Tested.with(["warm", "warm", "warm"], "Of no use");
  one.account.control.leads.remove({ account: one.account.id, id: one.leads[0]! });
  world.openai.control.queue({ name: "refusal", containing: "Of no use 1" });
  // Not yet known to be gone when the leads are chosen.
  await one.account.quiet();
  await one.account.look("UPDATE lead SET gone = NULL WHERE lead_id = $1", [one.leads[0]]);
  await one.start();
  expect(await one.done()).toMatchObject({ judged: 3, total: 3, wasted: 2, agreement: { total: 1, agreed: 1 } });
});

test("without a word of people there is nothing to test by", async () => {
  const one = await Tested.with([]);
  expect(await one.admin.refusal(one.path, { method: "POST" })).toEqual([409, "conflict"]);
  expect(await one.admin.refusal(one.path)).toEqual([404, "not_found"]);
  expect(await one.admin.refusal("/api/prompt-versions/99/back-test", { method: "POST" })).toEqual([404, "not_found"]);
});
