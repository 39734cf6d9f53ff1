import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Body, type Connected, connected } from "../test-kit.ts";

let acme: Connected;
let lead: number;
beforeEach(async () => {
  acme = await connected();
  lead = acme.kommo.control.leads.create({ contact: { name: "Ana" } }).id;
});
afterEach(() => acme.kommo.stop());

describe("notes", () => {
  const common = (text: string) => ({ entity_id: lead, note_type: "common", params: { text } });

  it("are made by an array with entity_id, answered thinly, and never deleted", async () => {
    const { body } = await acme.api("POST", "/leads/notes", [common("hi")]);
    expect(body._embedded.notes).toEqual([
      { id: expect.any(Number), entity_id: lead, request_id: "0", _links: expect.anything() },
    ]);
    expect((await acme.api("POST", "/leads/notes", common("hi"))).status).toBe(400);
    expect((await acme.api("DELETE", `/leads/notes/${body._embedded.notes[0].id}`)).status).toBe(405);
  });

  it("are checked by their type", async () => {
    const errors = async (note: object) =>
      (await acme.api("POST", "/leads/notes", [{ ...common("x"), ...note }])).body["validation-errors"][0].errors;
    expect(await errors({ note_type: "chat" })).toMatchObject([{ code: "NotSupportedChoice", path: "note_type" }]);
    expect(await errors({ note_type: "sms_in" })).toMatchObject([{ code: "FieldMissing", path: "params.phone" }]);
    expect(await errors({ entity_id: 1 })).toMatchObject([{ path: "entity_id" }]);
  });

  it("are listed for one lead or for the whole account by time of change, and can be edited and pinned", async () => {
    const [{ id }] = (await acme.api("POST", "/leads/notes", [common("one")])).body._embedded.notes;
    acme.kommo.control.clock.advance({ seconds: 10 });
    const { now } = acme.kommo.control.clock.read();
    await acme.api("PATCH", `/leads/notes/${id}`, { params: { text: "two" } });
    const { body } = await acme.api(
      "GET",
      `/leads/notes?filter[updated_at][from]=${now}&order[updated_at]=asc&filter[note_type][]=common`,
    );
    expect(body._embedded.notes).toMatchObject([{ id, params: { text: "two" } }]);
    expect((await acme.api("POST", `/leads/notes/${id}/pin`)).status).toBe(204);
    expect((await acme.api("GET", `/leads/${lead}/notes?with=is_pinned`)).body._embedded.notes[0].is_pinned).toBe(true);
    expect((await acme.api("GET", "/contacts/notes")).status).toBe(204);
  });
});

describe("tasks", () => {
  it("need a text and a date in seconds, and have an empty list for a result until there is one", async () => {
    const till = acme.kommo.control.clock.read().now + 3600;
    expect((await acme.api("POST", "/tasks", [{ text: "Call" }])).body["validation-errors"][0].errors[0]).toMatchObject(
      { path: "complete_till" },
    );
    expect((await acme.api("POST", "/tasks", [{ text: "Call", complete_till: till * 1000 }])).status).toBe(400);
    const made = await acme.api("POST", "/tasks", [
      { text: "Call", complete_till: till, entity_id: lead, entity_type: "leads" },
    ]);
    const { id } = made.body._embedded.tasks[0];
    expect((await acme.api("GET", `/leads/${lead}`)).body.closest_task_at).toBe(till);
    const open = `/tasks?filter[entity_type]=leads&filter[entity_id][]=${lead}&filter[is_completed]=0`;
    expect((await acme.api("GET", open)).body._embedded.tasks).toMatchObject([
      { id, result: [], is_completed: false, task_type_id: 1 },
    ]);
    await acme.api("PATCH", `/tasks/${id}`, { is_completed: true, result: { text: "reached" } });
    expect((await acme.api("GET", open)).status).toBe(204);
    expect((await acme.api("GET", `/tasks/${id}`)).body.result).toEqual({ text: "reached" });
    expect((await acme.api("GET", `/leads/${lead}`)).body.closest_task_at).toBeNull();
    expect((await acme.api("DELETE", `/tasks/${id}`)).status).toBe(405);
  });
});

