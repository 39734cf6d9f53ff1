import { readFileSync } from "node:fs";
import qs from "qs";
import { describe, expect, it } from "vitest";
import { Clock } from "../../clock.ts";
import { newField } from "../state/defaults.ts";
import { Ids } from "../state/ids.ts";
import { newAccount } from "../state/new-account.ts";
import type { Lead, Person } from "../state/rows.ts";
import type { CustomField, FieldSet } from "../state/settings.ts";
import { DEFAULT_SWITCHES } from "../switches.ts";
import { messageItem, noteItem, talkItem, taskItem } from "./activity-items.ts";
import { deletedLeadItem, deletedPersonItem, leadItem, personItem } from "./card-items.ts";
import { hookBody } from "./encode.ts";
import { decidedUnsortedItem, unsortedItem } from "./unsorted-items.ts";

/** Bodies printed in the contract (kommo-auth-webhooks.md 2.8), in their wire form. */
const EXAMPLES: Record<string, { title: string; encoded: string }> = JSON.parse(
  readFileSync(new URL("./examples.json", import.meta.url), "utf8"),
);

const USER = 9120455;
const shared = { clock: new Clock(), ids: new Ids(), switches: DEFAULT_SWITCHES, announce: () => {} };
const account = newAccount(shared, { id: 30417755, subdomain: "acmeflow", users: [{ id: USER, name: "Kim Vale" }] });

field(account.fields.leads, { id: 910001, name: "Plan", type: "select", enums: [option(770011, "Pro")] });
field(account.fields.leads, { id: 910002, name: "Visit date", type: "date" });
field(account.fields.leads, { id: 910003, name: "Score", type: "numeric" });
account.fields.contacts.fields.clear();
field(account.fields.contacts, {
  id: 910101,
  name: "Phone",
  type: "multitext",
  code: "PHONE",
  enums: [option(770101, "WORK")],
});
field(account.fields.contacts, {
  id: 910102,
  name: "Email",
  type: "multitext",
  code: "EMAIL",
  enums: [option(770102, "WORK")],
});
field(account.fields.contacts, { id: 910103, name: "Segment", type: "radiobutton", enums: [option(770103, "B")] });
account.tags.leads.byId.set(5501, { id: 5501, name: "site", color: null });

const lead: Lead = {
  ...{
    id: 71500321,
    name: "Website request 18",
    price: 1500,
    responsible_user_id: USER,
    group_id: 0,
    status_id: 60010101,
  },
  ...{ pipeline_id: 8800001, loss_reason_id: null, source_id: null, created_by: USER, updated_by: USER },
  ...{ created_at: 1790000100, updated_at: 1790000100, closed_at: null, closest_task_at: null, is_deleted: false },
  values: new Map(),
  tags: new Set(),
};
const contact: Person = {
  ...{
    id: 45500777,
    name: "Dana Ortiz",
    first_name: "Dana",
    last_name: "Ortiz",
    responsible_user_id: USER,
    group_id: 0,
  },
  ...{ created_by: USER, updated_by: USER, created_at: 1790000090, updated_at: 1790000090, closest_task_at: null },
  ...{ is_deleted: false, is_unsorted: false, tags: new Set<number>(), values: new Map() },
};
const talk = {
  ...{
    id: 204,
    chat_id: "0a6b2f0c-5a7e-4f19-8a57-64a7a0f4be21",
    contact_id: 45500777,
    entity_id: 71500321,
    origin: "telegram",
  },
  ...{
    source_id: 1,
    status: "closed" as const,
    is_read: true,
    rate: 0,
    created_at: 1790012000,
    updated_at: 1790016000,
    messages: [],
  },
};
const message = {
  ...{
    id: "6f2d1c1e-0a55-4d51-9c0c-2f5f3f1a9b10",
    type: "incoming" as const,
    message_type: "text",
    text: "Hi, is Monday free?",
  },
  created_at: 1790012000,
  author: { id: "2e7c9a54-1111-4c07-9a70-5be2b0a4d9c3", type: "external" as const, name: "Dana Ortiz" },
};

