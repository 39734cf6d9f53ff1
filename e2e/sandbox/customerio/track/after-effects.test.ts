import { afterEach, beforeEach, expect, test } from "vitest";
import { Receiver } from "../hooks/receiver.ts";
import { connected } from "../test-kit.ts";

let cio: Awaited<ReturnType<typeof connected>>;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
  cio = await connected();
});
afterEach(async () => {
  await cio.stop();
  await receiver.stop();
});

const TOPICS = ["customer_subscription_preferences_changed"];
const failures = () => cio.control.workspaces.activities({}).filter(({ type }) => type === "failed_attribute_change");

test("a change of topics is told, its content only to who wants contents", async () => {
  await receiver.subscribe(cio, { events: TOPICS });
  await receiver.subscribe(cio, { events: TOPICS, with_content: true });
  await cio.track.identify("ana@x.test", {
    cio_subscription_preferences: { topics: { topic_1: true, topic_2: true } },
  });
  await cio.track.identify("ana@x.test", { "cio_subscription_preferences.topics.topic_1": false });
  await cio.track.identify("ana@x.test", { "cio_subscription_preferences.topics.topic_1": false });
  const changed = "cio_subscription_preferences_changed";
  await receiver.hears([changed, changed, changed, changed]);
  const contents = receiver.received.map(({ news }) => news.data.content);
  expect(contents.filter((content) => content === undefined)).toHaveLength(2);
  expect(contents).toContain(JSON.stringify({ topics: { topic_1: false, topic_2: true } }));
  expect(receiver.received[0]!.news).toMatchObject({ object_type_type: "customer" });
  const { customer } = await cio.app.getAttributes("ana@x.test", "email" as never);
  expect(customer.attributes.cio_subscription_preferences).toBe('{"topics":{"topic_1":false,"topic_2":true}}');
});

test("the channel of a change of topics can be written as elsewhere, or left out", async () => {
  await receiver.subscribe(cio, { events: TOPICS });
  const change = async (topic: string, channel: "object_type" | "none") => {
    cio.control.switches.set({ preferencesChannel: channel });
    await cio.track.identify("ana@x.test", { [`cio_subscription_preferences.topics.${topic}`]: false });
  };
  await change("topic_1", "object_type");
  await change("topic_2", "none");
  await receiver.hears(["cio_subscription_preferences_changed", "cio_subscription_preferences_changed"]);
  expect(receiver.received[0]!.news.object_type).toBe("customer");
  expect(receiver.received[1]!.news).not.toHaveProperty("object_type");
});

test("the content of a mail comes with it where that is wanted", async () => {
  await receiver.subscribe(cio, { with_content: true });
  await cio.track.identify("ana@x.test");
  cio.control.mail.send({ email: "ana@x.test", subject: "Your quote" });
  await receiver.hears(["sent", "delivered"]);
  expect(receiver.received[0]!.news.data).toMatchObject({ content: "<p>Your quote</p>" });
  expect(receiver.received[1]!.news.data).not.toHaveProperty("content");
});

test("metrics of a delivery and its unsubscription need no key", async () => {
  await receiver.subscribe(cio, {
    events: ["email_bounced", "email_clicked", "email_unsubscribed", "customer_unsubscribed"],
  });
  await cio.track.identify("ana@x.test");
  const { delivery_id } = cio.control.mail.send({ email: "ana@x.test" });
  const post = (path: string, body: object) =>
    fetch(cio.workspace.origin + path, { method: "POST", body: JSON.stringify(body) });
  await cio.track.reportMetric({ delivery_id, metric: "clicked", href: "https://x.test/", timestamp: 1_731_000_000 });
  await post("/api/v1/metrics", { delivery_id, metric: "bounced", reason: "full" });
  expect((await post("/api/v1/metrics", { delivery_id, metric: "eaten" })).status).toBe(400);
  await post(`/unsubscribe/${encodeURIComponent(delivery_id)}`, { unsubscribe: true });
  await cio.track.unsubscribe("unknown");
  await receiver.hears(["clicked", "bounced", "unsubscribed", "unsubscribed"]);
  const [clicked, bounced, ofMessage, ofPerson] = receiver.received.map(({ news }) => news);
  expect(clicked).toMatchObject({ timestamp: 1_731_000_000, data: { href: "https://x.test/" } });
  expect(bounced!.data).toMatchObject({ failure_message: "full" });
  expect(ofMessage!.data).toMatchObject({ delivery_id });
  expect(ofPerson).toMatchObject({ object_type: "email", data: { email_address: "ana@x.test" } });
  const isUnsubscribed = () => cio.control.people.show({ email: "ana@x.test" }).unsubscribed;
  expect(isUnsubscribed()).toBe(true);
  await cio.track.unsubscribe(delivery_id, false);
  expect(isUnsubscribed()).toBe(false);
});

test("who is suppressed is gone, and cannot come back by any of his identifiers", async () => {
  const known = { id: "42", email: "ana@x.test" };
  const people = () => cio.control.people.list({}).length;
  for (const [kind, value] of Object.entries(known)) {
    await cio.track.identify("42", { email: "ana@x.test" });
    await cio.track.suppress(value);
    expect(people(), `suppressed by ${kind}`).toBe(0);
    await cio.track.identify("42", { back: true });
    await cio.track.identify("ana@x.test", { back: true });
    await cio.track.identify("43", { email: "ANA@x.test" });
    await cio.track.track("ana@x.test", { name: "deal_won" });
    expect(people()).toBe(0);
    await cio.track.unsuppress("42");
    await cio.track.unsuppress("ana@x.test");
  }
  await cio.track.identify("ana@x.test");
  expect(people()).toBe(1);
});

test("an object and its relationships have 100 kB together; what goes beyond is not applied", async () => {
  const { id: object_type_id } = cio.control.workspaces.addObjectType({ name: "Deals" });
  const identifiers = { object_type_id, object_id: "9001" };
  const kilobytes = (prefix: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, "x".repeat(985)]));
  await cio.track.identify("ana@x.test");
  for (const prefix of ["a", "b", "c"]) {
    await cio.track.entity({ type: "object", action: "identify", identifiers, attributes: kilobytes(prefix, 30) });
  }
  const relate = (attributes: object) =>
    cio.track.entity({
      ...{ type: "person", action: "add_relationships", identifiers: { email: "ana@x.test" } },
      cio_relationships: [{ identifiers, relationship_attributes: attributes }],
    });
  await relate(kilobytes("r", 5));
  expect(failures()).toEqual([]);
  await relate(kilobytes("s", 10));
  await cio.track.entity({ type: "object", action: "identify", identifiers, attributes: kilobytes("d", 20) });
  expect(failures()).toHaveLength(2);
  const [object] = cio.control.workspaces.objects({});
  expect(Object.keys(object!.attributes)).toHaveLength(90);
  const [relationship] = cio.control.people.show({ email: "ana@x.test" }).relationships;
  expect(Object.keys(relationship!.attributes)).toHaveLength(5);
});

test("a merged person keeps the mails of both", async () => {
  await cio.track.identify("one@x.test");
  await cio.track.identify("two@x.test");
  cio.control.mail.send({ email: "two@x.test", subject: "To the second" });
  await cio.track.mergeCustomers("email" as never, "one@x.test", "email" as never, "two@x.test");
  expect(await cio.app.getCustomerMessages("one@x.test", { idType: "email" as never })).toMatchObject({
    messages: [{ subject: "To the second" }],
  });
});
