import { WON } from "@dealscope/shared/stage-ref";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PersonErasure } from "../src/operations/person-erasure.ts";
import { connect, type EngagementWorld, keysOf, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

test.each([
  ["has unsubscribed", "unsubscribed_at = app_now(), unsubscribed_by = 'customerio'"],
  ["cannot be reached", "address_state = 'bounced', address_state_at = app_now()"],
  ["has called our mail spam", "address_state = 'spam', address_state_at = app_now()"],
])("of somebody who %s attributes are told, and no events", async (_, state) => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  await teller.look(`UPDATE customerio_person SET ${state} WHERE account_id = $1`, [teller.id]);
  teller.move(id, WON);
  await teller.told();
  expect(teller.names()).toEqual(["deal_created"]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_status: "won", deals_won: 1 });
});

/** An account with a box for those who want no mail. */
async function withBox() {
  const teller = await Teller.open(world);
  const { id } = teller.control.fields.create({
    ...{ account: teller.id, entity: "contacts", name: "No mails", type: "checkbox" },
  });
  await teller.tellBy({ optOutFieldId: id });
  const leadId = teller.deal("ana@x.test");
  await teller.told();
  return { teller, leadId, ana: teller.contactOf(leadId) };
}

const subscriptions = async (teller: Teller) => {
  const sent = teller.customerio.ledger
    .entries({ account: teller.workspace })
    .flatMap(({ body }) => (body as { batch?: { attributes?: object }[] } | undefined)?.batch ?? []);
  return sent.flatMap(({ attributes }) =>
    attributes && "unsubscribed" in attributes ? [attributes.unsubscribed] : [],
  );
};

test("a box that is ticked in Kommo unsubscribes once, and its being emptied subscribes nobody", async () => {
  const { teller, leadId, ana } = await withBox();
  teller.editContact(ana, { "No mails": true });
  await teller.told();
  expect(teller.person("ana@x.test")).toMatchObject({ unsubscribed: true });
  const [person] = await teller.look("SELECT unsubscribed_by FROM customerio_person WHERE account_id = $1", [
    teller.id,
  ]);
  expect(person).toEqual({ unsubscribed_by: "kommo" });
  teller.move(leadId, WON);
  await teller.told();
  expect(teller.names()).toEqual(["deal_created"]);
  teller.editContact(ana, { "No mails": false });
  await teller.told();
  expect(teller.person("ana@x.test")).toMatchObject({ unsubscribed: true });
  expect(await subscriptions(teller)).toEqual([true]);
});

test("who has unsubscribed in Customer.io is not unsubscribed again because the box shows it", async () => {
  const { teller, ana } = await withBox();
  await teller.look(
    "UPDATE customerio_person SET unsubscribed_at = app_now(), unsubscribed_by = 'customerio' WHERE account_id = $1",
    [teller.id],
  );
  teller.editContact(ana, { "No mails": true });
  await until("the box is seen", async () => {
    const [person] = await teller.look<{ opted_out: boolean }>(
      "SELECT opted_out FROM customerio_person WHERE account_id = $1",
      [teller.id],
    );
    return person!.opted_out;
  });
  await teller.told();
  expect(await subscriptions(teller)).toEqual([]);
});

test("who subscribes again there is left alone, although the box is still ticked", async () => {
  const { teller, leadId, ana } = await withBox();
  teller.editContact(ana, { "No mails": true });
  await teller.told();
  await teller.look(
    "UPDATE customerio_person SET unsubscribed_at = NULL, unsubscribed_by = NULL WHERE account_id = $1",
    [teller.id],
  );
  teller.move(leadId, WON);
  await teller.told();
  expect(await subscriptions(teller)).toEqual([true]);
  expect(teller.names()).toEqual(["deal_created", "deal_stage_changed", "deal_won"]);
});

