import { afterEach, beforeEach, expect, it } from "vitest";
import { type Connected, connected } from "../test-kit.ts";

let acme: Connected;
let lead: number;
beforeEach(async () => {
  acme = await connected();
  lead = acme.kommo.control.leads.create({}).id;
});
afterEach(() => acme.kommo.stop());

async function field(wish: object, entity = "leads") {
  const { body } = await acme.api("POST", `/${entity}/custom_fields`, [wish]);
  return body._embedded.custom_fields[0];
}

/** Writes a value and reads it back: the values, or the path of the first complaint. */
async function write(field_id: number, values: unknown) {
  const answer = await acme.api("PATCH", `/leads/${lead}`, { custom_fields_values: [{ field_id, values }] });
  if (answer.status !== 200) return answer.body["validation-errors"][0].errors[0];
  const all = (await acme.api("GET", `/leads/${lead}`)).body.custom_fields_values ?? [];
  return all.find((one: { field_id: number }) => one.field_id === field_id)?.values;
}

it("answers a new definition with 201, in full, with the ids of its options", async () => {
  const wish = {
    name: "Segment",
    type: "select",
    code: "SEG",
    is_api_only: true,
    enums: [{ value: "Hot", code: "HOT", sort: 1 }],
  };
  const { status, body } = await acme.api("POST", "/leads/custom_fields", [wish]);
  expect(status).toBe(201);
  expect(body._total_items).toBe(1);
  expect(body._embedded.custom_fields[0]).toMatchObject({
    ...wish,
    enums: [{ id: expect.any(Number), ...wish.enums[0] }],
    account_id: acme.account.id,
    request_id: "0",
  });
  expect((await acme.api("GET", "/leads/custom_fields")).body).toMatchObject({ _total_items: 1, _page_count: 1 });
});

it("may be defined by administrators only", async () => {
  const asRep = { "x-context-user-id": String(acme.rep) };
  expect((await acme.api("POST", "/leads/custom_fields", [{ name: "a", type: "text" }], asRep)).status).toBe(403);
  expect((await acme.api("GET", "/contacts/custom_fields", undefined, asRep)).status).toBe(200);
});

it("knows which types exist where", async () => {
  const status = async (entity: string, type: string) =>
    (await acme.api("POST", `/${entity}/custom_fields`, [{ name: "x", type }])).status;
  expect(await status("leads", "email")).toBe(400);
  expect(await status("leads", "multitext")).toBe(400);
  expect(await status("leads", "chained_list")).toBe(201);
  expect(await status("contacts", "chained_list")).toBe(400);
  expect(await status("leads", "linked_entity")).toBe(400);
});

it("reads numbers back as texts, dates as seconds, and refuses what is neither", async () => {
  const numeric = await field({ name: "Score", type: "numeric" });
  expect(await write(numeric.id, [{ value: 87 }])).toEqual([{ value: "87" }]);
  expect(await write(numeric.id, [{ value: "many" }])).toMatchObject({
    code: "InvalidType",
    path: "custom_fields_values.0.values.0.value",
  });
  const date = await field({ name: "When", type: "date" });
  expect(await write(date.id, [{ value: "2026-09-22T00:00:00Z" }])).toEqual([{ value: 1790035200 }]);
  expect(await write(date.id, [{ value: Date.now() }])).toMatchObject({ code: "InvalidType" });
  const checkbox = await field({ name: "Ok", type: "checkbox" });
  expect(await write(checkbox.id, [{ value: true }])).toEqual([{ value: true }]);
});

it("takes an option by id, code or exact text, never makes a new one", async () => {
  const select = await field({
    name: "Seg",
    type: "select",
    enums: [
      { value: "Hot", code: "HOT" },
      { value: "Cold", code: "COLD" },
    ],
  });
  const hot = { value: "Hot", enum_id: select.enums[0].id, enum_code: "HOT" };
  expect(await write(select.id, [{ enum_id: hot.enum_id }])).toEqual([hot]);
  expect(await write(select.id, [{ enum_code: "HOT" }])).toEqual([hot]);
  expect(await write(select.id, [{ value: "Hot" }])).toEqual([hot]);
  expect(await write(select.id, [{ value: "Warm" }])).toMatchObject({
    code: "NotSupportedChoice",
    path: "custom_fields_values.0.values.0.value",
  });
  expect(await write(select.id, [{ enum_id: 1 }])).toMatchObject({ path: "custom_fields_values.0.values.0.enum_id" });
  expect(await write(select.id, [{ enum_code: "HOT" }, { enum_code: "COLD" }])).toMatchObject({ code: "TooMany" });
  acme.kommo.control.switches.set({ unknownOption: "ignored" });
  expect(await write(select.id, [{ value: "Warm" }])).toBeUndefined();
});

