import { setTimeout as sleep } from "node:timers/promises";
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

const stage = (n: number) => ({ pipelineId: account.installed.pipelineId, statusId: account.installed.statusIds[n]! });
const nothing = { onCreation: false, onFirstMessage: false, onContentChange: false, onOwnMoves: false };

const move = (id: number, n: number) =>
  account.control.leads.move({ account: account.id, id, status_id: stage(n).statusId });

/** Once everything Kommo told us of is dealt with. */
async function timesJudged(id: number): Promise<number> {
  await account.quiet();
  return (await account.verdicts(id)).length;
}

test("with stages chosen a lead is judged when it enters one of them, and not before", async () => {
  await account.set({ triggers: { ...nothing, onStages: [stage(1)] } });
  const id = account.create({ name: "By stage", note: texts.hot, status_id: stage(0).statusId });
  expect(await timesJudged(id)).toBe(0);
  move(id, 2);
  expect(await timesJudged(id)).toBe(0);
  move(id, 1);
  await account.written(id);
  expect(await timesJudged(id)).toBe(1);
});

test("with stages chosen a lead made right in one of them is judged, and one made elsewhere is not", async () => {
  await account.set({ triggers: { ...nothing, onStages: [stage(1)] } });
  const elsewhere = account.create({ name: "Made elsewhere", note: texts.hot, status_id: stage(0).statusId });
  const there = account.create({ name: "Made in the stage", note: texts.hot, status_id: stage(1).statusId });
  await account.written(there);
  expect([await timesJudged(there), await timesJudged(elsewhere)]).toEqual([1, 0]);
});

test("with content changes not chosen a card still waits for what comes while it settles", async () => {
  await account.set({ triggers: { onContentChange: false }, settleSeconds: 1.5, settleAtMostSeconds: 20 });
  const { id, contact_id } = account.control.leads.create({ account: account.id, contact: { name: "Ada Holm" } });
  const dueAt = async () => {
    const [row] = await account.look<{ due_at: Date }>(
      "SELECT due_at FROM work WHERE kind = 'qualify' AND subject = $1",
      [id],
    );
    return row?.due_at.getTime() ?? 0;
  };
  await until("it settles", async () => (await dueAt()) > 0);
  const whats = [
    () => account.control.contacts.edit({ account: account.id, id: contact_id!, name: "Ada Berg" }),
    () => account.control.chats.message({ account: account.id, lead_id: id, contact_id: contact_id!, text: texts.hot }),
  ];
  for (const happens of whats) {
    const before = await dueAt();
    happens();
    await until("it is waited for", async () => (await dueAt()) > before);
  }
  await account.written(id);
  expect(await timesJudged(id)).toBe(1);
});

test("what our side writes in a chat asks for no verdict", async () => {
  await account.set();
  const { id, contact_id } = account.control.leads.create({
    account: account.id,
    name: "We answer",
    note: texts.hot,
    contact: { name: "Pia Lund" },
  });
  await account.written(id);
  await account.quiet();
  account.control.chats.message({
    account: account.id,
    lead_id: id,
    contact_id: contact_id!,
    text: "We would love to help you with that.",
    direction: "out",
  });
  await account.quiet();
  expect(await account.look("SELECT direction FROM message WHERE lead_id = $1", [id])).toEqual([
    { direction: "outgoing" },
  ]);
  expect([account.asked("We answer"), await timesJudged(id)]).toEqual([1, 1]);
});

test("with the first message chosen a lead is judged by what the client writes first, and not by what follows", async () => {
  await account.set({ triggers: { ...nothing, onFirstMessage: true } });
  const { id, contact_id } = account.control.leads.create({ account: account.id, contact: { name: "Pia Lund" } });
  const say = (text: string, direction: "in" | "out" = "in") =>
    account.control.chats.message({ account: account.id, lead_id: id, contact_id: contact_id!, text, direction });
  say("Good morning, how can we help you?", "out");
  expect(await timesJudged(id)).toBe(0);
  say(texts.hot);
  await account.written(id);
  expect(await timesJudged(id)).toBe(1);
  // Kommo tells the time of a message in seconds: of two in the same one it is not known which was the first.
  await sleep(1_100);
  say(texts.cold);
  expect(await timesJudged(id)).toBe(1);
  expect(account.segment(id)).toEqual(["dealscope:hot"]);
});

test("with content changes not chosen a judged lead keeps its verdict, whatever is added to it", async () => {
  await account.set({ triggers: { onContentChange: false } });
  const { id, contact_id } = account.control.leads.create({
    account: account.id,
    note: texts.hot,
    contact: { name: "Ada Holm" },
  });
  await account.written(id);
  expect(await timesJudged(id)).toBe(1);
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  account.control.leads.edit({ account: account.id, id, price: 900 });
  account.control.contacts.edit({ account: account.id, id: contact_id!, name: "Ada Berg" });
  expect(await timesJudged(id)).toBe(1);
  expect(account.segment(id)).toEqual(["dealscope:hot"]);
});

