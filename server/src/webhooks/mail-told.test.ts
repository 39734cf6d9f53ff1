import { expect, test } from "vitest";
import { readMailTold } from "./mail-told.ts";

/** As the contract prints it. */
const EXAMPLE = {
  ...{ event_id: "01JC9Z0K8E3N5P7R9T1V3X5Z7B", object_type: "email", metric: "opened", timestamp: 1731000123 },
  data: {
    ...{ identifiers: { id: null, email: "ana@x.test", cio_id: "a1b2c3000004" }, customer_id: "" },
    ...{ delivery_id: "dgOq1gUBAYzK3w==", campaign_id: 7, action_id: 42, journey_id: "01JC9YAAAA0000000000000000" },
    ...{ parent_action_id: 5, trigger_event_id: "01JC9YBBBB0000000000000000", recipient: "ana@x.test" },
    ...{ subject: "Your quote", proxied: true, prefetched: true, synthetic: false },
  },
};
const read = (change: object = {}, data: object = {}) =>
  readMailTold(JSON.stringify({ ...EXAMPLE, ...change, data: { ...EXAMPLE.data, ...data } }));

test("the contract's example", () => {
  expect(read()).toEqual({
    flaw: null,
    told: {
      ...{ eventId: EXAMPLE.event_id, metric: "opened", channel: "email", at: new Date(1731000123_000) },
      ...{ address: "ana@x.test", ownId: null, cioId: "a1b2c3000004", deliveryId: "dgOq1gUBAYzK3w==" },
      ...{ source: { kind: "campaign", id: "7" }, subject: "Your quote", href: null, linkId: null },
      ...{ proxied: true, prefetched: true, synthetic: false, machine: false, reason: null },
      triggerEventId: "01JC9YBBBB0000000000000000",
    },
  });
});

test.each([
  [
    { campaign_id: null, broadcast_id: 3, trigger_id: 1 },
    { kind: "broadcast", id: "3" },
  ],
  [
    { campaign_id: null, newsletter_id: 4, content_id: 9 },
    { kind: "newsletter", id: "4" },
  ],
  [
    { campaign_id: undefined, transactional_message_id: "welcome" },
    { kind: "transactional", id: "welcome" },
  ],
  [
    { campaign_id: undefined, transactional_message_id: 5 },
    { kind: "transactional", id: "5" },
  ],
  [{ campaign_id: undefined }, null],
])("what has sent it is told in one of four groups: %j", (data, source) => {
  expect(read({}, data).told?.source).toEqual(source);
});

test("the person's own form of an unsubscription has an address and no mail", () => {
  const data = { email_address: "ana@x.test", identifiers: { id: "42" }, delivery_id: undefined, recipient: undefined };
  expect(read({ metric: "unsubscribed", object_type: "customer" }, data).told).toMatchObject({
    ...{ channel: "customer", address: "ana@x.test", ownId: "42", deliveryId: null },
  });
});

test("topics are told with another name of the channel", () => {
  const change = { metric: "cio_subscription_preferences_changed", object_type: undefined, object_type_type: "email" };
  expect(read(change)).toMatchObject({ flaw: null, told: { channel: "email" } });
});

test.each([
  ["no id", { event_id: undefined }],
  ["an id with blanks", { event_id: "a b" }],
  ["an id beyond all measure", { event_id: "x".repeat(101) }],
  ["no metric", { metric: " " }],
  ["a time of long ago in milliseconds", { timestamp: 1731000123_000 }],
  ["a time as text", { timestamp: "1731000123" }],
])("with %s it tells nothing, and harms nothing", (_, change) => {
  expect(read(change)).toEqual({ told: undefined, flaw: "It is in no form of reporting webhooks that is known." });
});

test.each(["null", "[]", "7", '"text"', "{}", '{"events":[]}'])("%s tells nothing", (body) => {
  expect(readMailTold(body).told).toBeUndefined();
});

test("long texts are cut", () => {
  const { told } = read({}, { subject: "x".repeat(10_000), failure_message: "y".repeat(10_000) });
  expect([told?.subject?.length, told?.reason?.length]).toEqual([500, 500]);
});
