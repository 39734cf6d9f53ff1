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

/** A deal with Ana, its main contact, and Bo. */
async function dealOfTwo(teller: Teller) {
  const id = teller.deal("ana@x.test");
  const bo = teller.control.leads.addContact({ account: teller.id, id, name: "Bo", email: "bo@x.test" }).id;
  return { id, bo };
}

const said = (teller: Teller) => [...teller.people().keys()].toSorted();

test("a deal speaks for its main contact", async () => {
  const teller = await Teller.open(world);
  await dealOfTwo(teller);
  await teller.told();
  expect(said(teller)).toEqual(["ana@x.test"]);
});

test("a deal speaks for all of its people, each with an event of his own", async () => {
  const teller = await Teller.open(world, { speaksFor: { who: "all" } });
  const { id } = await dealOfTwo(teller);
  await teller.told();
  teller.move(id, WON);
  await teller.told();
  for (const email of ["ana@x.test", "bo@x.test"])
    expect(teller.names(email)).toEqual(["deal_created", "deal_stage_changed", "deal_won"]);
  expect(new Set(teller.events().map((event) => event.id)).size).toBe(6);
});

test("a deal speaks for people with a role, from when they have it and as long as they do", async () => {
  const teller = await Teller.open(world, { speaksFor: { who: "roles", roles: ["lawyer"] } });
  const { id, bo } = await dealOfTwo(teller);
  await teller.told();
  expect(said(teller)).toEqual([]);
  const path = `/api/leads/${id}/committee/members/${bo}`;
  await teller.engaged.admin.ask(path, { method: "PUT", body: { role: "lawyer" } });
  await teller.told();
  expect(said(teller)).toEqual(["bo@x.test"]);
  expect(teller.attributes("bo@x.test")).toMatchObject({ deal_id: id, deal_role: "lawyer" });
  await teller.engaged.admin.ask(path, { method: "PUT", body: { role: null } });
  await teller.told();
  expect(teller.attributes("bo@x.test")).not.toHaveProperty("deal_id");
});

test("of several deals the latest open one is shown, and the sums count all", async () => {
  const teller = await Teller.open(world);
  const first = teller.deal("ana@x.test", { name: "First", price: 100 });
  const ana = teller.contactOf(first);
  await teller.told();
  // Made in another second, or their order is that of their ids.
  const second = teller.create({ name: "Second", price: 200 });
  await teller.linkMain(second, ana);
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: second, deal_name: "Second", deals_open: 2 });

  teller.move(second, WON);
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({
    deal_id: first,
    deal_name: "First",
    deal_status: "open",
    deals_open: 1,
    deals_won: 1,
    deals_won_value: 200,
  });

  teller.control.leads.remove({ account: teller.id, id: first });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: second, deal_status: "won", deals_open: 0 });
});

test("an open deal of the main pipeline is shown before a later one of another, and that one before a closed one", async () => {
  const stages = [{ name: "One" }, { name: "Two" }];
  const pipelines = [
    { name: "Sales", is_main: true, stages },
    { name: "Service", is_main: false, stages },
  ];
  const teller = await Teller.open(world, {}, { wish: { kommo: { pipelines } } });
  const main = teller.deal("ana@x.test", { name: "Main" });
  await teller.told();
  const { pipelines: made } = teller.control.accounts.show({ account: teller.id });
  const service = made.find(({ name }) => name === "Service")!;
  const later = teller.create({ name: "Repair", pipeline_id: service.id, status_id: service.statuses.at(1)!.id });
  await teller.linkMain(later, teller.contactOf(main));
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: main, deals_open: 2 });
  expect(teller.events("ana@x.test").at(-1)).toMatchObject({ name: "deal_created", attributes: { deal_id: later } });
  teller.move(main, WON);
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: later, deal_name: "Repair", deals_open: 1 });
});

test("who share a mailbox are one person, who is told once", async () => {
  const teller = await Teller.open(world, { speaksFor: { who: "all" } });
  const id = teller.deal("office@x.test");
  teller.control.leads.addContact({ account: teller.id, id, name: "Bo", email: "Office@x.test" });
  await teller.told();
  teller.move(id, WON);
  await teller.told();
  expect(said(teller)).toHaveLength(1);
  expect(teller.names()).toEqual(["deal_created", "deal_stage_changed", "deal_won"]);
  expect(teller.attributes("office@x.test")).toMatchObject({ name: "Ana Ruiz", deals_won: 1 });
});

test("people are found by a field of theirs where the workspace has ids of its own", async () => {
  const teller = await Teller.open(world);
  const field = teller.control.fields.create({
    account: teller.id,
    entity: "contacts",
    name: "Customer no",
    type: "text",
  });
  await teller.tellBy({ identifier: { by: "field", fieldId: field.id } });
  teller.create({ name: "Roof", contact: { name: "Ana", email: "ana@x.test", fields: { "Customer no": "C-42" } } });
  await teller.told();
  const [ana] = [...teller.people().values()];
  expect(ana).toMatchObject({ id: "C-42", email: null });
  expect(teller.names()).toEqual(["deal_created"]);
});

test("mapped fields are sent in the type that was chosen, and cut where Customer.io takes no more", async () => {
  const teller = await Teller.open(world);
  const make = (name: string, type: string, entity: "leads" | "contacts" = "leads") =>
    teller.control.fields.create({ account: teller.id, entity, name, type }).id;
  const map = (
    entity: "lead" | "contact",
    fieldId: number,
    attribute: string,
    type: "text" | "number" | "boolean" | "date",
  ) => ({
    ...{ entity, fieldId, attribute, type },
  });
  await teller.tellBy({
    fields: [
      map("lead", make("Area", "numeric"), "area", "number"),
      map("lead", make("Start", "date"), "start", "date"),
      map("lead", make("Urgent", "checkbox"), "urgent", "boolean"),
      map("lead", make("Notes", "textarea"), "notes", "text"),
      map("lead", make("Wish", "text"), "wish", "number"),
      map("contact", make("City", "text", "contacts"), "city", "text"),
    ],
  });
  const fields = { Area: 120, Start: 1_800_000_000, Urgent: true, Notes: "ж".repeat(600), Wish: "soon" };
  const contact = { name: "Ana", email: "ana@x.test", fields: { City: "São Paulo" } };
  const id = teller.create({ name: "Roof", contact, fields });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({
    ...{ deal_area: 120, deal_start: 1_800_000_000, deal_urgent: true, city: "São Paulo" },
    deal_notes: "ж".repeat(500),
  });
  expect(teller.attributes("ana@x.test")).not.toHaveProperty("deal_wish");
  expect(teller.events()[0]!.attributes).toMatchObject({ area: 120, urgent: true });

  teller.edit(id, { fields: { Area: null } });
  await teller.told();
  expect(teller.attributes("ana@x.test")).not.toHaveProperty("deal_area");
});

test("spam is told by no event, and does not take the place of a deal that is none", async () => {
  const teller = await Teller.open(world);
  const first = teller.deal("ana@x.test");
  const ana = teller.contactOf(first);
  await teller.told();
  const second = teller.create({ name: "Second" });
  await teller.linkMain(second, ana);
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: second });
  await teller.look("UPDATE lead SET segment = 'spam' WHERE account_id = $1 AND lead_id = $2", [teller.id, second]);
  const before = teller.events("ana@x.test").length;
  teller.move(second, teller.stage(1));
  await until("the first is shown again", () => teller.attributes("ana@x.test").deal_id === first);
  await teller.told();
  expect(teller.events("ana@x.test")).toHaveLength(before);
});
