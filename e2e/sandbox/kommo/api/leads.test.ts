import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected } from "../test-kit.ts";

let acme: Connected;
beforeEach(async () => {
  acme = await connected();
});
afterEach(() => acme.kommo.stop());

const one = (body: { _embedded: { leads: object[] } }) => body._embedded.leads[0];

it("answers an empty list, a page past the end and an unknown lead with 204 and no body", async () => {
  for (const path of ["/leads", "/leads?filter[id][]=1", "/leads?page=9", "/leads/1"]) {
    expect(await acme.api("GET", path), path).toMatchObject({ status: 204, body: "", type: "" });
  }
});

it("shows a lead with the keys of the contract, its contacts as ids only", async () => {
  const { id, contact_id } = acme.kommo.control.leads.create({
    name: "Nordwind",
    price: 48000.5,
    contact: { name: "Ana", email: "ana@example.com" },
  });
  const { body, type } = await acme.api("GET", `/leads/${id}?with=contacts,loss_reason,catalog_elements,source_id`);
  expect(type).toContain("application/hal+json");
  expect(Object.keys(body)).toEqual([
    ..."id name price price_with_minor_units responsible_user_id group_id status_id pipeline_id loss_reason_id source_id".split(
      " ",
    ),
    ..."created_by updated_by created_at updated_at closed_at closest_task_at is_deleted custom_fields_values score".split(
      " ",
    ),
    ..."account_id labor_cost is_price_computed _links _embedded".split(" "),
  ]);
  expect(body).toMatchObject({
    price: 48000,
    price_with_minor_units: 48000.5,
    custom_fields_values: null,
    is_deleted: false,
  });
  const self = { self: { href: expect.stringContaining(`/api/v4/contacts/${contact_id}`) } };
  expect(body._embedded).toEqual({
    tags: [],
    companies: [],
    contacts: [{ id: contact_id, is_main: true, _links: self }],
    loss_reason: [],
    catalog_elements: [],
  });
});

it("answers writes thinly and echoes request ids, or the index as text", async () => {
  const { body } = await acme.api("POST", "/leads", [{ name: "a" }, { name: "b", request_id: "r2" }]);
  expect(body._embedded.leads.map(({ request_id }: { request_id: string }) => request_id)).toEqual(["0", "r2"]);
  expect(Object.keys(body._embedded.leads[0])).toEqual(["id", "request_id", "_links"]);
  const { id } = body._embedded.leads[0];
  const patched = await acme.api("PATCH", "/leads", [{ id, name: "c" }]);
  expect(Object.keys(one(patched.body)!)).toEqual(["id", "updated_at", "_links"]);
  const single = await acme.api("PATCH", `/leads/${id}`, { name: "d" });
  expect(one(single.body)).toMatchObject({ id });
  acme.kommo.control.switches.set({ singlePatch: "bare" });
  expect((await acme.api("PATCH", `/leads/${id}`, { name: "e" })).body).toMatchObject({ id });
});

it("refuses an object where an array is due, and an array where an object is due", async () => {
  const { id } = acme.kommo.control.leads.create({});
  const problem = { status: 400, body: { title: "Bad Request", type: "https://httpstatus.es/400", status: 400 } };
  expect(await acme.api("POST", "/leads", { name: "a" })).toMatchObject(problem);
  expect(await acme.api("PATCH", "/leads", { id })).toMatchObject(problem);
  expect(await acme.api("PATCH", `/leads/${id}`, [{ name: "a" }])).toMatchObject(problem);
  expect(await acme.api("POST", "/leads", "{not json")).toMatchObject(problem);
});

it("takes at most 250 at a time and gives at most 250", async () => {
  expect((await acme.api("POST", "/leads", Array(251).fill({}))).status).toBe(400);
  expect((await acme.api("POST", "/leads", Array(250).fill({}))).status).toBe(200);
  expect((await acme.api("GET", "/leads?limit=250")).body._embedded.leads).toHaveLength(250);
  expect((await acme.api("GET", "/leads?limit=251")).status).toBe(400);
  expect((await acme.api("GET", "/leads?page=0")).status).toBe(400);
});

it("pages without totals, and names the next page while there is one", async () => {
  await acme.kommo.control.leads.createMany({ count: 3 });
  const first = (await acme.api("GET", `/leads?limit=2&filter[pipeline_id][]=${acme.pipeline}`)).body;
  expect(Object.keys(first)).toEqual(["_page", "_links", "_embedded"]);
  const next = new URL(first._links.next.href);
  const second = (await acme.api("GET", next.pathname.slice("/api/v4".length) + next.search)).body;
  expect(second._embedded.leads).toHaveLength(1);
  expect(second._links.next).toBeUndefined();
});

