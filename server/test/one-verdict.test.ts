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

const PATCH = "PATCH /api/v4/leads";

/** A lead that has its verdict, with everything its own write has set off dealt with. */
async function qualified(name: string): Promise<number> {
  const id = account.create({ name, note: texts.hot });
  await account.written(id);
  await account.quiet();
  return id;
}

const hooksOf = (id: number) =>
  account.control.ledger.deliveries().filter((hook) => String(hook.body).includes(String(id)));

test("a burst of twenty events on one lead costs one model call", async () => {
  // A busy machine takes its time to tell of all of them.
  await account.set({ settleSeconds: 2, settleAtMostSeconds: 20 });
  const id = account.create({ name: "Burst of events" });
  for (let i = 0; i < 10; i++) {
    account.control.leads.addNote({ account: account.id, id, text: `${texts.hot} (${i})` });
    account.control.leads.edit({ account: account.id, id, price: 100 + i });
  }
  await account.written(id);
  await account.quiet();
  expect(hooksOf(id).length).toBeGreaterThanOrEqual(20);
  expect(account.asked("Burst of events")).toBe(1);
  expect(account.asked("(9)")).toBe(1);
  await account.set();
});

test("each webhook three times costs one model call", async () => {
  const id = account.create({ name: "Told three times", note: texts.hot });
  await until("Kommo has told of it", () => hooksOf(id).length >= 2);
  for (const hook of hooksOf(id)) {
    for (const _ of ["again", "and again"])
      await account.control.hooks.send({ url: hook.path, body: String(hook.body) });
  }
  await account.written(id);
  await account.quiet();
  for (const hook of hooksOf(id)) await account.control.hooks.send({ url: hook.path, body: String(hook.body) });
  await account.quiet();
  expect(account.asked("Told three times")).toBe(1);
  expect(await account.verdicts(id)).toHaveLength(1);
});

test("the echo of our own write asks nobody and writes nothing", async () => {
  const before = account.calls(PATCH);
  const id = await qualified("Echo of our own");
  const echoes = hooksOf(id).filter(
    (hook) => hook.route.includes("update_lead") && String(hook.body).includes("Dealscope"),
  );
  expect(echoes.length).toBeGreaterThan(0);
  expect(account.asked("Echo of our own")).toBe(1);
  expect(account.calls(PATCH) - before).toBe(1);
});

test("an empty card that fills while it settles is judged once, with the text", async () => {
  await account.set({ settleSeconds: 1, settleAtMostSeconds: 5 });
  const { id, contact_id } = account.control.leads.create({ account: account.id, contact: { name: "Pia Lund" } });
  await until("the empty card is known", () => hooksOf(id).length > 0);
  account.control.chats.message({ account: account.id, lead_id: id, contact_id: contact_id!, text: texts.hot });
  await account.written(id);
  await account.quiet();
  await account.set();
  expect(await account.verdicts(id)).toMatchObject([{ status: "qualified", segment: "hot" }]);
});

test("a card that never stops changing is judged all the same", async () => {
  await account.set({ settleSeconds: 1, settleAtMostSeconds: 1.5 });
  const id = account.create({ name: "Never at rest", note: texts.hot });
  let price = 1;
  const changing = setInterval(() => account.control.leads.edit({ account: account.id, id, price: price++ }), 150);
  try {
    await account.written(id);
  } finally {
    clearInterval(changing);
    await account.set();
  }
  await account.quiet();
});

test("what says nothing about the client asks for no new verdict", async () => {
  const id = await qualified("Handed over");
  const colleague = account.control.accounts.addUser({ account: account.id, name: "Kim" });
  account.control.leads.assign({ account: account.id, id, responsible_user_id: colleague.id });
  account.control.leads.move({ account: account.id, id, status_id: account.installed.statusIds[1]! });
  await account.quiet();
  expect(account.asked("Handed over")).toBe(1);
});

/** An administrator lets people change our fields. */
function unlock(...codes: string[]) {
  for (const id of codes) account.control.fields.edit({ account: account.id, id, is_api_only: false });
}

