import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected } from "../test-kit.ts";

let acme: Connected;
beforeEach(async () => {
  acme = await connected();
});
afterEach(() => acme.kommo.stop());

const EMAIL = { field_code: "EMAIL", values: [{ value: "ana@example.com", enum_code: "WORK" }] };
const PHONE = { field_code: "PHONE", values: [{ value: "+1 (415) 555-0123", enum_code: "MOB" }] };

async function contact(wish: object): Promise<number> {
  return (await acme.api("POST", "/contacts", [wish])).body._embedded.contacts[0].id;
}

it("keeps e-mail and phone in multitext fields, with subtypes by enum_code", async () => {
  const id = await contact({ first_name: "Ana", last_name: "Reyes", custom_fields_values: [EMAIL, PHONE] });
  const { body } = await acme.api("GET", `/contacts/${id}`);
  expect(body).toMatchObject({ name: "Ana Reyes", is_unsorted: false });
  expect([body.email, body.phone]).toEqual([undefined, undefined]);
  const email = body.custom_fields_values.find((one: { field_code: string }) => one.field_code === "EMAIL");
  expect(email).toMatchObject({ field_type: "multitext", values: [{ value: "ana@example.com", enum_code: "WORK" }] });
  const bad = [{ custom_fields_values: [{ field_code: "EMAIL", values: [{ value: "x", enum_code: "MOB" }] }] }];
  expect((await acme.api("POST", "/contacts", bad)).body["validation-errors"][0].errors[0].path).toBe(
    "custom_fields_values.0.values.0.enum_code",
  );
});

it("shows a contact without values as null", async () => {
  const id = await contact({ name: "B. Okafor" });
  expect((await acme.api("GET", `/contacts?filter[id][]=${id}`)).body._embedded.contacts[0]).toMatchObject({
    ...{
      name: "B. Okafor",
      first_name: "",
      last_name: "",
      custom_fields_values: null,
      _embedded: { tags: [], companies: [] },
    },
  });
});

it("is found by the digits of a phone number or a part of an e-mail", async () => {
  const id = await contact({ name: "Ana", custom_fields_values: [EMAIL, PHONE] });
  await contact({ name: "Other" });
  for (const query of ["4155550123", "ANA@example"]) {
    const { body } = await acme.api("GET", `/contacts?query=${query}`);
    expect(
      body._embedded.contacts.map((one: { id: number }) => one.id),
      query,
    ).toEqual([id]);
  }
});

it("is linked with is_main and read with main_contact; a lead has one main contact and one company", async () => {
  const { id: lead } = acme.kommo.control.leads.create({});
  const [a, b] = [await contact({ name: "A" }), await contact({ name: "B" })];
  const companies = (await acme.api("POST", "/companies", [{ name: "C1" }, { name: "C2" }])).body._embedded.companies;
  await acme.api("POST", `/leads/${lead}/link`, [{ to_entity_id: a, to_entity_type: "contacts" }]);
  const linked = await acme.api("POST", `/leads/${lead}/link`, [
    { to_entity_id: b, to_entity_type: "contacts", metadata: { is_main: true } },
  ]);
  expect(linked.body._embedded.links[0]).toMatchObject({ entity_id: lead, entity_type: "leads", to_entity_id: b });
  for (const { id } of companies)
    await acme.api("POST", `/leads/${lead}/link`, [{ to_entity_id: id, to_entity_type: "companies" }]);
  const { body } = await acme.api("GET", `/leads/${lead}/links`);
  expect(body._total_items).toBe(3);
  expect(body._embedded.links).toEqual([
    { to_entity_id: a, to_entity_type: "contacts", metadata: { main_contact: false } },
    { to_entity_id: b, to_entity_type: "contacts", metadata: { main_contact: true } },
    { to_entity_id: companies[1].id, to_entity_type: "companies", metadata: null },
  ]);
  expect(
    (await acme.api("POST", `/leads/${lead}/unlink`, [{ to_entity_id: b, to_entity_type: "contacts" }])).status,
  ).toBe(204);
  expect((await acme.api("GET", `/contacts/${b}?with=leads`)).body._embedded.leads).toEqual([]);
  expect((await acme.api("GET", `/leads/${lead}/links?filter[to_entity_type]=contacts`)).status).toBe(400);
});

it("can be linked in batches only where the switch says so", async () => {
  const { id: lead } = acme.kommo.control.leads.create({});
  const body = [{ entity_id: lead, to_entity_id: await contact({ name: "A" }), to_entity_type: "contacts" }];
  expect((await acme.api("POST", "/leads/link", body)).status).toBe(404);
  acme.kommo.control.switches.set({ batchLinks: true });
  expect((await acme.api("POST", "/leads/link", body)).status).toBe(200);
  expect((await acme.api("GET", `/leads/links?filter[entity_id][]=${lead}`)).body._embedded.links).toMatchObject([
    { entity_id: lead },
  ]);
});
