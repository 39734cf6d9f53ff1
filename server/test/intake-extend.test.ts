import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { EventOf } from "../src/webhooks/events.ts";
import { Listeners } from "../src/webhooks/listeners.ts";
import { Form } from "./intake-kit.ts";
import { startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
let form: Form;
beforeAll(async () => {
  world = await startApiWorld();
  form = await Form.of(world, { extendOpenDeals: true });
});
afterAll(() => world?.stop());
afterEach(() => {
  form.account.control.faults.clear();
  form.account.control.switches.set({ readLagMs: 0 });
});

const control = () => form.account.control;
const lead = (id: number) => form.account.lead(id);
const email = (name: string) => `${name.toLowerCase()}@extend.example`;
const open = (name: string, wish: object = {}) =>
  form.account.create({ name: `${name}'s deal`, contact: { name, email: email(name) }, ...wish });
/** Another deal of somebody who has one. */
async function another(of: number, wish: object = {}): Promise<number> {
  const id = form.account.create({ name: "Another deal", ...wish });
  const { access_token } = control().oauth.longLivedToken({ account: form.account.id });
  await fetch(`${world.kommo.origin}/api/v4/leads/${id}/link`, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify([{ to_entity_id: lead(of).contacts[0]!.id, to_entity_type: "contacts" }]),
  });
  return id;
}
const asks = (name: string, more: object = {}) => ({
  contacts: [{ name, email: email(name) }],
  message: `${name} asks again`,
  ...more,
});

test("an open deal of the same person gets the new words and the new people, and there is no second deal", async () => {
  const id = open("Olga");
  const { leadId, isExtended, contactIds } = await form.done({
    ...asks("Olga"),
    contacts: [
      { name: "Olga", email: email("Olga") },
      { name: "Oscar", email: email("Oscar") },
    ],
  });
  expect([leadId, isExtended]).toEqual([id, true]);
  expect(lead(id)).toMatchObject({ name: "Olga's deal", tags: [] });
  expect(lead(id).contacts.map((contact) => contact.id)).toEqual(contactIds);
  expect(lead(id).contacts.map(({ name, is_main }) => [name, is_main])).toEqual([
    ["Olga", true],
    ["Oscar", false],
  ]);
  await until("the words are noted", () => JSON.stringify(lead(id).notes).includes("Olga asks again"));
  const said = await form.account.look("SELECT text FROM message WHERE lead_id = $1", [id]);
  expect(said).toEqual([{ text: "Olga asks again" }]);
});

test("deals that are won, lost or in another pipeline are not extended", async () => {
  const { id: pipeline_id } = control().accounts.addPipeline({ account: form.account.id, name: "Other" });
  const won = open("Willa", { status_id: 142 });
  const others = [won, await another(won, { status_id: 143 }), await another(won, { pipeline_id })];
  const { leadId, isExtended } = await form.done(asks("Willa"));
  expect(isExtended).toBe(false);
  expect(others).not.toContain(leadId);
});

test("a deal that we know to be closed is extended once it is open again", async () => {
  const id = open("Rosa");
  const { pipelineId, statusIds } = form.account.installed;
  const move = (status_id: number) =>
    control().leads.edit({ account: form.account.id, id, pipeline_id: pipelineId, status_id });
  move(142);
  await until("it is known to be closed", async () => {
    await form.account.ask("join", id);
    const rows = await form.account.look("SELECT 1 FROM lead WHERE lead_id = $1 AND closed_at IS NOT NULL", [id]);
    return rows.length > 0;
  });
  await form.account.quiet("join");
  const other = (await form.done(asks("Rosa"))).leadId;
  expect(other).not.toBe(id);
  move(statusIds[0]!);
  control().leads.edit({ account: form.account.id, id: other, pipeline_id: pipelineId, status_id: 143 });
  control().clock.advance({ seconds: 5 });
  control().leads.edit({ account: form.account.id, id, price: 7 });
  await form.account.quiet("join");
  expect((await form.done(asks("Rosa", { message: "Rosa once more" }))).leadId).toBe(id);
});

test("of several open deals the one that was changed last is extended", async () => {
  const first = open("Ines");
  await another(first);
  control().clock.advance({ seconds: 5 });
  control().leads.edit({ account: form.account.id, id: first, price: 5 });
  expect((await form.done(asks("Ines"))).leadId).toBe(first);
});