describe("events", () => {
  const events = async (query: string) => (await acme.api("GET", `/events?${query}`)).body._embedded?.events ?? [];

  it("tell a stage change with both sides, by comma lists, newest first", async () => {
    for (const status_id of [acme.stages[2], acme.stages[3]])
      await acme.api("PATCH", "/leads", [{ id: lead, status_id }]);
    const [latest, earlier] = await events(
      `filter[type]=lead_status_changed,lead_added&filter[entity]=lead&filter[entity_id]=${lead}`,
    );
    expect(latest).toMatchObject({
      ...{
        type: "lead_status_changed",
        entity_type: "lead",
        entity_id: lead,
        created_by: acme.admin,
        account_id: acme.account.id,
      },
      value_after: [{ lead_status: { id: acme.stages[3], pipeline_id: acme.pipeline } }],
      value_before: [{ lead_status: { id: acme.stages[2], pipeline_id: acme.pipeline } }],
      _embedded: { entity: { id: lead } },
    });
    expect(typeof latest.id).toBe("string");
    expect(earlier.value_after[0].lead_status.id).toBe(acme.stages[2]);
    const into = `filter[type]=lead_status_changed&filter[value_after][leads_statuses][0][pipeline_id]=${acme.pipeline}&filter[value_after][leads_statuses][0][status_id]=${acme.stages[2]}`;
    expect(await events(into)).toHaveLength(1);
  });

  it("tell links, tags, fields, notes, tasks, responsible users, messages and merges", async () => {
    const { control } = acme.kommo;
    const field = control.fields.create({ name: "Budget", type: "numeric" });
    control.leads.edit({
      id: lead,
      fields: { Budget: 5 },
      tags_to_add: ["x"],
      price: 3,
      name: "n",
      responsible_user_id: acme.rep,
    });
    control.leads.addNote({ id: lead, text: "note" });
    control.tasks.create({ lead_id: lead });
    control.chats.message({ lead_id: lead, text: "secret" });
    control.leads.merge({ id: lead, others: [control.leads.create({}).id] });
    const types = (await events(`filter[entity]=lead&filter[entity_id]=${lead}`)).map(
      (event: { type: string }) => event.type,
    );
    expect(new Set(types)).toEqual(
      new Set([
        ...[
          "lead_added",
          "entity_linked",
          `custom_field_${field.id}_value_changed`,
          "entity_tag_added",
          "sale_field_changed",
        ],
        ...["name_field_changed", "entity_responsible_changed", "common_note_added", "task_added", "talk_created"],
        ...["incoming_chat_message", "entity_merged"],
      ]),
    );
    const [message] = await events("filter[type]=incoming_chat_message");
    expect(message.value_after[0].message).toEqual({
      id: expect.any(String),
      origin: "telegram",
      talk_id: expect.any(Number),
    });
    expect(JSON.stringify(message)).not.toContain("secret");
  });

  it("are cut by time and want one entity type for entity ids", async () => {
    acme.kommo.control.clock.advance({ seconds: 100 });
    const { now } = acme.kommo.control.clock.read();
    acme.kommo.control.leads.addNote({ id: lead, text: "later" });
    expect(await events(`filter[created_at][from]=${now}`)).toHaveLength(1);
    expect((await acme.api("GET", `/events?filter[entity_id]=${lead}`)).status).toBe(400);
    expect((await acme.api("GET", "/events?filter[type]=nothing_like_it")).status).toBe(204);
  });
});