/** Ana's box is ticked while Customer.io does not answer. */
async function untoldOptOut() {
  const { teller, leadId, ana } = await withBox();
  world.customerio.control.faults.add({
    match: { path: "/api/v2/batch", account: teller.workspace },
    effect: { kind: "answer", status: 503, body: {} },
  });
  teller.editContact(ana, { "No mails": true });
  await until("it waits", async () => (await teller.rows()).some(({ state }) => state === "due"));
  return { teller, leadId, ana };
}

test("an opting out that Customer.io has refused is said again with whatever is told next", async () => {
  const { teller, leadId, ana } = await withBox();
  world.customerio.control.faults.add({
    ...{ match: { path: "/api/v2/batch", account: teller.workspace }, times: 1 },
    effect: { kind: "answer", status: 400, body: { errors: [{ reason: "invalid", message: "No." }] } },
  });
  teller.editContact(ana, { "No mails": true });
  await until("it is stuck", async () => (await teller.rows()).some(({ state }) => state === "stuck"));
  teller.edit(leadId, { price: 77 });
  await until("the next is told", () => teller.attributes("ana@x.test").deal_price === 77);
  expect(teller.person("ana@x.test")).toMatchObject({ unsubscribed: true });
  // Taken at last, it is not said again.
  teller.edit(leadId, { price: 78 });
  await until("one more is told", () => teller.attributes("ana@x.test").deal_price === 78);
  expect(await subscriptions(teller)).toEqual([true]);
});

test("an opting out that was dropped when telling was switched off is said once it is switched on again", async () => {
  const { teller, leadId } = await untoldOptOut();
  await teller.tellBy({ ...(await engagementOf(teller)), isOn: false });
  await until("what waited is dropped", async () => {
    await teller.hurry("work");
    return (await teller.rows()).every(({ state }) => state !== "due");
  });
  world.customerio.control.faults.clear();
  await teller.tellBy({ ...(await engagementOf(teller)), isOn: true });
  teller.edit(leadId, { price: 78 });
  await until("it is told", () => teller.attributes("ana@x.test").deal_price === 78);
  expect(teller.person("ana@x.test")).toMatchObject({ unsubscribed: true });
});

test("another workspace hears of whom the box in Kommo keeps from mails", async () => {
  const { teller, leadId, ana } = await withBox();
  teller.editContact(ana, { "No mails": true });
  await teller.told();
  await teller.look("INSERT INTO customerio_source (account_id, kind, source_id) VALUES ($1, 'campaign', '77')", [
    teller.id,
  ]);
  const workspace = world.customerio.control.workspaces.create({});
  await connect(teller.engaged.admin, keysOf(world, workspace));
  teller.edit(leadId, { price: 79 });
  const people = () => world.customerio.control.people.list({ workspace: workspace.id });
  await until("it is told there", () => people()[0]?.attributes.deal_price === 79);
  expect(people()).toMatchObject([{ email: "ana@x.test", unsubscribed: true }]);
  const sources = await teller.look("SELECT 1 FROM customerio_source WHERE account_id = $1 AND source_id = '77'", [
    teller.id,
  ]);
  expect(sources).toEqual([]);
});

async function engagementOf(teller: Teller) {
  const [row] = await teller.look<{ engagement: { optOutFieldId: number } }>(
    "SELECT settings->'engagement' AS engagement FROM account WHERE account_id = $1",
    [teller.id],
  );
  return { optOutFieldId: row!.engagement.optOutFieldId };
}

test("of an erased person is still told that he wants no mail, and nothing else", async () => {
  const { teller, ana } = await untoldOptOut();
  teller.control.contacts.remove({ account: teller.id, id: ana });
  await world.server.app.get(PersonErasure).erase(teller.id, ana);
  const due = await teller.look<{ operation: object }>(
    "SELECT operation FROM customerio_write WHERE account_id = $1 AND state = 'due'",
    [teller.id],
  );
  expect(due).toMatchObject([{ operation: { identifiers: { email: "ana@x.test" } } }]);
  expect(due[0]!.operation).toHaveProperty("attributes", { unsubscribed: true });
});
