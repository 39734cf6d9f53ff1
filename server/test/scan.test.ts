import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Listeners } from "../src/webhooks/listeners.ts";
import { installAccount, type TestAccount, texts, unlimited } from "./account.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let account: TestAccount;
beforeAll(async () => {
  world = await startWorld({ ...unlimited, kommo: { switches: { ...unlimited.kommo.switches, eventsLimit: 100 } } });
  // The scan leaves the last seconds to the webhooks, so what happens here happened a minute ago.
  world.kommo.control.clock.advance({ seconds: -60 });
  account = await installAccount(world);
});
afterAll(() => world?.stop());
beforeEach(() => deaf());
afterEach(() => vi.restoreAllMocks());

/** No webhook arrives any more. */
const deaf = () => account.control.hooks.weather({ dropRate: 1 });

async function healed(one = account): Promise<Record<string, number>> {
  const rows = await one.look<{ kind: string; healed: number }>("SELECT kind, healed FROM scan WHERE account_id = $1", [
    one.id,
  ]);
  return Object.fromEntries(rows.map((row) => [row.kind, Number(row.healed)]));
}

/** Lets the scan run now, to its end. @returns how much each of its looks has healed */
async function scan(one = account): Promise<Record<string, number>> {
  const row = async () =>
    (
      await one.look<{ id: number; runs: number }>(
        "SELECT count(*)::int AS id, coalesce(sum(extract(epoch FROM ran_at)), 0)::float8 AS runs FROM scan WHERE account_id = $1 AND kind = 'events'",
        [one.id],
      )
    )[0]!;
  const before = (await row()).runs;
  const was = await healed(one);
  await one.ask("scan", one.id, {}, 4);
  await until("the scan has run", async () => (await row()).runs !== before);
  await until(
    "it waits for its next time",
    async () =>
      (
        await one.look(
          "SELECT 1 FROM work WHERE kind = 'scan' AND account_id = $1 AND lease_token IS NULL AND due_at > app_now()",
          [one.id],
        )
      ).length > 0,
  );
  const now = await healed(one);
  return Object.fromEntries(Object.keys(now).map((kind) => [kind, now[kind]! - (was[kind] ?? 0)]));
}

/** A lead that the scan has found and that is judged; our own write is known too. */
async function found(name: string, wish: object = {}): Promise<number> {
  const id = account.create({ name, note: texts.hot, ...wish });
  await scan();
  await account.written(id);
  await account.quiet();
  await scan();
  await account.quiet();
  return id;
}

test("a new lead that no webhook told of is found with its note, judged and counted", async () => {
  // The lead is found before its note, and waits for it.
  await account.set({ settleSeconds: 3 });
  const id = account.create({ name: "Unheard lead", note: texts.hot });
  expect(await scan()).toMatchObject({ leads: 1, notes: 1 });
  await account.written(id);
  await account.set();
  expect(account.segment(id)).toEqual(["dealscope:hot"]);
  expect(account.asked("Unheard lead")).toBe(1);
});

test("a move of stage is found and confirmed once, and starts what it is to start", async () => {
  const id = await found("Unheard move");
  const [, to] = account.installed.statusIds;
  await account.set({
    triggers: { onStages: [{ pipelineId: account.installed.pipelineId, statusId: to! }], onContentChange: false },
  });
  account.control.leads.move({ account: account.id, id, status_id: to! });
  expect(await scan()).toMatchObject({ events: 1 });
  await account.quiet();
  await account.set();
  expect(await scan()).toMatchObject({ events: 0 });
  expect(
    await account.look("SELECT state, to_status_id FROM stage_change WHERE lead_id = $1 AND to_status_id = $2", [
      id,
      to,
    ]),
  ).toEqual([{ state: "confirmed", to_status_id: to }]);
});

test("a note is found, and the lead judged again with it", async () => {
  const id = await found("Unheard note");
  account.control.leads.addNote({ account: account.id, id, text: texts.cold });
  expect(await scan()).toMatchObject({ notes: 1 });
  await until("the new words count", () => account.segment(id)[0] === "dealscope:cold");
});

test("a change of a contact is found, and its lead judged again", async () => {
  const id = await found("Unheard contact", { contact: { name: "Ana Reyes", email: "ana@before.example" } });
  const [contact] = account.lead(id).contacts;
  // Kommo's times are whole seconds: a change in the very second of the last reading looks like that reading.
  account.control.clock.advance({ seconds: 1 });
  account.control.contacts.edit({ account: account.id, id: contact!.id, fields: { EMAIL: "ana@after.example" } });
  expect(await scan()).toMatchObject({ contacts: 1 });
  await until("it is judged again", () => account.asked("Unheard contact") === 2);
  const addresses = await account.look("SELECT address FROM contact_address WHERE contact_id = $1", [contact!.id]);
  expect(addresses).toEqual([{ address: "ana@after.example" }]);
});