const overridesOf = (id: number) =>
  account.look(
    "SELECT kind, segment, score, by_name, reason, expires_at FROM override WHERE lead_id = $1 ORDER BY id",
    [id],
  );

const standing = async (id: number) =>
  (
    await account.look<{ segment: string; score: number }>("SELECT segment, score FROM lead WHERE lead_id = $1", [id])
  )[0];

const word = { kind: "set", by_name: "changed in Kommo", reason: "changed in Kommo", expires_at: null };

test("a summary changed by hand, a score emptied and a tag of ours taken away are put right without asking", async () => {
  const id = await qualified("Put right");
  const before = account.lead(id);
  unlock("DEALSCOPE_SUMMARY", "DEALSCOPE_SCORE");
  account.control.leads.edit({
    account: account.id,
    id,
    fields: { DEALSCOPE_SUMMARY: "Mine", DEALSCOPE_SCORE: null },
    tags_to_delete: before.tags,
    tags_to_add: ["dealscope:cold"],
  });
  await account.quiet();
  expect(account.lead(id)).toMatchObject({ fields: before.fields, tags: before.tags });
  expect(account.asked("Put right")).toBe(1);
  expect(await overridesOf(id)).toEqual([]);
});

test("a segment changed by hand in Kommo is a person's word: it stays, the tag follows, and a later verdict is not written", async () => {
  const id = await qualified("Segment by hand");
  const before = account.lead(id);
  unlock("DEALSCOPE_SEGMENT");
  account.control.leads.edit({ account: account.id, id, fields: { DEALSCOPE_SEGMENT: "Cold" } });
  await until("the tag follows", () => account.segment(id)[0] === "dealscope:cold");
  await account.quiet();
  const after = account.lead(id);
  expect(after.fields).toEqual({ ...before.fields, DEALSCOPE_SEGMENT: "Cold" });
  expect(after.tags).toEqual(["dealscope:cold"]);
  expect(await overridesOf(id)).toEqual([{ ...word, segment: "cold", score: null }]);
  expect(await standing(id)).toEqual({ segment: "cold", score: Number(before.fields.DEALSCOPE_SCORE) });
  expect(await account.look("SELECT actor, action FROM audit WHERE subject = $1", [`lead ${id}`])).toEqual([
    { actor: "changed in Kommo", action: "override set" },
  ]);

  account.control.leads.addNote({ account: account.id, id, text: "We also need 10 more licences." });
  await until("it is judged again", async () => (await account.verdicts(id)).length === 2);
  await account.quiet();
  expect(account.lead(id)).toMatchObject({ fields: after.fields, tags: after.tags });
});

test("a score changed by hand puts the lead into that score's segment, and a second change follows the first", async () => {
  const id = await qualified("Score by hand");
  unlock("DEALSCOPE_SCORE");
  const change = (score: string) =>
    account.control.leads.edit({ account: account.id, id, fields: { DEALSCOPE_SCORE: score } });
  change("3");
  await until("the tag follows", () => account.segment(id)[0] === "dealscope:cold");
  await account.quiet();
  expect(account.lead(id).fields).toMatchObject({ DEALSCOPE_SCORE: "3", DEALSCOPE_SEGMENT: "Cold" });
  change("95");
  await until("the tag follows again", () => account.segment(id)[0] === "dealscope:hot");
  await account.quiet();
  expect(account.lead(id).fields).toMatchObject({ DEALSCOPE_SCORE: "95", DEALSCOPE_SEGMENT: "Hot" });
  expect(await overridesOf(id)).toEqual([
    { ...word, segment: null, score: 3 },
    { ...word, segment: null, score: 95 },
  ]);
  expect(await standing(id)).toEqual({ segment: "hot", score: 95 });
  expect(account.asked("Score by hand")).toBe(1);
});

