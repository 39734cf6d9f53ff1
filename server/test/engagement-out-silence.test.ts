import { WON } from "@dealscope/shared/stage-ref";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
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