test("a deletion is found", async () => {
  const id = await found("Unheard deletion");
  account.control.leads.remove({ account: account.id, id });
  expect(await scan()).toMatchObject({ deleted: 1 });
  expect(await account.look("SELECT gone FROM lead WHERE lead_id = $1", [id])).toEqual([{ gone: "deleted" }]);
  expect(await scan()).toMatchObject({ deleted: 0 });
});

test("a message is found, its text too where the account gives it", async () => {
  const id = await found("Unheard message", { contact: { name: "Bea" } });
  account.control.chats.message({ account: account.id, lead_id: id, text: "Is Monday free?" });
  expect((await scan()).events).toBeGreaterThan(0);
  const messages = await account.look("SELECT direction, text FROM message WHERE lead_id = $1", [id]);
  expect(messages).toEqual([{ direction: "incoming", text: "Is Monday free?" }]);
});

test("of a conversation whose beginning nobody told us of, the beginning is read once", async () => {
  const id = await found("Half a conversation", { contact: { name: "Fay" } });
  const { talk_id } = account.control.chats.message({
    account: account.id,
    lead_id: id,
    text: "The unheard beginning",
  });
  await account.control.hooks.weather({});
  account.control.chats.message({ account: account.id, talk_id, text: "The rest that is heard" });
  await until("it is judged with all of it", () => account.asked("The unheard beginning") === 1);
  const read = account.calls("GET /api/v4/talks/:id/messages");
  account.control.chats.message({ account: account.id, talk_id, text: "And some more" });
  await until("it is judged again", () => account.asked("And some more") === 1);
  expect(account.calls("GET /api/v4/talks/:id/messages")).toBe(read);
});

test("what webhooks have told of is neither healed nor judged a second time", async () => {
  await account.control.hooks.weather({});
  const id = account.create({
    name: "Heard of",
    note: texts.hot,
    contact: { name: "Cid", email: "cid@heard.example" },
  });
  await account.written(id);
  account.control.leads.move({ account: account.id, id, status_id: account.installed.statusIds[2]! });
  await account.quiet();
  expect(await scan()).toEqual({ leads: 0, deleted: 0, contacts: 0, notes: 0, events: 0 });
  await account.quiet();
  expect(account.asked("Heard of")).toBe(1);
});

test("more leads of one second than fit on a page are all found", async () => {
  await account.set({ triggers: { onCreation: false, onContentChange: false } });
  const ids = Array.from({ length: 300 }, (_, n) => account.create({ name: `Crowd ${n}` }));
  const { leads } = await scan();
  await account.set();
  expect(leads).toBe(300);
  const known = await account.look("SELECT lead_id FROM lead WHERE lead_id = ANY($1) AND name <> ''", [ids]);
  expect(known).toHaveLength(300);
});

test("of a long conversation every message is found with its text, on however many pages", async () => {
  const id = await found("Unheard conversation", { contact: { name: "Dora" } });
  const { talk_id } = account.control.chats.message({ account: account.id, lead_id: id, text: "Word 1" });
  for (let n = 2; n <= 300; n++) account.control.chats.message({ account: account.id, talk_id, text: `Word ${n}` });
  await scan();
  const messages = await account.look<{ text: string }>("SELECT text FROM message WHERE lead_id = $1", [id]);
  expect(new Set(messages.map((message) => message.text))).toEqual(
    new Set(Array.from({ length: 300 }, (_, n) => `Word ${n + 1}`)),
  );
});

test("what webhooks have told of is not healed either where changes are not followed, but what is shown is renewed", async () => {
  const id = await found("Told but not read");
  await scan();
  await account.set({ triggers: { onContentChange: false } });
  await account.control.hooks.weather({});
  account.control.clock.advance({ seconds: 1 });
  account.control.leads.edit({ account: account.id, id, name: "Told and not read" });
  account.control.leads.addContact({ account: account.id, id, name: "Eva", email: "eva@told.example" });
  await account.quiet();
  await account.look("DELETE FROM work WHERE account_id = $1 AND kind = 'provision'", [account.id]);
  const looks = account.calls("GET /api/v4/webhooks");
  expect(await scan()).toMatchObject({ leads: 0, contacts: 0 });
  expect(await account.look("SELECT name FROM lead WHERE lead_id = $1", [id])).toEqual([{ name: "Told and not read" }]);
  expect(account.asked("Told and not read")).toBe(0);
  // Nothing was missed, so nobody asks whether the webhook is still there.
  await account.quiet("provision");
  expect(account.calls("GET /api/v4/webhooks")).toBe(looks);
  await account.set();
});