test("the open deal of somebody who stands in Kommo twice is found, whichever of the two is in it", async () => {
  const oldest = form.contact("Tove", { EMAIL: email("Tove") });
  const id = open("Tove");
  const [inDeal] = lead(id).contacts;
  const { leadId, isExtended, contactIds, mergeProposals } = await form.done(asks("Tove"));
  expect([leadId, isExtended]).toEqual([id, true]);
  expect(contactIds).toEqual([inDeal!.id]);
  expect(lead(id).contacts).toHaveLength(1);
  expect(mergeProposals).toEqual([{ entity: "contact", keptId: inDeal!.id, otherIds: [oldest] }]);
});

test("the open deal of a colleague with the same number and another address is not extended", async () => {
  const phone = "+48601777888";
  const id = form.account.create({ name: "Boss", contact: { name: "Boss", email: email("Boss"), phone } });
  const { leadId } = await form.done({ contacts: [{ name: "Aide", email: email("Aide"), phone }] });
  expect(leadId).not.toBe(id);
});

test("a deal without a company gets the one that is named, and one that has a company keeps it", async () => {
  const id = open("Carla");
  await form.done(asks("Carla", { company: { name: "Carla Works" } }));
  const [company] = lead(id).companies;
  expect((await form.everything("companies")).find((one) => one.id === company)?.name).toBe("Carla Works");
  await form.done(asks("Carla", { company: { name: "Somebody Else Inc" } }));
  expect(lead(id).companies).toEqual([company]);
  expect((await form.everything("companies")).map(({ name }) => name)).not.toContain("Somebody Else Inc");
});

test("a deal that is deleted before it could be extended leaves its words to a new one", async () => {
  const id = open("Dora");
  await form.done(asks("Dora", { company: { name: "Dora First" }, message: "First" }));
  control().faults.add({
    match: { method: "POST", path: `/api/v4/leads/${id}/link` },
    times: 1,
    effect: { kind: "answer", status: 503 },
  });
  const receipt = await form.send(asks("Dora", { company: { name: "Dora Second" } }));
  await until("it waits", async () => {
    const [row] = await form.account.look(
      "SELECT 1 FROM work WHERE kind = 'intake' AND account_id = $1 AND waits > 0",
      [form.account.id],
    );
    return row !== undefined;
  });
  control().leads.remove({ account: form.account.id, id });
  await form.account.hurry("work");
  const ended = await form.ended(receipt);
  expect(ended).toMatchObject({ status: "done", isExtended: false });
  expect(lead(ended.leadId!)).toMatchObject({ name: "Dora Second", contacts: [{ name: "Dora", is_main: true }] });
  expect(lead(ended.leadId!).companies).toHaveLength(1);
});

test("what one new person asks at once becomes one deal, although Kommo shows it late", async () => {
  control().switches.set({ readLagMs: 1_500 });
  const questions = [1, 2, 3].map((n) => ({ ...asks("Quentin"), message: `Question ${n}` }));
  const receipts = await Promise.all(questions.map((question) => form.done(question)));
  expect(new Set(receipts.map(({ leadId }) => leadId)).size).toBe(1);
  expect(receipts.filter(({ isExtended }) => isExtended)).toHaveLength(2);
  await until("all of it is noted", () => lead(receipts[0]!.leadId).notes.length === 3);
});

test("the roles of a request are told once it is known who and which deal is meant", async () => {
  const told: EventOf<"stakeholder.named">[] = [];
  world.server.app.get(Listeners).add({
    name: "test",
    types: ["stakeholder.named"],
    hear: async (_tx, _accountId, events) => {
      told.push(...(events as EventOf<"stakeholder.named">[]));
    },
  });
  const { id, leadId, contactIds } = await form.done({
    contacts: [
      { name: "Lena", email: email("Lena"), role: "lawyer" },
      { name: "Luis", email: email("Luis") },
      { name: "Lois", email: email("Lois"), role: "economic_buyer" },
    ],
  });
  const named = { type: "stakeholder.named", leadId, by: "Form “Website”", isTrusted: true, saidId: id };
  expect(told).toMatchObject([
    { ...named, contactId: contactIds[0], role: "lawyer", quote: "Lena, lena@extend.example, Lawyer" },
    { ...named, contactId: contactIds[2], role: "economic_buyer" },
  ]);
});