test("a segment changed by hand is heard however long ago we wrote there", async () => {
  const id = await qualified("Long ago");
  unlock("DEALSCOPE_SEGMENT");
  // As when they are old.
  await account.look("DELETE FROM write WHERE lead_id = $1", [id]);
  account.control.leads.edit({ account: account.id, id, fields: { DEALSCOPE_SEGMENT: "Cold" } });
  await until("the tag follows", () => account.segment(id)[0] === "dealscope:cold");
  await account.quiet();
  expect(await overridesOf(id)).toEqual([{ ...word, segment: "cold", score: null }]);
});

test("a segment changed by hand together with new words of the client stays, and the new verdict is shown only", async () => {
  const id = await qualified("Both at once");
  unlock("DEALSCOPE_SEGMENT");
  account.control.leads.edit({ account: account.id, id, fields: { DEALSCOPE_SEGMENT: "Warm" } });
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  await until("it is judged again", async () => (await account.verdicts(id)).length === 2);
  await account.quiet();
  expect(account.lead(id)).toMatchObject({ fields: { DEALSCOPE_SEGMENT: "Warm" }, tags: ["dealscope:warm"] });
  expect(await overridesOf(id)).toEqual([{ ...word, segment: "warm", score: null }]);
  expect((await standing(id))?.segment).toBe("warm");
});

test("a score that is none is put right, and is nobody's word", async () => {
  const id = await qualified("No score");
  const before = account.lead(id);
  unlock("DEALSCOPE_SCORE");
  account.control.leads.edit({ account: account.id, id, fields: { DEALSCOPE_SCORE: "300" } });
  await until("it is put right", () => account.lead(id).fields.DEALSCOPE_SCORE === before.fields.DEALSCOPE_SCORE);
  await account.quiet();
  expect(await overridesOf(id)).toEqual([]);
});

test("a field that we could not write is not taken for one that a person has changed", async () => {
  const id = await qualified("Refused once");
  account.control.fields.edit({ account: account.id, id: "DEALSCOPE_SEGMENT", is_api_only: false });
  // As if the segment of the last verdict had been left out, and the one before it still stood there.
  await account.look("UPDATE lead SET shown = shown - 'segment' WHERE lead_id = $1", [id]);
  account.control.leads.edit({ account: account.id, id, fields: { DEALSCOPE_SEGMENT: "Cold" } });
  await until("it is put right", () => account.lead(id).fields.DEALSCOPE_SEGMENT === "Hot");
  await account.quiet();
  expect(await overridesOf(id)).toEqual([]);
});

test("new words of the client are judged again", async () => {
  const id = await qualified("Changed her mind");
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  await until("the other segment is there", () => account.segment(id)[0] === "dealscope:cold");
  expect(account.segment(id)).toEqual(["dealscope:cold"]);
  expect(account.asked("Changed her mind")).toBe(2);
});

test("a person's re-qualify always asks the model again, and once", async () => {
  const id = await qualified("Asked by hand");
  const patches = account.calls(PATCH);
  await account.ask("qualify", id, { askedAt: new Date().toISOString(), askedBy: "Kim Vale" });
  await account.quiet();
  await account.ask("qualify", id);
  await account.quiet();
  expect(account.asked("Asked by hand")).toBe(2);
  expect((await account.verdicts(id)).map((verdict) => verdict.asked_by)).toEqual(["events", "Kim Vale"]);
  expect(account.calls(PATCH)).toBe(patches);
});

test("a lead that Kommo tells of before it shows it is waited for", async () => {
  account.control.switches.set({ readLagMs: 20_000 });
  const id = account.create({ name: "Not shown yet", note: texts.hot });
  const why = async () =>
    (await account.look<{ last_error: string | null }>("SELECT last_error FROM work WHERE subject = $1", [id]))[0]
      ?.last_error;
  await until("it was looked for", async () => (await why())?.includes("does not show it yet") ?? false);
  expect(await goneness(id)).not.toBe("deleted");
  account.control.clock.advance({ seconds: 21 });
  account.control.switches.set({ readLagMs: 0 });
  await account.hurry("work");
  await account.written(id);
  await account.quiet();
  expect(account.asked("Not shown yet")).toBe(1);
});

