import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Line } from "../src/kommo/line.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await installAccount(world);
});
afterAll(() => world?.stop());
afterEach(plain);

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
  const rep = account.control.accounts.addUser({ account: account.id, name: "Noor" }).id;
  await account.set({ actions: { hot: { assign: { how: "fixed", userId: rep }, moveTo: stage(2), task: null } } });
  world.openai.control.queue({ name: "slow", ms: 800, containing: "Moved by a person" });
  const id = account.create({ name: "Moved by a person", note: texts.hot, status_id: stage(0).statusId });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  account.control.leads.move({ account: account.id, id, status_id: stage(1).statusId });
  await account.written(id);
  await account.quiet();
  await plain();
  expect(account.lead(id)).toMatchObject({
    status_id: stage(1).statusId,
    responsible_user_id: rep,
    fields: { DEALSCOPE_SEGMENT: "Hot" },
  });
  const rows = await rowsOf(id);
  // Its work is asked for again, and may find the verdict not yet written: such a row is equal by the time it goes.
  expect(rows.filter((row) => row.state !== "sent")).toEqual([
    expect.objectContaining({ state: "superseded", outcome: "The stage was changed in Kommo meanwhile." }),
  ]);
  expect(await account.verdicts(id)).toHaveLength(1);
});

test("a field that an admin deletes is made again, and later verdicts are written into it", async () => {
  account.control.fields.remove({ account: account.id, id: "DEALSCOPE_SUMMARY" });
  world.openai.control.queue({ name: "slow", ms: 600, containing: "Finds no field" });
  const first = account.create({ name: "Finds no field", note: texts.hot });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  // No echo of what is written has it looked at again.
  account.control.hooks.weather({ account: account.id, dropRate: 1 });
  await account.written(first);
  expect(account.lead(first).fields).toMatchObject({ DEALSCOPE_SEGMENT: "Hot" });
  await until("the field is made again", () =>
    account.control.fields.list({ account: account.id }).some((field) => field.code === "DEALSCOPE_SUMMARY"),
  );
  await account.quiet("provision");
  account.control.hooks.weather({ account: account.id, dropRate: 0 });
  const second = account.create({ name: "Finds it again", note: texts.hot });
  await account.written(second);
  expect(account.lead(second).fields).toHaveProperty("DEALSCOPE_SUMMARY");
  await account.hurry("work");
  await until("the first lead has it too", () => account.lead(first).fields.DEALSCOPE_SUMMARY !== undefined);
  await account.quiet();
  expect(account.asked("Finds no field")).toBe(1);
});

test("an option of the segment field that an admin deletes is made again", async () => {
  const field = account.control.fields.list({ account: account.id }).find((one) => one.code === "DEALSCOPE_SEGMENT")!;
  const enums = field.enums!.filter((option) => option.code !== "COLD");
  account.control.fields.edit({ account: account.id, id: field.id, enums });
  const first = account.create({ name: "Finds no option", note: texts.cold });
  await account.written(first);
  await account.quiet("provision");
  await account.hurry("work");
  await until("the first lead has it too", () => account.lead(first).fields.DEALSCOPE_SEGMENT === "Cold");
  const second = account.create({ name: "Finds the option again", note: texts.cold });
  await account.written(second);
  expect(account.lead(second).fields).toMatchObject({ DEALSCOPE_SEGMENT: "Cold" });
  const now = account.control.fields.list({ account: account.id }).find((one) => one.id === field.id)!;
  expect(now.enums).toEqual(expect.arrayContaining(enums.map((option) => expect.objectContaining({ id: option.id }))));
});

/** A row as if another worker, or nobody, had it. */
async function putWrite(id: number, target: "lead" | "note", body: object, heldFor = 0) {
  await account.look(
    `WITH l AS (UPDATE lead SET write_seq = write_seq + 1 WHERE lead_id = $2 RETURNING write_seq)
     INSERT INTO write (account_id, lead_id, seq, target, origin, body, marker, lease_token, leased_until)
     SELECT $1, $2, l.write_seq, $3, 'qualification', $4, $5, $6, app_now() + $7 * interval '1 second' FROM l`,
    [
      ...[account.id, id, target, JSON.stringify(body)],
      ...[target === "lead" ? null : `DS-${randomUUID().slice(0, 8)}`, heldFor > 0 ? randomUUID() : null, heldFor],
    ],
  );
  account.ring();
}

async function judged(name: string): Promise<number> {
  const id = account.create({ name, note: texts.hot });
  await account.written(id);
  await account.quiet();
  // What follows is put down by hand; the echo of it would have the verdict repair it.
  await account.set({ dryRun: true });
  return id;
}

const leaseOf = async (id: number) =>
  (
    await account.look<{ left: number | null; until: Date | null }>(
      `SELECT extract(epoch FROM leased_until - app_now())::float8 AS left, leased_until AS until
         FROM write WHERE lead_id = $1 AND state = 'due' ORDER BY seq DESC LIMIT 1`,
      [id],
    )
  )[0];