it("says which item of a batch is bad and where; the batch fails as a whole, or in part as a switch", async () => {
  const ids = [1, 2].map(() => acme.kommo.control.leads.create({ name: "old" }).id);
  const batch = [
    { id: ids[0], name: "new" },
    { id: ids[1], request_id: "bad", custom_fields_values: [{ field_id: 1, values: [{ value: "x" }] }] },
  ];
  const refused = await acme.api("PATCH", "/leads", batch);
  expect(refused).toMatchObject({ status: 400, type: expect.stringContaining("application/problem+json") });
  expect(refused.body).toEqual({
    "validation-errors": [
      {
        request_id: "bad",
        errors: [
          {
            code: "NotSupportedChoice",
            path: "custom_fields_values.0.field_id",
            detail: "The value you selected is not a valid choice.",
          },
        ],
      },
    ],
    title: "Bad Request",
    type: "https://httpstatus.es/400",
    status: 400,
    detail: "Request validation failed",
  });
  expect(names()).toEqual(["old", "old"]);
  acme.kommo.control.switches.set({ badItem: "refuses-item" });
  expect((await acme.api("PATCH", "/leads", batch)).status).toBe(400);
  expect(names()).toEqual(["new", "old"]);
  function names() {
    return acme.kommo.control.leads.read({ ids }).map((lead) => lead.name);
  }
});

it("filters by ids, stage pairs, price and time of change, and ignores parameters it does not have", async () => {
  const [a, b] = [
    acme.kommo.control.leads.create({ price: 10 }).id,
    acme.kommo.control.leads.create({ price: 20, status_id: acme.stages[2]! }).id,
  ];
  acme.kommo.control.clock.advance({ seconds: 100 });
  const { now } = acme.kommo.control.clock.read();
  acme.kommo.control.leads.edit({ id: a, name: "touched" });
  const ids = async (query: string) =>
    ((await acme.api("GET", `/leads?${query}`)).body._embedded?.leads ?? []).map(({ id }: { id: number }) => id);
  expect(await ids(`filter[id][]=${a}&filter[id][]=${b}`)).toEqual([a, b]);
  expect(await ids(`filter[id][0]=${b}`)).toEqual([b]);
  expect(
    await ids(`filter[statuses][0][pipeline_id]=${acme.pipeline}&filter[statuses][0][status_id]=${acme.stages[2]}`),
  ).toEqual([b]);
  expect((await acme.api("GET", `/leads?filter[statuses][0][status_id]=${acme.stages[2]}`)).status).toBe(400);
  expect(await ids("filter[price][from]=15")).toEqual([b]);
  expect(await ids(`filter[updated_at][from]=${now}`)).toEqual([a]);
  expect(await ids(`filter[updated_at][to]=${now - 50}`)).toEqual([b]);
  expect(await ids("order[updated_at]=desc")).toEqual([a, b]);
  expect(await ids(`status_id=${acme.stages[2]}&pipeline_id=${acme.pipeline}`)).toEqual([a, b]);
  expect(await ids("query=touched")).toEqual([a]);
});

it("moves a lead by stage id, but won and lost need their pipeline and only lost has a reason", async () => {
  const { id } = acme.kommo.control.leads.create({});
  expect((await acme.api("PATCH", "/leads", [{ id, status_id: acme.stages[3] }])).status).toBe(200);
  expect((await acme.api("PATCH", "/leads", [{ id, status_id: 1 }])).body["validation-errors"][0].errors[0].path).toBe(
    "status_id",
  );
  expect(
    (await acme.api("PATCH", "/leads", [{ id, status_id: 143 }])).body["validation-errors"][0].errors[0].path,
  ).toBe("pipeline_id");
  const [reason] = (await acme.api("GET", "/leads/loss_reasons")).body._embedded.loss_reasons;
  await acme.api("PATCH", "/leads", [{ id, status_id: 143, pipeline_id: acme.pipeline, loss_reason_id: reason.id }]);
  const lost = (await acme.api("GET", `/leads/${id}?with=loss_reason`)).body;
  expect(lost).toMatchObject({
    status_id: 143,
    loss_reason_id: reason.id,
    _embedded: { loss_reason: [{ name: reason.name }] },
  });
  expect(lost.closed_at).toBeGreaterThan(0);
});