describe("a webhook body is, byte for byte, the contract's example of", () => {
  it("A, a lead added", () => {
    const values = new Map([
      [910001, [{ enum_id: 770011 }]],
      [910002, [{ value: 1790100000 }]],
    ]) as Lead["values"];
    expect(body(leadItem(account, { ...lead, tags: new Set([5501]), values }, "add"))).toBe(EXAMPLES.A!.encoded);
  });

  it("B, a stage changed", () => {
    const moved = { ...lead, status_id: 60010102, updated_at: 1790000460 };
    const old = { old_status_id: 60010101, old_pipeline_id: 8800001 };
    expect(body(leadItem(account, moved, "status", old))).toBe(EXAMPLES.B!.encoded);
  });

  it("C, a lead edited by the robot", () => {
    const values = new Map([[910003, [{ value: "87" }]]]);
    const edited = { ...lead, status_id: 60010102, price: 1800, updated_at: 1790000520, updated_by: 0, values };
    expect(body(leadItem(account, edited, "update"))).toBe(EXAMPLES.C!.encoded);
  });

  it("D, a lead deleted", () => {
    expect(body(deletedLeadItem({ ...lead, status_id: 60010102 }))).toBe(EXAMPLES.D!.encoded);
  });

  it("E1, a contact added with its lead", () => {
    account.links.put({ type: "contacts", id: contact.id }, { type: "leads", id: lead.id });
    const values = new Map([
      [910101, [{ value: "+15550100200", enum_id: 770101 }]],
      [910102, [{ value: "dana@example.test", enum_id: 770102 }]],
    ]);
    expect(body(personItem(account, "contacts", { ...contact, values }, "add"))).toBe(EXAMPLES.E1!.encoded);
  });

  it("E2, a contact edited, its radiobutton without a list around it", () => {
    account.links.remove({ type: "contacts", id: contact.id }, { type: "leads", id: lead.id });
    const edited = { ...contact, updated_at: 1790000700, values: new Map([[910103, [{ enum_id: 770103 }]]]) };
    expect(body(personItem(account, "contacts", edited, "update", USER))).toBe(EXAMPLES.E2!.encoded);
  });

  it("F, a note", () => {
    const note = {
      ...{
        id: 88100431,
        entity_type: "leads" as const,
        entity_id: lead.id,
        note_type: "common",
        params: { text: "Asked for an invoice" },
      },
      ...{ created_by: USER, updated_by: USER, created_at: 1790011211, updated_at: 1790011212 },
      ...{ responsible_user_id: USER, group_id: 0, is_pinned: false },
    };
    expect(body(noteItem(account, note))).toBe(EXAMPLES.F!.encoded);
  });

  it("H, a task", () => {
    const task = {
      ...{
        id: 5500123,
        entity_type: "leads" as const,
        entity_id: lead.id,
        text: "Call back",
        task_type_id: 1,
        duration: 0,
      },
      ...{ complete_till: 1790110740, is_completed: false, result: null, responsible_user_id: USER, group_id: 0 },
      ...{ created_by: USER, updated_by: USER, created_at: 1790011800, updated_at: 1790011800 },
    };
    expect(body(taskItem(account, task, "add"))).toBe(EXAMPLES.H!.encoded);
  });

  it("I2, an incoming lead accepted", () => {
    expect(body(decidedUnsortedItem(unsorted(), "accept", USER))).toBe(EXAMPLES.I2!.encoded);
  });
});

