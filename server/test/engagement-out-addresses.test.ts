import { Stuck } from "@dealscope/shared/activity";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

type Keys = NonNullable<NonNullable<Parameters<typeof Teller.open>[2]>["wish"]>["keys"];

/** Ana is known in Customer.io by her old address. */
async function knownAna(keys?: Keys) {
  const teller = await Teller.open(world, {}, keys ? { wish: { keys } } : {});
  const id = teller.deal("old@x.test");
  await teller.told();
  return { teller, id, ana: teller.contactOf(id), cioId: teller.person("old@x.test")!.cio_id };
}

/** Somebody else in the workspace, whom Dealscope does not know. */
async function stranger(teller: Teller, email: string) {
  const { origin, site_id, track_keys } = teller.engaged.workspace;
  const authorization = `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}`;
  const body = { type: "person", action: "identify", identifiers: { email }, attributes: { plan: "pro" } };
  const headers = { authorization, "content-type": "application/json" };
  await fetch(`${origin}/api/v2/entity`, { method: "POST", headers, body: JSON.stringify(body) });
  return teller.person(email)!.cio_id;
}

const stuck = async (teller: Teller) => (await teller.engaged.admin.get(Stuck, "/api/activity/stuck")).items;

const failures = (teller: Teller) =>
  teller.customerio.workspaces
    .activities({ workspace: teller.workspace })
    .filter(({ type }) => type.startsWith("failed"));

test("whoever gets another address in Kommo stays the same person, and all goes on by the new one", async () => {
  const { teller, id, ana, cioId } = await knownAna();
  teller.editContact(ana, { EMAIL: "new@x.test" });
  await teller.told();
  expect([...teller.people().keys()]).toEqual(["new@x.test"]);
  expect(teller.person("new@x.test")).toMatchObject({ cio_id: cioId });
  teller.move(id, teller.stage(1));
  await teller.told();
  expect(teller.names("new@x.test")).toEqual(["deal_created", "deal_stage_changed"]);
  expect([await stuck(teller), failures(teller)]).toEqual([[], []]);
});

test("another way to write the same address is none", async () => {
  const { teller, ana, cioId } = await knownAna();
  teller.editContact(ana, { EMAIL: "Old@X.test" });
  await teller.told();
  expect([...teller.people().values()]).toMatchObject([{ cio_id: cioId }]);
  expect(await stuck(teller)).toEqual([]);
});

test("an address that belongs to somebody else is reported and nobody is merged; once that is settled a retry goes on", async () => {
  const { teller, id, ana, cioId } = await knownAna();
  const other = await stranger(teller, "new@x.test");
  teller.editContact(ana, { EMAIL: "new@x.test" });
  await teller.told();
  expect(teller.person("new@x.test")).toMatchObject({ cio_id: other, attributes: { plan: "pro" } });
  expect(teller.attributes("new@x.test")).not.toHaveProperty("deal_id");
  expect(await stuck(teller)).toMatchObject([
    {
      ...{ what: "customerio", text: "address", lead: { id }, canRetry: true },
      reason: expect.stringMatching(/belongs to somebody else in Customer\.io/),
    },
  ]);

  // It is told once, however often the deal changes; and the person is told of as before.
  teller.edit(id, { price: 77 });
  await teller.told();
  expect(await stuck(teller)).toHaveLength(1);
  expect(teller.attributes("old@x.test")).toMatchObject({ deal_price: 77 });

  const { origin, site_id, track_keys } = teller.engaged.workspace;
  const authorization = `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}`;
  const body = JSON.stringify({ primary: { cio_id: cioId }, secondary: { email: "new@x.test" } });
  await fetch(`${origin}/api/v1/merge_customers`, {
    ...{ method: "POST", headers: { authorization, "content-type": "application/json" }, body },
  });
  const [item] = await stuck(teller);
  await teller.engaged.admin.ask("/api/activity/retry", { method: "POST", body: { ids: [item!.id] } });
  await teller.told();
  expect(await stuck(teller)).toEqual([]);
  expect(teller.person("new@x.test")).toMatchObject({ cio_id: cioId, attributes: { deal_price: 77 } });
});

test("without an App key and without knowing who that is, a person is asked what to do", async () => {
  const { teller, ana } = await knownAna({ appKey: null });
  teller.editContact(ana, { EMAIL: "new@x.test" });
  await teller.told();
  expect([...teller.people().keys()]).toEqual(["old@x.test"]);
  expect(await stuck(teller)).toMatchObject([
    { text: "address", reason: expect.stringMatching(/save an App API key/) },
  ]);
  teller.editContact(ana, { EMAIL: "old@x.test" });
  await teller.told();
  expect(await stuck(teller)).toEqual([]);
});

test("without an App key a person whose id has been learnt gets the new address, and nobody who has it already is touched", async () => {
  const { teller, id, ana, cioId } = await knownAna({ appKey: null });
  await teller.look("UPDATE customerio_person SET cio_id = $2 WHERE account_id = $1", [teller.id, cioId]);
  const other = await stranger(teller, "taken@x.test");
  teller.editContact(ana, { EMAIL: "taken@x.test" });
  await teller.told();
  teller.edit(id, { price: 55 });
  await teller.told();
  expect(teller.person("taken@x.test")).toMatchObject({ cio_id: other, attributes: { plan: "pro" } });
  expect(teller.attributes("taken@x.test")).not.toHaveProperty("deal_id");
  expect(teller.attributes("old@x.test")).toMatchObject({ deal_price: 55 });

  teller.editContact(ana, { EMAIL: "free@x.test" });
  await teller.told();
  expect(teller.person("free@x.test")).toMatchObject({ cio_id: cioId, attributes: { deal_price: 55 } });
});