test("a lead that Kommo still does not show after half a minute is gone", async () => {
  account.control.switches.set({ readLagMs: 3_600_000 });
  const id = account.create({ name: "Never shown", note: texts.hot });
  const later = setInterval(() => {
    void account.look("UPDATE work SET first_event_at = first_event_at - interval '31 seconds' WHERE subject = $1", [
      id,
    ]);
    void account.hurry("work");
  }, 300);
  try {
    await until("it is known to be gone", async () => (await goneness(id)) === "deleted");
  } finally {
    clearInterval(later);
    account.control.switches.set({ readLagMs: 0 });
    account.control.clock.advance({ seconds: 3_601 });
  }
  await account.quiet();
});

test("what the model says of a duplicate to a person who asked stands, whatever is heard of the lead afterwards", async () => {
  const contact = { name: "Vera", email: "vera@client.example" };
  const older = account.create({ name: "Asked past a rule: older", contact, note: texts.hot });
  await account.written(older);
  const id = account.create({ name: "Asked past a rule", contact, note: texts.hot });
  await account.written(id);
  await account.quiet();
  expect(await account.verdicts(id)).toMatchObject([{ reason: "duplicate" }]);
  await account.ask("qualify", id, { askedAt: new Date().toISOString(), askedBy: "Kim Vale" });
  await until("it is judged", () => account.segment(id).includes("dealscope:hot"));
  await account.quiet();
  await account.ask("qualify", id);
  await account.quiet();
  expect(account.segment(id)).toEqual(["dealscope:hot"]);
  expect(account.asked('Asked past a rule"')).toBe(1);
});

test.each([
  ["closed", (id: number) => account.control.leads.move({ account: account.id, id, status_id: 143 })],
  ["deleted", (id: number) => account.control.leads.remove({ account: account.id, id })],
])("a lead that was a duplicate is judged when the older one is %s", async (how, leave) => {
  const contact = { name: "Otto", email: `otto-${how}@client.example` };
  const older = account.create({ name: `Otto before, ${how}`, contact, note: texts.cold });
  await account.written(older);
  const id = account.create({ name: `Otto again, ${how}`, contact, note: texts.hot });
  await account.written(id);
  await account.quiet();
  expect(account.segment(id)).toEqual(["needs manual qualification"]);
  leave(older);
  await until("the younger one is judged", () => account.segment(id).includes("dealscope:hot"));
});

test("leads outside the chosen pipelines are left alone, duplicates of each other too", async () => {
  const contact = { name: "Ida", email: "ida@client.example" };
  const ids = ["one", "two", "three"].map((n) => account.create({ name: `Left out ${n}`, contact, note: texts.hot }));
  for (const id of ids) await account.written(id);
  await account.quiet();
  await account.set({ triggers: { pipelineIds: [99] } });
  const asked = account.asked("Left out");
  account.control.leads.edit({ account: account.id, id: ids[1]!, price: 12 });
  await until(
    "Kommo has told of it",
    async () => (await account.look("SELECT FROM work WHERE subject = $1", [ids[1]])).length > 0,
  );
  await account.quiet();
  await account.set();
  expect(account.asked("Left out")).toBe(asked);
});

test("a closed deal is judged only for somebody who asks, and then nothing is done with it", async () => {
  const moveTo = { pipelineId: account.installed.pipelineId, statusId: account.installed.statusIds[2]! };
  await account.set({ actions: { hot: { assign: null, moveTo, task: { text: "Call", minutes: 5 } } } });
  const id = account.create({ name: "Won already", note: texts.hot, status_id: 142 });
  await until("Kommo has told of it", () => hooksOf(id).length > 0);
  await account.quiet();
  expect(account.asked("Won already")).toBe(0);
  expect(await account.verdicts(id)).toEqual([]);
  await account.ask("qualify", id, { askedAt: new Date().toISOString(), askedBy: "Kim Vale" });
  await account.written(id);
  await account.quiet();
  await account.set();
  expect(account.lead(id)).toMatchObject({ tags: ["dealscope:hot"], status_id: 142, tasks: [] });
});

