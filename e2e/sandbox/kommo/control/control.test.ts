import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected, request } from "../test-kit.ts";

let acme: Connected;
beforeEach(async () => {
  acme = await connected();
});
afterEach(() => acme.kommo.stop());

const post = (path: string, body: object = {}) => request(acme.kommo.origin, "POST", `/_sandbox/${path}`, body);

it("offers every function of the process over HTTP too", async () => {
  const made = await post("accounts/create", { subdomain: "nordwind", plan: "base", users: [{ name: "Ana" }] });
  expect(made.body).toMatchObject({
    subdomain: "nordwind",
    host: "nordwind.kommo.com",
    plan: "base",
    users: [{ name: "Ana", is_admin: true }],
  });
  const lead = await post("leads/create", {
    account: "nordwind",
    name: "L",
    tags: ["a"],
    contact: { name: "C", email: "c@d.e" },
    note: "n",
  });
  await post("leads/add-note", { account: "nordwind", id: lead.body.id, text: "m" });
  const [state] = (await post("leads/read", { account: "nordwind", ids: [lead.body.id] })).body;
  expect(state).toMatchObject({ name: "L", tags: ["a"], contacts: [{ name: "C", fields: { EMAIL: "c@d.e" } }] });
  expect(state.notes.map((note: { params: object }) => note.params)).toEqual([{ text: "n" }, { text: "m" }]);
  expect((await request(acme.kommo.origin, "GET", "/_sandbox/ledger/summary")).status).toBe(200);
});

it("explains in a sentence what it cannot do", async () => {
  expect(await post("leads/edit", { id: 5, name: "x" })).toMatchObject({
    status: 404,
    body: { detail: "There is no lead 5." },
  });
  const { id } = acme.kommo.control.leads.create({});
  expect(await post("leads/move", { id, status_id: 5 })).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("status_id") },
  });
});

it("makes leads in bulk, spread over a time", async () => {
  const { ids } = await acme.kommo.control.leads.createMany({ count: 50, over_ms: 60, lead: { name: "Lead {n}" } });
  expect(acme.kommo.control.leads.read({ ids }).map((lead) => lead.name)).toEqual(
    Array.from({ length: 50 }, (_, n) => `Lead ${n + 1}`),
  );
});

it("fills, clears, moves, deletes, restores and merges like a person", async () => {
  const { control } = acme.kommo;
  const { id } = control.leads.create({});
  const other = control.leads.create({ tags: ["b"], contact: { name: "Ana" } }).id;
  control.fields.create({ name: "Budget", type: "numeric", code: "BUDGET" });
  expect(control.leads.edit({ id, fields: { BUDGET: 5 } }).fields).toEqual({ BUDGET: "5" });
  expect(control.leads.edit({ id, fields: { Budget: null } }).fields).toEqual({});
  expect(control.leads.move({ id, status_id: 142 })).toMatchObject({ status_id: 142, updated_by: acme.admin });
  control.leads.merge({ id, others: [other] });
  const [survivor, gone] = control.leads.read({ ids: [id, other] });
  expect(survivor).toMatchObject({ tags: ["b"], contacts: [{ name: "Ana" }] });
  expect(gone!.is_deleted).toBe(true);
  control.leads.restore({ id: other });
  expect((await acme.api("GET", `/leads/${other}`)).status).toBe(200);
});

it("merges people: who is left is in the leads of both", async () => {
  const { control } = acme.kommo;
  const { id, contact_id: ana } = control.leads.create({ contact: { name: "Ana", phone: "+34600000001" } });
  const { id: second, contact_id: anna } = control.leads.create({ contact: { name: "Anna", email: "a@b.example" } });
  control.contacts.merge({ id: ana!, others: [anna!] });
  const people = control.leads.read({ ids: [id, second] }).map((lead) => lead.contacts);
  const merged = { id: ana, name: "Ana", is_main: true, fields: { PHONE: "+34600000001", EMAIL: "a@b.example" } };
  expect(people).toMatchObject([[merged], [merged]]);
  expect((await acme.api("GET", `/contacts/${anna}`)).status).toBe(204);
  const { body } = await acme.api("GET", "/events?filter[type]=entity_merged");
  expect(body._embedded.events).toMatchObject([
    { entity_type: "contact", entity_id: ana, value_before: [{ entity_merged: { id: anna } }] },
  ]);
});

it("deletes an element, and a list with all of its own, which the API cannot", async () => {
  const { control } = acme.kommo;
  const lead = control.leads.create({}).id;
  const list = (await acme.api("POST", "/catalogs", [{ name: "People" }])).body._embedded.catalogs[0].id;
  const path = `/catalogs/${list}/elements`;
  const [ana, bo] = (await acme.api("POST", path, [{ name: "Ana" }, { name: "Bo" }])).body._embedded.elements;
  const link = { to_entity_id: ana.id, to_entity_type: "catalog_elements", metadata: { catalog_id: list } };
  await acme.api("POST", `/leads/${lead}/link`, [link]);
  control.lists.removeElement({ id: ana.id });
  expect((await acme.api("GET", path)).body._embedded.elements).toMatchObject([{ id: bo.id }]);
  expect((await acme.api("GET", `/leads/${lead}/links`)).status).toBe(204);
  control.lists.remove({ id: list });
  expect((await acme.api("GET", path)).status).toBe(404);
  expect(() => control.lists.remove({ id: list })).toThrow(`There is no list ${list}.`);
});

it("forgets accounts, faults and ledger on reset", async () => {
  acme.kommo.control.faults.add({ match: {}, effect: { kind: "delay", ms: 1 } });
  acme.kommo.control.sandbox.reset();
  expect(acme.kommo.control.accounts.list()).toEqual([]);
  expect(acme.kommo.control.faults.list()).toEqual([]);
  expect(acme.kommo.control.ledger.summary().requests.total.requests).toBe(0);
});