test("while a write of a lead is under way elsewhere, its others wait without using up Kommo's limit", async () => {
  const id = await judged("Busy elsewhere");
  const redis = new Redis(world.config.REDIS_URL);
  const asked = () => redis.zcard(`dealscope:kommo:account:${account.id}`);
  try {
    await putWrite(id, "lead", { fields: { summary: "First" } }, 60);
    await putWrite(id, "lead", { fields: { summary: "Second" } });
    await until(
      "what was asked before is forgotten",
      async () => {
        await redis.zremrangebyscore(`dealscope:kommo:account:${account.id}`, "-inf", (Date.now() - 1_000) * 1000);
        return (await asked()) === 0;
      },
      5_000,
    );
    account.ring();
    await sleep(300);
    expect(await asked()).toBe(0);
  } finally {
    redis.disconnect();
  }
  await account.look("UPDATE write SET leased_until = app_now() WHERE lead_id = $1 AND state = 'due'", [id]);
  account.ring();
  await until("both are written", () => account.lead(id).fields.DEALSCOPE_SUMMARY === "Second");
  await account.quiet();
});

test("a write under way stays leased for as long as Kommo takes, and never for long", async () => {
  const id = await judged("Slow to read");
  account.control.faults.add({
    match: { method: "GET", path: "/api/v4/leads" },
    times: 1,
    effect: { kind: "delay", ms: 3_000 },
  });
  await putWrite(id, "lead", { fields: { summary: "At last" } });
  const seen = new Map<number, number>();
  await until("it is written", async () => {
    const lease = await leaseOf(id);
    if (lease?.until && lease.left !== null) seen.set(lease.until.getTime(), lease.left);
    return account.lead(id).fields.DEALSCOPE_SUMMARY === "At last";
  });
  expect(seen.size).toBeGreaterThan(1);
  expect(Math.max(...seen.values())).toBeLessThanOrEqual(6);
  await account.quiet();
});

/** Another worker takes what is leased at this moment, for a second, and would write this. */
async function steal(id: number, body: object) {
  await until("it is claimed", async () => ((await leaseOf(id))?.left ?? 0) > 0);
  await account.look(
    `UPDATE write SET lease_token = $2, leased_until = app_now() + interval '1 second', body = $3
      WHERE lead_id = $1 AND state = 'due'`,
    [id, randomUUID(), JSON.stringify(body)],
  );
}

test("no change leaves after its lease was lost", async () => {
  const id = await judged("Lost on the way");
  account.control.faults.add({
    match: { method: "GET", path: "/api/v4/leads" },
    times: 1,
    effect: { kind: "delay", ms: 600 },
  });
  const patches = account.calls("PATCH /api/v4/leads");
  await putWrite(id, "lead", { fields: { summary: "Of the first worker" } });
  await steal(id, { fields: { summary: "Of the second worker" } });
  await until("it is written", () => account.lead(id).fields.DEALSCOPE_SUMMARY === "Of the second worker");
  await account.quiet();
  expect(account.calls("PATCH /api/v4/leads") - patches).toBe(1);
});

test("no note leaves after its lease was lost: the next worker looks for its mark first", async () => {
  const id = await judged("Note lost on the way");
  const posts = account.calls("POST /api/v4/leads/notes");
  await world.server.app.get(Line).pause(account.id, 700);
  await putWrite(id, "note", { text: "Hello" });
  await steal(id, { text: "Hello" });
  await until("its mark was looked for", async () => {
    const rows = await account.look("SELECT FROM write WHERE lead_id = $1 AND target = 'note' AND waits = 1", [id]);
    return rows.length === 1;
  });
  expect(account.calls("POST /api/v4/leads/notes")).toBe(posts);
  await account.look("UPDATE write SET state = 'dead', ended_at = app_now() WHERE lead_id = $1 AND state = 'due'", [
    id,
  ]);
  await plain();
});

test("Kommo away for a while delays leads, counts no attempt against them and loses none", async () => {
  account.control.faults.add({ match: { path: "/api/v4/*" }, effect: { kind: "answer", status: 503 } });
  const ids = [1, 2, 3, 4, 5].map((n) => account.create({ name: `While away ${n}`, note: texts.hot }));
  const waited = () =>
    account.look<{ waits: number; attempts: number }>("SELECT waits, attempts FROM work WHERE subject = ANY($1)", [
      ids,
    ]);
  await until("each was put off twice", async () => {
    const rows = await waited();
    return rows.length === ids.length && rows.every((row) => row.waits >= 2);
  });
  expect((await waited()).map((row) => row.attempts)).toEqual(ids.map(() => 0));
  await plain();
  await account.hurry("work");
  for (const id of ids) await account.written(id);
  await account.quiet();
  expect(ids.map((id) => account.segment(id))).toEqual(ids.map(() => ["dealscope:hot"]));
});

test("what is decided while Kommo refuses writes is written when it is back, and no attempt is counted", async () => {
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/leads" },
    effect: { kind: "answer", status: 503 },
  });
  const id = account.create({ name: "Decided while away", note: texts.hot });
  const row = async () =>
    (
      await account.look<{ waits: number; attempts: number }>("SELECT waits, attempts FROM write WHERE lead_id = $1", [
        id,
      ])
    )[0];
  await until("it was put off twice", async () => ((await row())?.waits ?? 0) >= 2);
  expect((await row())?.attempts).toBe(0);
  await plain();
  await account.hurry("write");
  await account.written(id);
  await account.quiet();
});