it("replaces the whole selection of a multiselect", async () => {
  const multi = await field({
    name: "Tags",
    type: "multiselect",
    enums: [{ value: "a" }, { value: "b" }, { value: "c" }],
  });
  await write(multi.id, [{ value: "a" }, { value: "b" }]);
  expect(await write(multi.id, [{ value: "c" }])).toMatchObject([{ value: "c" }]);
});

it("is cleared by null or by an empty list", async () => {
  const text = await field({ name: "Why", type: "textarea" });
  for (const nothing of [null, []]) {
    await write(text.id, [{ value: "x" }]);
    expect(await write(text.id, nothing)).toBeUndefined();
  }
  expect((await acme.api("GET", `/leads/${lead}`)).body.custom_fields_values).toBeNull();
});

it("limits texts to 256 characters only where the switch says so", async () => {
  const text = await field({ name: "T", type: "text" });
  expect(await write(text.id, [{ value: "x".repeat(300) }])).toHaveLength(1);
  acme.kommo.control.switches.set({ textLimit: 256 });
  expect(await write(text.id, [{ value: "x".repeat(300) }])).toMatchObject({ code: "TooLong" });
  const contact = { name: "C", custom_fields_values: [{ field_code: "EMAIL", values: [{ value: "x".repeat(300) }] }] };
  const refused = await acme.api("POST", "/contacts", [contact]);
  expect(refused.body["validation-errors"][0].errors).toMatchObject([{ code: "TooLong" }]);
});

it("keeps options that are sent with their ids and replaces all others", async () => {
  const { id, enums } = await field({ name: "Seg", type: "select", enums: [{ value: "Hot" }, { value: "Cold" }] });
  await write(id, [{ value: "Hot" }]);
  const renamed = await acme.api("PATCH", `/leads/custom_fields/${id}`, {
    enums: [{ id: enums[0].id, value: "Very hot" }, { value: "Cold" }],
  });
  expect(renamed.body.enums[0]).toMatchObject({ id: enums[0].id, value: "Very hot" });
  expect(renamed.body.enums[1].id).not.toBe(enums[1].id);
  expect((await acme.api("GET", `/leads/${lead}`)).body.custom_fields_values[0].values[0].value).toBe("Very hot");
});

it("cannot be deleted by API unless the switch allows it; an administrator can in the settings", async () => {
  const { id } = await field({ name: "T", type: "text" });
  await write(id, [{ value: "x" }]);
  expect((await acme.api("DELETE", `/leads/custom_fields/${id}`)).status).toBe(405);
  acme.kommo.control.fields.remove({ id });
  expect((await acme.api("GET", `/leads/custom_fields/${id}`)).status).toBe(404);
  expect((await acme.api("GET", `/leads/${lead}`)).body.custom_fields_values).toBeNull();
});

it("that is API-only is not a person's to change", async () => {
  await field({ name: "Score", type: "numeric", code: "SCORE", is_api_only: true });
  expect(() => acme.kommo.control.leads.edit({ id: lead, fields: { SCORE: 1 } })).toThrow(/API only/);
});

it("stands in groups whose ids are texts", async () => {
  const { status, body } = await acme.api("POST", "/leads/custom_fields/groups", [{ name: "AI" }]);
  const [group] = body._embedded.custom_field_groups;
  expect([status, typeof group.id]).toEqual([201, "string"]);
  const { id } = await field({ name: "T", type: "text", group_id: group.id });
  expect((await acme.api("GET", `/leads/custom_fields/groups/${group.id}`)).body.fields).toEqual([id]);
  expect((await acme.api("DELETE", `/leads/custom_fields/groups/${group.id}`)).status).toBe(204);
});
