import { stringify } from "qs";
import { describe, expect, test } from "vitest";
import { wire } from "../../test/wire-examples.ts";
import type { KommoEvent } from "./events.ts";
import { accountOf, readKommoEvents } from "./kommo-events.ts";
import { parseKommoForm } from "./kommo-form.ts";

const at = (seconds: number) => new Date(seconds * 1000);
const read = (body: string) => readKommoEvents(parseKommoForm(body));
/** An example that the contract gives decoded only. */
const readDecoded = (body: object) => read(stringify(body));

describe("bodies as Kommo sends them", () => {
  test.each<[keyof typeof wire, KommoEvent[]]>([
    [
      "leadAdded",
      [
        {
          type: "lead.added",
          leadId: 71500321,
          stage: { pipelineId: 8800001, statusId: 60010101 },
          at: at(1790000100),
        },
      ],
    ],
    [
      "stageChanged",
      [
        {
          type: "lead.stage_changed",
          leadId: 71500321,
          from: { pipelineId: 8800001, statusId: 60010101 },
          to: { pipelineId: 8800001, statusId: 60010102 },
          at: at(1790000460),
        },
      ],
    ],
    ["leadEdited", [{ type: "lead.updated", leadId: 71500321, at: at(1790000520) }]],
    ["leadDeleted", [{ type: "lead.deleted", leadId: 71500321 }]],
    ["contactAdded", [{ type: "contact.changed", contactId: 45500777, leadIds: [71500321], at: at(1790000090) }]],
    ["contactEdited", [{ type: "contact.changed", contactId: 45500777, leadIds: [], at: at(1790000700) }]],
    [
      "noteAdded",
      [
        {
          type: "lead.noted",
          leadId: 71500321,
          noteId: 88100431,
          noteType: 4,
          text: "Asked for an invoice",
          createdBy: 9120455,
          at: at(1790011211),
        },
      ],
    ],
    [
      "messageReceived",
      [
        {
          type: "message.received",
          messageId: "6f2d1c1e-0a55-4d51-9c0c-2f5f3f1a9b10",
          leadId: 71500321,
          contactId: 45500777,
          talkId: 204,
          text: "Hi, is Monday free?",
          author: "Dana Ortiz",
          origin: "telegram",
          at: at(1790012000),
        },
      ],
    ],
    ["taskAdded", []],
    ["incomingLeadAdded", [{ type: "lead.added", leadId: 71500399, at: at(1790012000) }]],
    ["incomingLeadAccepted", []],
    [
      "digitalPipeline",
      [
        {
          type: "lead.stage_changed",
          leadId: 71500321,
          from: { pipelineId: 8800001, statusId: 60010101 },
          to: { pipelineId: 8800001, statusId: 60010102 },
          at: undefined,
        },
      ],
    ],
    ["widgetAction", []],
  ])("%s", (name, events) => expect(read(wire[name])).toEqual(events));

  test("say which account they are about, and a body that does not say it is about none", () => {
    const account = (body: string) => accountOf(parseKommoForm(body));
    expect(Object.values(wire).map(account)).toEqual([...Array(12).fill(30417755), undefined]);
    expect(account("account[id]=0x1f")).toBeUndefined();
  });
});

describe("shapes that the contract gives decoded", () => {
  test("a new responsible user", () => {
    const lead = {
      id: "71500321",
      responsible_user_id: "9120999",
      old_responsible_user_id: "9120455",
      updated_at: "1790000800",
    };
    expect(readDecoded({ leads: { responsible: [lead] } })).toEqual([
      { type: "lead.responsible_changed", leadId: 71500321, at: at(1790000800) },
    ]);
  });

  test("a talk", () => {
    const talk = {
      talk_id: "204",
      contact_id: "45500777",
      entity_id: "71500321",
      entity_type: "lead",
      created_at: "1790012000",
      updated_at: "1790016000",
    };
    expect(readDecoded({ talk: { update: [talk] } })).toEqual([
      { type: "talk.changed", talkId: 204, leadId: 71500321, startedAt: at(1790012000), at: at(1790016000) },
    ]);
  });

  test("a deleted contact, but not a deleted company, which shares the key", () => {
    const contacts = {
      delete: [
        { id: "45500777", type: "contact" },
        { id: "45500800", type: "company" },
      ],
    };
    expect(readDecoded({ contacts })).toEqual([{ type: "contact.deleted", contactId: 45500777 }]);
  });

  test("a note on a company is none on a lead", () => {
    const note = {
      id: "88100432",
      note_type: "4",
      element_type: "3",
      element_id: "45500800",
      text: "x",
      created_at: "1790011211",
    };
    expect(readDecoded({ contacts: { note: [{ note, type: "company" }] } })).toEqual([]);
    expect(readDecoded({ leads: { note: [{ note }] } })).toEqual([]);
  });

  test("our own side's words, under either key, are never the client's", () => {
    const message = { id: "m", text: "Sure", created_at: "1790012100", type: "outgoing", talk_id: "204" };
    const both = readDecoded({ outgoing_message: { add: [message] }, message: { add: [message] } });
    expect(both.map((event) => event.type)).toEqual(["message.sent", "message.sent"]);
  });

  test("an element of a list is not a lead", () => {
    const message = { id: "m", text: "Hi", created_at: "1790012100", entity_id: "5", entity_type: "customer" };
    expect(readDecoded({ message: { add: [message] } })).toMatchObject([{ leadId: undefined }]);
  });
});

describe("what captured bodies have shown", () => {
  test("one body carries several entities and actions; indexes have gaps, start above 0, pass 20 or are missing", () => {
    const body =
      "leads[add][3][id]=1&leads[add][3][updated_at]=5&leads[add][41][id]=2&leads[update][][id]=3&leads[status][7][id]=4" +
      "&leads[status][7][pipeline_id]=9&leads[status][7][status_id]=8&contacts[update][0][id]=6";
    expect(read(body)).toMatchObject([
      { type: "lead.added", leadId: 1, at: at(5) },
      { type: "lead.added", leadId: 2 },
      { type: "lead.updated", leadId: 3 },
      { type: "lead.stage_changed", leadId: 4, from: { pipelineId: 9, statusId: undefined } },
      { type: "contact.changed", contactId: 6 },
    ]);
  });

  test("linked_leads_id may be a list", () => {
    expect(
      read("contacts[add][0][id]=1&contacts[add][0][linked_leads_id][0]=7&contacts[add][0][linked_leads_id][1]=8"),
    ).toMatchObject([{ leadIds: [7, 8] }]);
  });

  test("emoji, line breaks, & and = inside values", () => {
    const text = "Ja 👍\r\nA&B = C\u200b";
    const note = { id: "1", element_id: "2", element_type: "2", note_type: "4", text, created_at: "1790011211" };
    expect(readDecoded({ leads: { note: [{ note }] } })).toMatchObject([{ text }]);
  });
});
