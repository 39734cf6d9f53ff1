import { AccountSettings } from "@dealscope/shared/account-settings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

async function withObjects() {
  const teller = await Teller.open(world);
  const { id } = teller.customerio.workspaces.addObjectType({ workspace: teller.workspace, name: "Deals" });
  await teller.tellBy({ objectTypeId: id, speaksFor: { who: "all" } });
  return teller;
}

const objects = (teller: Teller) => teller.customerio.workspaces.objects({ workspace: teller.workspace });
const relations = (teller: Teller, email: string) => teller.person(email)!.relationships;

test("a deal is an object of its own, related to everybody it speaks for", async () => {
  const teller = await withObjects();
  const id = teller.deal("ana@x.test", { price: 300 });
  const bo = teller.control.leads.addContact({ account: teller.id, id, name: "Bo", email: "bo@x.test" }).id;
  await teller.told();
  expect(objects(teller)).toMatchObject([
    { objectId: `kommo-${teller.id}-${id}`, attributes: { deal_id: id, name: "Roof", price: 300, status: "open" } },
  ]);
  expect(relations(teller, "ana@x.test")).toMatchObject([{ attributes: { is_main: true } }]);
  expect(relations(teller, "bo@x.test")).toMatchObject([{ attributes: { is_main: false } }]);

  const path = `/api/leads/${id}/committee/members/${bo}`;
  await teller.engaged.admin.ask(path, { method: "PUT", body: { role: "lawyer" } });
  teller.move(id, teller.stage(1));
  await teller.told();
  expect(objects(teller)).toMatchObject([{ attributes: { stage_id: teller.stage(1) } }]);
  expect(relations(teller, "bo@x.test")).toMatchObject([{ attributes: { is_main: false, role: "lawyer" } }]);
});

test("who leaves a deal is related to it no more, and a deal that is deleted is no object", async () => {
  const teller = await withObjects();
  const id = teller.deal("ana@x.test");
  const bo = teller.control.leads.addContact({ account: teller.id, id, name: "Bo", email: "bo@x.test" }).id;
  await teller.told();
  expect(relations(teller, "bo@x.test")).toHaveLength(1);
  await teller.unlink(id, bo);
  await teller.told();
  expect(relations(teller, "bo@x.test")).toEqual([]);
  expect(teller.attributes("bo@x.test")).not.toHaveProperty("deal_id");
  expect(relations(teller, "ana@x.test")).toHaveLength(1);

  teller.control.leads.remove({ account: teller.id, id });
  await teller.told();
  expect(objects(teller)).toEqual([]);
  expect(relations(teller, "ana@x.test")).toEqual([]);

  teller.control.leads.restore({ account: teller.id, id });
  await teller.told();
  expect(objects(teller)).toMatchObject([{ attributes: { deal_id: id } }]);
  expect(teller.names("ana@x.test")).toEqual(["deal_created"]);
});

/** As the administrator saves it. */
async function wish({ engaged: { admin } }: Teller, objectTypeId: string | null) {
  await admin.ask("/api/engagement/object-types");
  const { version, settings } = await admin.get(AccountSettings, "/api/settings");
  settings.engagement.objectTypeId = objectTypeId;
  await admin.send(AccountSettings, "/api/settings", { method: "PUT", body: { version, settings } });
}

test("deals that are to be objects of another type, or none any more, are deleted where they were objects", async () => {
  const teller = await withObjects();
  const id = teller.deal("ana@x.test");
  await teller.told();
  expect(objects(teller)).toHaveLength(1);
  const other = teller.customerio.workspaces.addObjectType({ workspace: teller.workspace, name: "Offers" }).id;
  await wish(teller, other);
  await until("the old one is deleted", () => objects(teller).length === 0);
  teller.edit(id, { price: 500 });
  await teller.told();
  expect(objects(teller)).toMatchObject([{ typeId: other, attributes: { price: 500 } }]);

  await wish(teller, null);
  await until("that one is deleted, too", () => objects(teller).length === 0);
  teller.edit(id, { price: 600 });
  await teller.told();
  expect(objects(teller)).toEqual([]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_price: 600 });
});