describe("a webhook body decodes to the contract's shape of", () => {
  it("G, a message, plus the message_type that newer ones have", () => {
    const decoded = decode(body(messageItem(talk, message)));
    const { avatar_url } = decode(EXAMPLES.G!.encoded).message.add[0].author;
    const { message_type, ...told } = decoded.message.add[0];
    expect(message_type).toBe("text");
    expect({ ...told, author: { ...told.author, avatar_url } }).toEqual(decode(EXAMPLES.G!.encoded).message.add[0]);
  });

  it("I1, an incoming lead of a chat", () => {
    account.leads.add({ ...lead, id: 71500399, source_id: 22590001 });
    account.contacts.add(contact);
    const told = decode(body(unsortedItem(account, unsorted())));
    expect(keysOf(told)).toEqual(keysOf(decode(EXAMPLES.I1!.encoded)));
  });

  it("L, a responsible user changed, a talk, an outgoing message, a closed task and a company", () => {
    const reassigned = leadItem(account, { ...lead, responsible_user_id: 9120999 }, "responsible", {
      old_responsible_user_id: USER,
    });
    expect(decode(body(reassigned)).leads.responsible[0]).toMatchObject({
      responsible_user_id: "9120999",
      old_responsible_user_id: String(USER),
    });
    expect(decode(body(talkItem(talk, "update"))).talk.update[0]).toMatchObject({
      talk_id: "204",
      is_in_work: "0",
      is_read: "1",
      rate: "0",
    });
    const answer = {
      ...message,
      type: "outgoing" as const,
      author: { id: "x", type: "internal" as const, name: "Kim Vale" },
    };
    expect(decode(body(messageItem(talk, answer))).outgoing_message.add[0]).toMatchObject({
      type: "outgoing",
      author: { type: "internal" },
    });
    expect(decode(body(deletedPersonItem("companies", contact)))).toMatchObject({
      contacts: { delete: [{ id: "45500777", type: "company" }] },
    });
  });

  it("a note of a company, whose type stands beside the note", () => {
    const note = {
      ...{ id: 1, entity_type: "companies" as const, entity_id: 5, note_type: "common", params: { text: "…" } },
      ...{
        created_by: 0,
        updated_by: 0,
        created_at: 1,
        updated_at: 1,
        responsible_user_id: 0,
        group_id: 0,
        is_pinned: false,
      },
    };
    const told = decode(body(noteItem(account, note))).contacts.note[0];
    expect(told).toMatchObject({ type: "company", note: { note_type: "4", element_type: "3", element_id: "5" } });
  });
});

it("several items share a body under counted indexes", () => {
  const told = decode(
    hookBody(account, [
      leadItem(account, lead, "add"),
      leadItem(account, lead, "update"),
      leadItem(account, lead, "add"),
    ]),
  );
  expect(told.leads.add).toHaveLength(2);
  expect(told.leads.update).toHaveLength(1);
});

function unsorted() {
  const one = {
    id: message.id,
    type: "incoming" as const,
    message_type: "text",
    text: "Hi",
    created_at: 1790012000,
    author: message.author,
  };
  return {
    ...{
      uid: "1c0ffee51c0ffee51c0ffee51c0ffee51c0ffee51c0ffee51c0ffee51c01",
      category: "chats" as const,
      source_name: "telegram:7b1d",
    },
    ...{ source_uid: `amojo:telegram:${talk.chat_id}`, pipeline_id: 8800001, created_at: 1790012000, metadata: {} },
    ...{ lead_id: 71500399, contact_id: 45500777, company_id: null, first_message: one, chat_id: talk.chat_id },
  };
}

function body(item: Parameters<typeof hookBody>[1][number]): string {
  return hookBody(account, [item]);
}

// biome-ignore lint/suspicious/noExplicitAny: decoded forms have every shape.
function decode(encoded: string): any {
  return qs.parse(encoded, { depth: 10 });
}

function keysOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return "text";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]));
}

function field(set: FieldSet, wish: Partial<CustomField> & { id: number; name: string; type: string }): void {
  set.fields.set(wish.id, newField(account, wish.name, wish.type, wish));
}

function option(id: number, value: string) {
  return { id, value, code: null, sort: 1 };
}
