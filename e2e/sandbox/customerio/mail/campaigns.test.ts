import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Receiver } from "../hooks/receiver.ts";
import { connected } from "../test-kit.ts";

const ULID = "01JC9YV4R2M8T0K6Q3W5X7Z9AB";
const HOUR = 3600;

let cio: Awaited<ReturnType<typeof connected>>;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
  cio = await connected();
  await receiver.subscribe(cio);
  cio.control.campaigns.define({ name: "After a move", subject: "What comes next", event_name: "deal_stage_changed" });
});
afterEach(async () => {
  await cio.stop();
  await receiver.stop();
});

const now = () => cio.control.clock.read().now;
const moved = (change: object = {}) =>
  cio.track.track("ana@x.test", { name: "deal_stage_changed", id: ULID, timestamp: now(), ...change });
const mails = async () => {
  const { messages } = await cio.app.getCustomerMessages("ana@x.test", { idType: "email" as never });
  return (messages as { subject: string }[]).map(({ subject }) => subject);
};

test("an event sends the mail of its campaign, once, and the webhook names both", async () => {
  await moved();
  await moved();
  await cio.track.track("ana@x.test", { name: "deal_created", timestamp: now() });
  await receiver.hears(["sent", "delivered"]);
  expect(receiver.received[0]!.news.data).toMatchObject({
    ...{ campaign_id: 8, action_id: 43, subject: "What comes next", recipient: "ana@x.test", trigger_event_id: ULID },
    journey_id: expect.stringMatching(/^[0-9A-Z]{26}$/),
  });
  expect(await mails()).toEqual(["What comes next"]);
});

test("whether the webhook tells the id of our event, another one or none can be switched", async () => {
  cio.control.switches.set({ triggerEventId: "own-id" });
  await moved();
  cio.control.switches.set({ triggerEventId: "none" });
  await moved({ id: "01JC9YV4R2M8T0K6Q3W5X7Z9AC" });
  await receiver.hears(["sent", "delivered", "sent", "delivered"]);
  const [own, , none] = receiver.received;
  expect(own!.news.data.trigger_event_id).toMatch(/^[0-9A-Z]{26}$/);
  expect(own!.news.data.trigger_event_id).not.toBe(ULID);
  expect(none!.news.data).not.toHaveProperty("trigger_event_id");
});

test("an event of more than 72 hours ago starts nothing", async () => {
  await moved({ timestamp: now() - 73 * HOUR });
  await moved({ id: "01JC9YV4R2M8T0K6Q3W5X7Z9AC", timestamp: now() - 71 * HOUR });
  await receiver.hears(["sent", "delivered"]);
  expect(cio.control.people.show({ email: "ana@x.test" }).events).toHaveLength(2);
});

test("nobody is written to who wants no mail or has no address", async () => {
  await cio.track.identify("ana@x.test", { unsubscribed: true });
  await moved();
  await cio.track.track("no-address", { name: "deal_stage_changed", timestamp: now() });
  await receiver.hears(["unsubscribed"]);
  expect(await mails()).toEqual([]);
});

test("what an event calls its recipient gets the mail in the person's place", async () => {
  await moved({ data: { recipient: "boss@x.test" } });
  await receiver.hears(["sent", "delivered"]);
  expect(receiver.received[0]!.news.data).toMatchObject({
    recipient: "boss@x.test",
    identifiers: { email: "ana@x.test" },
  });
});

test("an anonymous event starts its campaign once it is known whose it is", async () => {
  await cio.track.trackAnonymous("visitor-1", { name: "deal_stage_changed", timestamp: now() });
  await cio.track.identify("ana@x.test", { anonymous_id: "visitor-1" });
  await receiver.hears(["sent", "delivered"]);
});

test("a mail may be sent by hand as if an event had started it, and only an event of that person", async () => {
  await cio.track.track("ana@x.test", { name: "deal_won", id: ULID, timestamp: now() });
  await cio.track.identify("bo@x.test");
  cio.control.mail.send({ email: "ana@x.test", campaign: 8, event: ULID });
  await receiver.hears(["sent", "delivered"]);
  expect(receiver.received[0]!.news.data).toMatchObject({ campaign_id: 8, trigger_event_id: ULID });
  expect(() => cio.control.mail.send({ email: "bo@x.test", event: ULID })).toThrow("no event");
});

test("a newsletter reaches all who want it over the minutes it is given, and machines open it soon after", async () => {
  const people = Array.from({ length: 20 }, (_, index) => ({
    ...{ type: "person", action: "identify", identifiers: { email: `p${index}@x.test` } },
    attributes: { unsubscribed: index === 0 },
  }));
  await cio.track.batch(people);
  await receiver.hears(["unsubscribed"]);
  const sent = cio.control.mail.newsletter({ name: "May", subject: "News of May", over_seconds: 190 });
  expect(sent).toEqual({ newsletter_id: 1, recipients: 19 });
  const heard = (metric: string) => receiver.metrics.filter((one) => one === metric).length;
  cio.control.clock.advance({ seconds: 95 });
  await vi.waitFor(() => expect(heard("sent")).toBeGreaterThanOrEqual(9));
  expect(heard("sent")).toBeLessThan(19);
  cio.control.clock.advance({ seconds: 95 });
  await vi.waitFor(() => expect(heard("delivered")).toBe(19));
  cio.control.clock.advance({ seconds: 2 });
  await vi.waitFor(() => expect(heard("opened")).toBe(19));
  const { news } = receiver.received.find((one) => one.news.metric === "opened")!;
  expect(news.data).toMatchObject({ newsletter_id: 1, prefetched: true });
});