test("an old lead that somebody edits is no new one: it is judged only where changes are followed", async () => {
  await account.set({ triggers: { onContentChange: false } });
  account.control.clock.advance({ seconds: -3600 });
  const id = account.create({ name: "Older than us", note: texts.hot });
  account.control.clock.advance({ seconds: 3600 });
  account.control.leads.edit({ account: account.id, id, price: 5 });
  expect(await scan()).toMatchObject({ leads: 1 });
  await account.quiet();
  expect(await account.verdicts(id)).toEqual([]);
  await account.set();
});

test("a scan that fails again and again does not end, and its other looks still find", async () => {
  account.control.faults.add({
    match: { path: "/api/v4/contacts", account: account.id },
    effect: { kind: "answer", status: 400 },
  });
  const failed = async () =>
    (
      await account.look<{ state: string; waits: number; attempts: number }>(
        "SELECT state, waits, attempts FROM work WHERE kind = 'scan' AND account_id = $1 AND lease_token IS NULL",
        [account.id],
      )
    )[0];
  for (let times = 1; times <= 4; times++) {
    if (times === 1) await account.ask("scan", account.id, {}, 4);
    else await account.hurry("work");
    await until(`it has failed ${times} times`, async () => (await failed())?.waits === times);
  }
  expect(await failed()).toEqual({ state: "open", waits: 4, attempts: 0 });
  const id = account.create({ name: "Found all the same", note: texts.hot });
  await account.hurry("work");
  await account.written(id);
  account.control.faults.clear();
  await scan();
});

test("one contact in a form that is not known hides no other", async () => {
  const known = { id: 77, name: "Readable", updated_at: account.control.clock.read().now };
  account.control.faults.add({
    match: { path: "/api/v4/contacts", account: account.id },
    times: 1,
    effect: { kind: "answer", status: 200, body: { _embedded: { contacts: [{ id: 76, name: ["?"] }, known] } } },
  });
  await scan();
  expect(await account.look("SELECT contact_id FROM contact WHERE contact_id IN (76, 77)")).toEqual([
    { contact_id: 77 },
  ]);
});

test("when the connecting user is no administrator any more, the account asks to be connected again and says why", async () => {
  const other = await installAccount(world);
  account.control.accounts.changeUser({ account: other.id, user_id: other.installed.adminId, is_admin: false });
  await other.ask("scan", other.id, {}, 4);
  const row = async () =>
    (await other.look("SELECT status, status_reason FROM account WHERE account_id = $1", [other.id]))[0];
  await until("it asks", async () => (await row())?.status === "needs_reconnect");
  expect(await row()).toMatchObject({ status_reason: "The connecting user is no administrator any more." });
  expect(
    await other.look("SELECT state, attempts FROM work WHERE account_id = $1 AND kind = 'scan'", [other.id]),
  ).toEqual([{ state: "open", attempts: 0 }]);
});

test("the cursor moves only with what was found: a scan that fails finds the same again", async () => {
  const cursor = async () =>
    account.look("SELECT cursor_at, healed FROM scan WHERE account_id = $1 AND kind = 'leads'", [account.id]);
  const before = await cursor();
  const id = account.create({ name: "Found at the second try" });
  const telling = vi.spyOn(world.server.app.get(Listeners), "tell").mockRejectedValueOnce(new Error("no"));
  await account.ask("scan", account.id, {}, 4);
  await until("it has failed", () => telling.mock.calls.length === 1);
  await until(
    "it is put back",
    async () =>
      (
        await account.look(
          "SELECT 1 FROM work WHERE kind = 'scan' AND account_id = $1 AND waits = 1 AND lease_token IS NULL",
          [account.id],
        )
      ).length === 1,
  );
  expect(await cursor()).toEqual(before);
  expect(await scan()).toMatchObject({ leads: 1 });
  await until("it is judged", async () => (await account.verdicts(id)).length > 0);
});

test("without webhooks, as on a small plan, the scan alone does the job", async () => {
  const small = await installAccount(world, {}, { plan: "base" });
  // No webhook is on its way, so what has only just happened is not left to one.
  world.kommo.control.clock.advance({ seconds: 50 });
  const id = small.create({ name: "On a small plan", note: texts.hot });
  await scan(small);
  await small.written(id);
  expect(small.segment(id)).toEqual(["dealscope:hot"]);
});