describe("talks", () => {
  const chat = () => acme.kommo.control.chats.message({ lead_id: lead, text: "Signed?", origin: "waba" });

  it("are listed by lead, with their messages behind a scope and a plan", async () => {
    const { talk_id, message_id } = chat();
    const { body } = await acme.api("GET", `/talks?filter[entity_id][]=${lead}&filter[entity_type]=lead`);
    expect(body._embedded.talks).toMatchObject([
      { talk_id, entity_type: "lead", status: "in_work", is_in_work: true, is_read: false, origin: "waba" },
    ]);
    const messages = await acme.api("GET", `/talks/${talk_id}/messages`);
    expect(messages.body._embedded.messages).toMatchObject([
      {
        id: message_id,
        type: "incoming",
        message_type: "text",
        text: "Signed?",
        author: { type: "external", name: "Ana" },
      },
    ]);
    acme.kommo.control.accounts.change({ plan: "advanced" });
    expect(await acme.api("GET", `/talks/${talk_id}/messages`)).toMatchObject({
      status: 402,
      body: { detail: "Endpoint not available for current account tariff" },
    });
    expect((await acme.api("GET", "/talks/1")).status).toBe(404);
  });

  it("are not found under the entity type of something else", async () => {
    chat();
    const found = (type: string) => acme.api("GET", `/talks?filter[entity_id][]=${lead}&filter[entity_type]=${type}`);
    expect((await found("lead")).status).toBe(200);
    expect((await found("customer")).status).toBe(204);
  });

  it("list their messages oldest first, or newest first as a switch", async () => {
    const { talk_id } = chat();
    acme.kommo.control.chats.message({ talk_id, text: "Hello?" });
    const texts = async () =>
      (await acme.api("GET", `/talks/${talk_id}/messages`)).body._embedded.messages.map((m: Body) => m.text);
    expect(await texts()).toEqual(["Signed?", "Hello?"]);
    acme.kommo.control.switches.set({ messageOrder: "newest-first" });
    expect(await texts()).toEqual(["Hello?", "Signed?"]);
  });

  it("refuse a token whose grant had no chat scope", async () => {
    const { talk_id } = chat();
    const { control } = acme.kommo;
    control.accounts.change({ scopes: ["crm"] });
    expect((await acme.api("GET", `/talks/${talk_id}/messages`)).status).toBe(200);
    const { access_token } = control.oauth.longLivedToken({});
    const refused = await acme.api("GET", `/talks/${talk_id}/messages`, undefined, {
      authorization: `Bearer ${access_token}`,
    });
    expect(refused).toMatchObject({
      status: 403,
      body: { title: "Forbidden", type: "https://httpstatus.es/403", status: 403, detail: "Invalid scope" },
    });
  });

  it("take messages within a quota, while they are open; closing answers without JSON", async () => {
    const { talk_id } = chat();
    acme.kommo.control.accounts.change({ chat_quota: 1 });
    const send = () => acme.api("POST", `/talks/${talk_id}/send_message`, { text: "Yes" });
    expect(await send()).toMatchObject({ status: 202, body: { id: expect.any(String) } });
    expect(await send()).toMatchObject({ status: 402, body: { detail: "Over chat API limit" } });
    expect(await acme.api("POST", `/talks/${talk_id}/close`)).toMatchObject({ status: 202, body: "Accepted" });
    expect(await send()).toMatchObject({ status: 422, body: { detail: "Talk is closed" } });
  });
});