test("two of our own contacts are never made one by an address", async () => {
  const { teller, ana } = await knownAna();
  teller.deal("bo@x.test", { name: "Bo's", contact: { name: "Bo", email: "bo@x.test" } });
  await teller.told();
  const bo = teller.person("bo@x.test")!.cio_id;
  teller.editContact(ana, { EMAIL: "bo@x.test" });
  await teller.told();
  expect(teller.person("bo@x.test")).toMatchObject({ cio_id: bo, attributes: { name: "Bo" } });
  expect(await stuck(teller)).toMatchObject([{ text: "address" }]);
});

test("whom mails have made known by an address that is nobody's in Customer.io becomes the person who gets it", async () => {
  const { teller, ana, cioId } = await knownAna();
  await teller.look(
    `WITH stray AS (INSERT INTO customerio_person (account_id, identified_by, identifier, identifier_key)
                    VALUES ($1, 'email', 'new@x.test', 'new@x.test') RETURNING id)
     INSERT INTO engagement_event (account_id, event_id, metric, channel, at, address, person_id)
     SELECT $1, 'old-open', 'opened', 'email', app_now(), 'new@x.test', id FROM stray`,
    [teller.id],
  );
  teller.editContact(ana, { EMAIL: "new@x.test" });
  await teller.told();
  expect(teller.person("new@x.test")).toMatchObject({ cio_id: cioId });
  expect(await stuck(teller)).toEqual([]);
  const rows = await teller.look(
    `SELECT p.identifier, e.event_id FROM customerio_person p LEFT JOIN engagement_event e ON e.person_id = p.id
      WHERE p.account_id = $1`,
    [teller.id],
  );
  expect(rows).toEqual([{ identifier: "new@x.test", event_id: "old-open" }]);
});

test("who has shared a mailbox and gets one of his own is another person from then on", async () => {
  const teller = await Teller.open(world, { speaksFor: { who: "all" } });
  const id = teller.deal("office@x.test");
  const bo = teller.control.leads.addContact({ account: teller.id, id, name: "Bo", email: "office@x.test" }).id;
  await teller.told();
  const office = teller.person("office@x.test")!.cio_id;
  teller.editContact(bo, { EMAIL: "bo@x.test" });
  await teller.told();
  expect(teller.person("office@x.test")).toMatchObject({ cio_id: office, attributes: { name: "Ana Ruiz" } });
  expect(teller.person("bo@x.test")).toMatchObject({ attributes: { name: "Bo", deal_id: id } });
  expect(await stuck(teller)).toEqual([]);
});

/** Makes what waits for Customer.io go out, as soon as it answers again. */
async function sentAtLast(teller: Teller) {
  world.customerio.control.faults.clear();
  await until("all is sent", async () => {
    await teller.hurry("work");
    return (await teller.rows()).every(({ state }) => state !== "due");
  });
}

test("an address that is corrected before anything of the person was sent makes one person, who hears all of it", async () => {
  const teller = await Teller.open(world);
  const { id } = teller.customerio.workspaces.addObjectType({ workspace: teller.workspace, name: "Deals" });
  await teller.tellBy({ objectTypeId: id });
  world.customerio.control.faults.add({
    match: { path: "/api/v2/batch", account: teller.workspace },
    effect: { kind: "answer", status: 503, body: {} },
  });
  const leadId = teller.deal("wrong@x.test");
  await until("it waits", async () =>
    (await teller.rows()).some(({ kind, state }) => kind === "event" && state === "due"),
  );
  teller.editContact(teller.contactOf(leadId), { EMAIL: "right@x.test" });
  await until("the address is taken over", async () => {
    const rows = await teller.look(
      "SELECT 1 FROM customerio_person WHERE account_id = $1 AND identifier_key = 'right@x.test'",
      [teller.id],
    );
    return rows.length > 0;
  });
  await sentAtLast(teller);
  expect([...teller.people().keys()]).toEqual(["right@x.test"]);
  expect(teller.names("right@x.test")).toEqual(["deal_created"]);
  expect(teller.person("right@x.test")!.relationships).toHaveLength(1);
});

test.each([
  ["is nobody's any more", "ffffffffffff"],
  ["is of somebody else", "other"],
])(
  "an id that we have learnt and that %s is not called by: whoever has the old address is the person",
  async (_, id) => {
    const { teller, ana, cioId } = await knownAna();
    const other = await stranger(teller, "other@x.test");
    await teller.look("UPDATE customerio_person SET cio_id = $2 WHERE account_id = $1", [
      ...[teller.id, id === "other" ? other : id],
    ]);
    teller.editContact(ana, { EMAIL: "new@x.test" });
    await teller.told();
    expect(teller.person("new@x.test")).toMatchObject({ cio_id: cioId });
    expect(teller.person("other@x.test")).toMatchObject({ cio_id: other });
    expect(failures(teller)).toEqual([]);
  },
);
