import { expect, test } from "vitest";
import { digitalPipelineEvents, readCall } from "./digital-pipeline.ts";

const data = { id: 71500321, element_type: 2, status_id: 60010102, pipeline_id: 8800001 };
const callWith = (change: object = {}, settings: object = { key: "k_demo", action: "qualify" }) => ({
  event: { type: 14, type_code: "lead_status_changed", data, time: 1790000460, ...change },
  action: { settings: { widget: { settings } } },
  subdomain: "acmeflow",
  account_id: 30417755,
});
const heard = (call: object) => digitalPipelineEvents(readCall(JSON.stringify(call)).kept).events;
const at = new Date(1790000460 * 1000);

test("the form on the wire and the JSON of the documents say the same", () => {
  const form =
    "event%5Btype%5D=14&event%5Btype_code%5D=lead_status_changed&event%5Bdata%5D%5Bid%5D=71500321" +
    "&event%5Bdata%5D%5Belement_type%5D=2&event%5Bdata%5D%5Bstatus_id%5D=60010102" +
    "&event%5Bdata%5D%5Bpipeline_id%5D=8800001&event%5Btime%5D=1790000460" +
    "&action%5Bsettings%5D%5Bwidget%5D%5Bsettings%5D%5Bkey%5D=k_demo" +
    "&action%5Bsettings%5D%5Bwidget%5D%5Bsettings%5D%5Baction%5D=qualify&subdomain=acmeflow&account_id=30417755";
  expect(readCall(form)).toEqual(readCall(JSON.stringify(callWith())));
  expect(digitalPipelineEvents(readCall(form).kept)).toEqual({
    accountId: 30417755,
    events: [{ type: "lead.dp_called", leadId: 71500321, action: "qualify", at }],
  });
});

test("the lead is also found where one observer saw it", () => {
  const listed = { data: { leads: { status: [{ id: 5, status_id: 6 }] } } };
  expect(heard(callWith(listed))).toEqual([{ type: "lead.dp_called", leadId: 5, action: "qualify", at }]);
});

test("the key is read and not kept", () => {
  const { key, accountId, kept } = readCall(JSON.stringify(callWith()));
  expect([key, accountId]).toEqual(["k_demo", 30417755]);
  expect(kept).not.toContain("k_demo");
});

test("an action that is not named checks the gate", () => {
  expect(heard(callWith({}, { key: "k_demo" }))).toMatchObject([{ action: "check_gate" }]);
});

test.each([
  ["a contact", callWith({ data: { id: 5, element_type: 1 } })],
  ["no lead", callWith({ data: {} })],
  ["no event at all", { account_id: 1 }],
  ["an action of nobody's", callWith({}, { key: "k", action: "delete everything" })],
  ["lists and texts in strange places", { event: ["a"], action: "b", account_id: { id: 1 } }],
])("%s is nothing to be heard", (_, call) => expect(heard(call)).toEqual([]));

test("what is deeper than anything Kommo sends does no harm", () => {
  const deep = `${'{"event":'.repeat(5_000)}1${"}".repeat(5_000)}`;
  expect(readCall(deep).key).toBeUndefined();
});