describe("incoming leads", () => {
  it("wait with an unsorted contact until somebody accepts", async () => {
    const { lead_id, contact_id } = acme.kommo.control.chats.message({ text: "Hi", name: "Dana" });
    const [one] = (await acme.api("GET", "/leads/unsorted?filter[category][]=chats")).body._embedded.unsorted;
    expect(one).toMatchObject({
      category: "chats",
      _embedded: { leads: [{ id: lead_id }], contacts: [{ id: contact_id }] },
    });
    expect((await acme.api("GET", `/leads/${lead_id}`)).body.status_id).toBe(acme.stages[0]);
    expect((await acme.api("GET", `/contacts/${contact_id}`)).body.is_unsorted).toBe(true);
    expect(
      (await acme.api("POST", `/leads/unsorted/${one.uid}/accept`, { user_id: acme.rep, status_id: acme.stages[2] }))
        .status,
    ).toBe(200);
    expect((await acme.api("GET", `/leads/${lead_id}`)).body).toMatchObject({
      status_id: acme.stages[2],
      responsible_user_id: acme.rep,
    });
    expect((await acme.api("GET", `/contacts/${contact_id}`)).body.is_unsorted).toBe(false);
    expect((await acme.api("GET", `/leads/unsorted/${one.uid}`)).status).toBe(404);
  });

  it("are made by forms, and declined with DELETE and a user", async () => {
    const form = {
      source_name: "Site",
      source_uid: "f1",
      metadata: { form_id: "1" },
      _embedded: { leads: [{ name: "L" }], contacts: [{ name: "C" }] },
    };
    const { body } = await acme.api("POST", "/leads/unsorted/forms", [form]);
    const [{ uid, _embedded }] = body._embedded.unsorted;
    expect((await acme.api("DELETE", `/leads/unsorted/${uid}/decline`, {})).status).toBe(400);
    expect((await acme.api("DELETE", `/leads/unsorted/${uid}/decline`, { user_id: acme.rep })).status).toBe(200);
    expect((await acme.api("GET", `/leads/${_embedded.leads[0].id}`)).status).toBe(204);
  });
});

describe("lists", () => {
  it("are ten at most; their elements hold values and are linked with a catalog_id and a quantity", async () => {
    const [{ id: list }] = (await acme.api("POST", "/catalogs", [{ name: "Committee", can_link_multiple: false }])).body
      ._embedded.catalogs;
    const made = await acme.api("POST", `/catalogs/${list}/custom_fields`, [
      { name: "Person", type: "linked_entity" },
      { name: "Role", type: "text" },
    ]);
    const [person, role] = made.body._embedded.custom_fields;
    const value = { name: "Ana", entity_id: 1, entity_type: "contacts", catalog_id: null };
    const values = [
      { field_id: person.id, values: [{ value }] },
      { field_id: role.id, values: [{ value: "Lawyer" }] },
    ];
    const [element] = (
      await acme.api("POST", `/catalogs/${list}/elements`, [{ name: "Ana", custom_fields_values: values }])
    ).body._embedded.elements;
    expect(element).toMatchObject({
      catalog_id: list,
      is_deleted: false,
      custom_fields_values: [{ values: [{ value }] }, { values: [{ value: "Lawyer" }] }],
    });
    const link = (metadata?: object) =>
      acme.api("POST", `/leads/${lead}/link`, [
        { to_entity_id: element.id, to_entity_type: "catalog_elements", metadata },
      ]);
    expect((await link()).body["validation-errors"][0].errors[0].path).toBe("metadata.catalog_id");
    expect((await link({ catalog_id: list, quantity: 1.5 })).status).toBe(200);
    expect(
      (await acme.api("GET", `/leads/${lead}?with=catalog_elements`)).body._embedded.catalog_elements[0],
    ).toMatchObject({ id: element.id, metadata: { quantity: 1.5, catalog_id: list } });
    expect((await acme.api("GET", `/catalogs/${list}/elements?query=lawyer`)).body._embedded.elements).toHaveLength(1);
    expect((await acme.api("POST", "/catalogs", Array(10).fill({ name: "x" }))).status).toBe(400);
    expect((await acme.api("DELETE", `/catalogs/${list}`)).status).toBe(405);
  });
});

it("tags keep the id of a name, per kind of card, and cannot be deleted", async () => {
  const make = async (entity: string) =>
    (await acme.api("POST", `/${entity}/tags`, [{ name: "Hot" }])).body._embedded.tags[0].id;
  const first = await make("leads");
  expect(await make("leads")).toBe(first);
  expect(await make("contacts")).not.toBe(first);
  expect((await acme.api("GET", "/leads/tags?filter[name]=Hot")).body._embedded.tags).toHaveLength(1);
  expect((await acme.api("GET", "/companies/tags")).status).toBe(204);
  expect((await acme.api("DELETE", "/leads/tags")).status).toBe(405);
});