test("no request to the model carries a contact's name, e-mail or phone", async () => {
  const contact = { name: "Zoltán Példa", email: "zoltan.pelda@client.example", phone: "+36301234567" };
  const id = account.create({
    name: "Masked, from Zoltán Példa",
    contact,
    note: `${texts.hot} Zoltán Példa, zoltan.pelda@client.example, +36 30 123 4567`,
  });
  await account.written(id);
  const [call] = world.openai.control.calls({ containing: "Masked, from" });
  const sent = JSON.stringify(call);
  expect(sent).toContain("[PERSON_1]");
  for (const secret of ["Zoltán", "Példa", "zoltan.pelda", "client.example", "30 123 4567", "301234567"]) {
    expect(sent).not.toContain(secret);
  }
});

test("a chat that may not be read is missing in every later verdict too, and costs no second call", async () => {
  const poor = await installAccount(world, {}, { scopes: ["crm", "notifications"] });
  const { id, contact_id } = poor.control.leads.create({
    account: poor.id,
    name: "Old chat",
    contact: { name: "Pia Lund" },
  });
  await poor.control.hooks.weather({ account: poor.id, dropRate: 1 });
  poor.control.chats.message({ account: poor.id, lead_id: id, contact_id: contact_id!, text: "Said before." });
  await poor.control.hooks.weather({ account: poor.id });
  await poor.ask("qualify", id, { askedAt: new Date().toISOString(), askedBy: "Kim Vale" });
  await until("it is judged for Kim", async () => (await poor.verdicts(id)).some((v) => v.asked_by === "Kim Vale"));
  await poor.quiet();
  const asked = poor.asked("Old chat");
  await poor.ask("qualify", id);
  await poor.quiet();
  expect(poor.asked("Old chat")).toBe(asked);
  const [last] = await poor.look<{ detail: { missing: { what: string }[] } }>(
    "SELECT detail FROM verdict WHERE lead_id = $1 ORDER BY id DESC LIMIT 1",
    [id],
  );
  expect(last?.detail.missing).toEqual([expect.objectContaining({ what: "chat_history" })]);
});

test("a lead deleted before it is judged ends as gone", async () => {
  const id = account.create({ name: "Deleted at once", note: texts.hot });
  account.control.leads.remove({ account: account.id, id });
  await until("it is known to be gone", async () => (await goneness(id)) === "deleted");
  await account.quiet();
  expect(account.asked("Deleted at once")).toBe(0);
});

test("a lead merged into another ends as gone, and the other one is judged", async () => {
  const [kept, merged] = ["Merge: stays", "Merge: goes"].map((name) => account.create({ name, note: texts.hot }));
  account.control.leads.merge({ account: account.id, id: kept!, others: [merged!] });
  await account.written(kept!);
  await account.quiet();
  expect(await goneness(merged!)).not.toBeNull();
  expect(account.asked("Merge: goes")).toBe(0);
});

test("a lead deleted while the model thinks ends as gone, and its rows with it", async () => {
  world.openai.control.queue({ name: "slow", ms: 600, containing: "Deleted too late" });
  const id = account.create({ name: "Deleted too late", note: texts.hot });
  await until("the model is asked", () => world.openai.control.status.running > 0);
  account.control.leads.remove({ account: account.id, id });
  await account.quiet();
  const rows = await account.look("SELECT state, outcome FROM write WHERE lead_id = $1", [id]);
  expect(rows).toEqual([{ state: "dead", outcome: "The lead is gone." }]);
});

async function goneness(id: number): Promise<string | null | undefined> {
  const [row] = await account.look<{ gone: string | null }>("SELECT gone FROM lead WHERE lead_id = $1", [id]);
  return row?.gone;
}
