import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

const hooksOf = (teller: Teller, id: number) =>
  teller.control.ledger.deliveries().filter((hook) => String(hook.body).includes(String(id)));

test("webhooks that come three times start one campaign a change", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  teller.move(id, teller.stage(1));
  await teller.told();
  for (const hook of [...hooksOf(teller, id), ...hooksOf(teller, id)])
    await teller.control.hooks.send({ url: hook.path, body: String(hook.body) });
  await teller.told();
  expect(teller.names()).toEqual(["deal_created", "deal_stage_changed"]);
});

test("the id of an event says which change it is of, so a decision that is made again makes the same", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  await teller.told();
  teller.move(id, teller.stage(1));
  await teller.told();
  const before = teller.events().map((event) => event.id);
  // As after a database that was restored from before any of this was told.
  await teller.look("DELETE FROM customerio_write WHERE account_id = $1", [teller.id]);
  await teller.look(
    "UPDATE customerio_deal SET told_move = 0, creation = 'heard', told_status_id = NULL WHERE lead_id = $1",
    [id],
  );
  await teller.ask("customerio_deal", id, {}, 3);
  await teller.told();
  const sent = await teller.look<{ event_id: string }>(
    "SELECT event_id FROM customerio_write WHERE account_id = $1 AND kind = 'event' AND state = 'sent' ORDER BY id",
    [teller.id],
  );
  expect(sent.map(({ event_id }) => event_id)).toEqual(before);
  expect(teller.events()).toHaveLength(2);
});

test("two deals, two people and two changes never share an id", async () => {
  const teller = await Teller.open(world, { speaksFor: { who: "all" } });
  for (const name of ["One", "Two"]) {
    const id = teller.deal("ana@x.test", { name, status_id: teller.stage(0) });
    teller.control.leads.addContact({ account: teller.id, id, name: "Bo", email: "bo@x.test" });
    await teller.told();
    teller.move(id, teller.stage(1));
  }
  await teller.told();
  const rows = await teller.look<{ event_id: string }>(
    "SELECT event_id FROM customerio_write WHERE account_id = $1 AND kind = 'event'",
    [teller.id],
  );
  expect(rows).toHaveLength(8);
  expect(teller.events()).toHaveLength(8);
});

test("what we write into Kommo comes back as webhooks and sends nothing", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  const before = (await teller.rows()).length;
  // A verdict's fields, tag and summary, as far as they say nothing that Customer.io is told.
  await teller.look(
    `INSERT INTO write (account_id, lead_id, seq, target, origin, body)
     VALUES ($1, $2, 1000, 'lead', 'qualification', $3)`,
    [teller.id, id, JSON.stringify({ fields: { summary: "A roof for a house" }, tagsAdd: ["dealscope:hot"] })],
  );
  teller.ring();
  await teller.written(id);
  await teller.quiet();
  await teller.told();
  expect(hooksOf(teller, id).length).toBeGreaterThan(1);
  expect(await teller.rows()).toHaveLength(before);
});

test("an edit that changes nothing of what is told sends nothing", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  const before = (await teller.rows()).length;
  teller.edit(id, { tags: ["vip"] });
  teller.editContact(teller.contactOf(id), { PHONE: "+34600000001" });
  await teller.told();
  expect(await teller.rows()).toHaveLength(before);
});