it("replaces all tags through _embedded, and adds or deletes single ones otherwise", async () => {
  const { id } = acme.kommo.control.leads.create({ tags: ["a", "b"] });
  const tags = async (change: object) => {
    await acme.api("PATCH", "/leads", [{ id, ...change }]);
    return acme.kommo.control.leads.read({ ids: [id] })[0]!.tags;
  };
  expect(await tags({ tags_to_add: [{ name: "c" }], tags_to_delete: [{ name: "a" }] })).toEqual(["b", "c"]);
  expect(await tags({ _embedded: { tags: [{ name: "only" }] }, tags_to_add: [{ name: "ignored" }] })).toEqual(["only"]);
  expect(await tags({ _embedded: { tags: null } })).toEqual([]);
});

it("refuses milliseconds, unknown users and PATCH of what is gone", async () => {
  const { id } = acme.kommo.control.leads.create({});
  const path = async (change: object) =>
    (await acme.api("PATCH", "/leads", [{ id, ...change }])).body["validation-errors"][0].errors[0].path;
  expect(await path({ created_at: Date.now() })).toBe("created_at");
  expect(await path({ responsible_user_id: 7 })).toBe("responsible_user_id");
  acme.kommo.control.leads.remove({ id });
  expect(await path({ name: "x" })).toBe("id");
  expect((await acme.api("PATCH", `/leads/${id}`, { name: "x" })).status).toBe(404);
  expect((await acme.api("GET", `/leads/${id}`)).status).toBe(204);
  expect(one((await acme.api("GET", "/leads?with=only_deleted")).body)).toMatchObject({ id, is_deleted: true });
});

it("has no DELETE of a lead and no list of its contacts", async () => {
  const { id } = acme.kommo.control.leads.create({});
  expect((await acme.api("DELETE", `/leads/${id}`)).status).toBe(405);
  expect((await acme.api("GET", `/leads/${id}/contacts`)).status).toBe(404);
});

it("can show what was created only after a while, as a switch", async () => {
  acme.kommo.control.switches.set({ readLagMs: 20_000 });
  const { id } = one((await acme.api("POST", "/leads", [{}])).body) as { id: number };
  expect((await acme.api("GET", `/leads/${id}`)).status).toBe(204);
  acme.kommo.control.clock.advance({ seconds: 20 });
  expect((await acme.api("GET", `/leads/${id}`)).status).toBe(200);
});

it("lets a stage ask for a field only where the switch says so", async () => {
  const stage = { pipeline_id: acme.pipeline, status_id: acme.stages[3]! };
  const field = acme.kommo.control.fields.create({ name: "Budget", type: "numeric", required_statuses: [stage] });
  const { id } = acme.kommo.control.leads.create({});
  const move = (extra: object = {}) => acme.api("PATCH", "/leads", [{ id, ...stage, ...extra }]);
  acme.kommo.control.switches.set({ requiredStatuses: "enforced" });
  expect((await move()).status).toBe(400);
  expect((await move({ custom_fields_values: [{ field_id: field.id, values: [{ value: 1 }] }] })).status).toBe(200);
  acme.kommo.control.switches.set({ requiredStatuses: "ignored" });
  const other = acme.kommo.control.leads.create({}).id;
  expect((await acme.api("PATCH", "/leads", [{ id: other, ...stage }])).status).toBe(200);
});

it("makes a lead with one contact and company in one call, and answers with a bare array", async () => {
  const contact = {
    first_name: "Ana",
    custom_fields_values: [{ field_code: "EMAIL", values: [{ value: "a@b.c", enum_code: "WORK" }] }],
  };
  const { body } = await acme.api("POST", "/leads/complex", [
    { name: "L", request_id: "r1", _embedded: { contacts: [contact], companies: [{ name: "C" }] } },
  ]);
  expect(body).toEqual([
    {
      id: expect.any(Number),
      contact_id: expect.any(Number),
      company_id: expect.any(Number),
      request_id: ["r1"],
      merged: false,
    },
  ]);
  const [lead] = acme.kommo.control.leads.read({ ids: [body[0].id] });
  expect(lead!.contacts).toMatchObject([{ name: "Ana", is_main: true, fields: { EMAIL: "a@b.c" } }]);
  expect((await acme.api("POST", "/leads/complex", [{ _embedded: { contacts: [contact, contact] } }])).status).toBe(
    400,
  );
  expect((await acme.api("POST", "/leads/complex", Array(51).fill({}))).status).toBe(400);
});