/** New words that nothing tells of, so that only a move could have the lead judged again. */
const secretly = (id: number, name: string) =>
  account.look(
    `INSERT INTO message (account_id, message_id, lead_id, direction, text, at)
     VALUES ($1, $2, $3, 'incoming', 'Ten more licences, please.', now())`,
    [account.id, name, id],
  );

/** A lead that our verdict moves into a chosen stage, and that says something else by then. */
async function movedByUs(name: string, onOwnMoves: boolean): Promise<number> {
  await account.set({
    triggers: { ...nothing, onCreation: true, onOwnMoves, onStages: [stage(2)] },
    actions: { hot: { assign: null, moveTo: stage(2), task: null } },
  });
  world.openai.control.queue({ name: "slow", ms: 400, containing: name });
  const id = account.create({ name, note: texts.hot, status_id: stage(0).statusId });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  await secretly(id, name);
  await until("it is moved", () => account.lead(id).status_id === stage(2).statusId);
  return id;
}

test("our own move into a chosen stage starts nothing, a person's does", async () => {
  const id = await movedByUs("Moved by us", false);
  expect(await timesJudged(id)).toBe(1);
  const other = account.create({ name: "Moved by hand", status_id: stage(1).statusId });
  expect(await timesJudged(other)).toBe(1);
  await account.look(
    `INSERT INTO message (account_id, message_id, lead_id, direction, text, at) VALUES ($1, 'm', $2, 'incoming', $3, now())`,
    [account.id, other, texts.cold],
  );
  move(other, 2);
  await until("it is judged again", async () => (await account.verdicts(other)).length === 2);
});

test("where the admin chose so, our own move has the lead judged again", async () => {
  const id = await movedByUs("Moved by us and heard", true);
  await until("it is judged again", async () => (await account.verdicts(id)).length === 2);
  await account.quiet();
});

test.each<[string, object]>([
  ["the first message is chosen", { ...nothing, onFirstMessage: true }],
  ["content changes are", { ...nothing, onContentChange: true }],
])(
  "words that came before it was known whose they are become the lead's, and start what they are to start, when %s",
  async (_, triggers) => {
    await account.set({ triggers: nothing });
    const { id, contact_id } = account.control.leads.create({ account: account.id, contact: { name: "Ivo Mar" } });
    const said = account.control.chats.message({ account: account.id, contact_id: contact_id!, text: texts.hot });
    expect(await timesJudged(id)).toBe(0);
    await account.set({ triggers });
    const [hook] = account.control.hooks.list({ account: account.id });
    const seconds = Math.floor(Date.now() / 1000);
    const talk = { talk_id: said.talk_id, contact_id, entity_id: id, entity_type: "lead", created_at: seconds };
    await account.control.hooks.send({
      url: hook!.destination,
      body: { account: { id: account.id }, talk: { update: [{ ...talk, updated_at: seconds }] } },
    });
    await account.written(id);
    expect(account.segment(id)).toEqual(["dealscope:hot"]);
    expect(await account.look("SELECT message_id FROM message WHERE lead_id = $1", [id])).toEqual([
      { message_id: said.message_id },
    ]);
  },
);

test("a person who moves a lead away and back to where we had moved it is heard", async () => {
  const id = await movedByUs("Moved by us, and back by hand", false);
  await account.quiet();
  const before = await timesJudged(id);
  move(id, 1);
  await account.quiet();
  await secretly(id, "Since then");
  move(id, 2);
  await until("it is judged again", async () => (await account.verdicts(id)).length === before + 1);
  await account.quiet();
});

test("our own move starts nothing although its answer was lost and Kommo tells of it late", async () => {
  account.control.hooks.weather({ account: account.id, delayMs: 3_000 });
  account.control.faults.add({
    match: { method: "PATCH", path: "/api/v4/leads" },
    times: 1,
    effect: { kind: "drop-after" },
  });
  const id = await movedByUs("Moved by us, answer lost", false);
  await until("we know that it is moved", async () => {
    const rows = await account.look("SELECT FROM write WHERE lead_id = $1 AND state = 'sent' AND body ? 'stage'", [id]);
    return rows.length === 1;
  });
  account.control.hooks.weather({ account: account.id, delayMs: 0 });
  await until("Kommo has told of it", async () => {
    const rows = await account.look("SELECT FROM stage_change WHERE lead_id = $1", [id]);
    return rows.length === 1;
  });
  expect(await timesJudged(id)).toBe(1);
});
