import { verifyRequestSignature } from "customerio-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connected } from "../test-kit.ts";
import { waitAfter } from "./back-off.ts";
import { Receiver } from "./receiver.ts";

let cio: Awaited<ReturnType<typeof connected>>;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
  cio = await connected({ switches: { appPerSecond: 0 } });
});
afterEach(async () => {
  await cio.stop();
  await receiver.stop();
});

/** A person with a mail, told of from the start. */
async function subscribed(change: object = {}) {
  await receiver.subscribe(cio, change);
  await cio.track.identify("42", { email: "ana@x.test" });
  return cio.control.mail.send({ email: "ana@x.test" });
}

test("what a recipient does is told in order, signed as the vendor's client verifies it", async () => {
  const mail = await subscribed();
  cio.control.recipient.machineOpen(mail);
  cio.control.recipient.open(mail);
  cio.control.recipient.click(mail);
  cio.control.recipient.unsubscribe(mail);
  await receiver.hears(["sent", "delivered", "opened", "opened", "clicked", "unsubscribed", "unsubscribed"]);
  const signingSecret = cio.control.webhooks.signingKey({}).key;
  expect(receiver.received.every((one) => verifyRequestSignature({ signingSecret, ...one }))).toBe(true);
  expect(receiver.received[2]!.news.data).toMatchObject({
    prefetched: true,
    proxied: true,
    recipient: "ana@x.test",
    campaign_id: 7,
  });
  expect(receiver.received[3]!.news.data).not.toHaveProperty("prefetched");
  expect(receiver.received[6]!.news.data).toMatchObject({ email_address: "ana@x.test", identifiers: { id: "42" } });
  expect(new Set(receiver.received.map(({ news }) => news.event_id)).size).toBe(7);
});

test("a click without an open comes with a synthetic one", async () => {
  const mail = await subscribed();
  cio.control.recipient.click({ ...mail, machine: true });
  await receiver.hears(["sent", "delivered", "opened", "clicked"]);
  expect(receiver.received.slice(2).map(({ news }) => news.data)).toMatchObject([
    { synthetic: true },
    { machine: true },
  ]);
});

test("without full resolution only the first open is told", async () => {
  const mail = await subscribed({ full_resolution: false });
  cio.control.recipient.machineOpen(mail);
  cio.control.recipient.open(mail);
  cio.control.recipient.spam(mail);
  await receiver.hears(["sent", "delivered", "opened", "spammed"]);
});

test("a refused webhook holds back all behind it for an hour, then they follow in order", async () => {
  receiver.answers = [401];
  const mail = await subscribed();
  cio.control.recipient.bounce(mail);
  await receiver.hears(["sent"]);
  await vi.waitFor(() => expect(cio.control.ledger.deliveries()).toMatchObject([{ status: 401 }]));
  cio.control.clock.advance({ seconds: 3599 });
  expect(cio.control.webhooks.list({})).toMatchObject([{ waiting: 3 }]);
  cio.control.clock.advance({ seconds: 2 });
  await receiver.hears(["sent", "sent", "delivered", "bounced"]);
  expect(receiver.received[1]!.timestamp).toBeGreaterThan(receiver.received[0]!.timestamp);
});

test("our own write of unsubscribed comes back as the person's form", async () => {
  await subscribed();
  await cio.track.identify("42", { unsubscribed: true });
  await receiver.hears(["sent", "delivered", "unsubscribed"]);
  expect(receiver.received[2]!.news).toMatchObject({ object_type: "customer", data: { email_address: "ana@x.test" } });
});

test("a workspace that identifies by id alone tells only that, and the address as the recipient", async () => {
  const wish = { identifiedBy: "id", region: "eu" } as const;
  const { id: workspace, site_id, track_keys, app_keys, origin } = cio.control.workspaces.create(wish);
  await fetch(`${origin}/v1/reporting_webhooks`, {
    method: "POST",
    headers: { authorization: `Bearer ${app_keys[0]}` },
    body: JSON.stringify({ name: "CRM", endpoint: receiver.url, events: ["email_sent"] }),
  });
  await fetch(`${origin}/api/v1/customers/42`, {
    method: "PUT",
    headers: { authorization: `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}` },
    body: JSON.stringify({ email: "ana@x.test" }),
  });
  cio.control.mail.send({ workspace, id: "42" });
  await receiver.hears(["sent"]);
  expect(receiver.received[0]!.news.data).toMatchObject({ identifiers: { id: "42" }, recipient: "ana@x.test" });
  expect(receiver.received[0]!.news.data.identifiers).not.toHaveProperty("email");
});

test("weather doubles events, and a wrong key signs what no receiver can verify", async () => {
  cio.control.webhooks.weather({ duplicateRate: 1 });
  cio.control.webhooks.sign({ as: "wrong-key" });
  await subscribed();
  await receiver.hears(["sent", "sent", "delivered", "delivered"]);
  expect(receiver.received[1]!.news.event_id).toBe(receiver.received[0]!.news.event_id);
  const signingSecret = cio.control.webhooks.signingKey({}).key;
  expect(verifyRequestSignature({ signingSecret, ...receiver.received[0]! })).toBe(false);
});

test.each([
  [500, 1, 60],
  [0, 1, 60],
  [503, 1, 1],
  [499, 2, 2],
])("after %i, attempt %i, the sender waits %i minutes", (status, attempt, minutes) => {
  expect(waitAfter(status, attempt)).toBe(minutes * 60_000);
});

test("the vendor's client reads people, their mails, the log and the object types", async () => {
  const mail = await subscribed();
  cio.control.workspaces.addObjectType({ name: "Deals" });
  await cio.track.identify("43", { email: "bo@x.test" });
  await cio.track.identify("42", { email: "bo@x.test" });
  expect(await cio.app.getCustomersByEmail("ANA@x.test")).toMatchObject({ results: [{ id: "42" }] });
  expect(await cio.app.getCustomersByEmail("nobody@x.test")).toEqual({ results: [] });
  expect(await cio.app.listObjectTypes()).toEqual({ types: [{ id: "1", name: "Deals" }] });
  const byEmail = { idType: "email" as never };
  expect(await cio.app.getCustomerMessages("ana@x.test", byEmail)).toMatchObject({
    messages: [{ id: mail.delivery_id }],
  });
  expect(
    await cio.app.getCustomerActivities("ana@x.test", {
      ...byEmail,
      type: "failed_attribute_change",
    } as never),
  ).toMatchObject({
    activities: [{ type: "failed_attribute_change" }],
  });
  cio.control.switches.set({ appPerSecond: 1 });
  const many = await Promise.allSettled([1, 2, 3, 4].map(() => cio.app.listObjectTypes()));
  expect(many.filter(({ status }) => status === "rejected").length).toBeGreaterThan(0);
});
