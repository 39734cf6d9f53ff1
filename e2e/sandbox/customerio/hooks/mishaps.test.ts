import { verifyRequestSignature } from "customerio-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connected } from "../test-kit.ts";
import { Receiver } from "./receiver.ts";

const DAY = 86_400;

let cio: Awaited<ReturnType<typeof connected>>;
let receiver: Receiver;
beforeEach(async () => {
  receiver = await Receiver.start();
  cio = await connected({ hookTimeoutMs: 500 });
  await receiver.subscribe(cio);
  await cio.track.identify("42", { email: "ana@x.test" });
});
afterEach(async () => {
  await cio.stop();
  await receiver.stop();
});

const send = () => cio.control.mail.send({ email: "ana@x.test" });
const statuses = () => cio.control.ledger.deliveries().map(({ status }) => status);
const attempts = (count: number) => vi.waitFor(() => expect(statuses()).toHaveLength(count));

test("a webhook that is refused for seven days is given up, and the next one has its turn", async () => {
  receiver.answers = Array(40).fill(503);
  send();
  await attempts(1);
  const tries = (route: string) => cio.control.ledger.deliveries({ route });
  while (tries("email_delivered").length === 0) {
    const before = statuses().length;
    cio.control.clock.advance({ seconds: 12 * 3600 });
    await vi.waitFor(() => expect(statuses().length).toBeGreaterThan(before));
  }
  const sent = tries("email_sent");
  expect(sent.at(-2)!.at - sent[0]!.at).toBeLessThan(7 * DAY * 1000);
  expect(sent.at(-1)!.at - sent[0]!.at).toBeGreaterThanOrEqual(7 * DAY * 1000);
  expect(cio.control.webhooks.list({})).toMatchObject([{ waiting: 1 }]);
});

test("a redirect is a failure that is not followed, and costs a minute and not the hour", async () => {
  receiver.answers = [302];
  send();
  await attempts(1);
  expect(statuses()).toEqual([302]);
  expect(receiver.received).toHaveLength(1);
  cio.control.clock.advance({ seconds: 60 });
  await receiver.hears(["sent", "sent", "delivered"]);
});

test("who does not answer in time is asked again, and what he heard comes twice", async () => {
  receiver.isSilent = true;
  send();
  await attempts(1);
  expect(statuses()).toEqual([499]);
  receiver.isSilent = false;
  cio.control.clock.advance({ seconds: 60 });
  await receiver.hears(["sent", "sent", "delivered"]);
  expect(receiver.received[1]!.news.event_id).toBe(receiver.received[0]!.news.event_id);
});

test.each([
  [true, "afresh"],
  [false, "as before"],
])("with retrySignedAfresh %s a retry is signed %s, and rightly", async (retrySignedAfresh) => {
  cio.control.switches.set({ retrySignedAfresh });
  receiver.answers = [500];
  send();
  await attempts(1);
  cio.control.clock.advance({ seconds: 3600 });
  await receiver.hears(["sent", "sent", "delivered"]);
  const [first, second] = receiver.received;
  expect(second!.timestamp > first!.timestamp).toBe(retrySignedAfresh);
  const signingSecret = cio.control.webhooks.signingKey({}).key;
  expect(verifyRequestSignature({ signingSecret, ...second! })).toBe(true);
});

test("a body can be tampered with on its way, and the signature left out", async () => {
  cio.control.webhooks.sign({ as: "tampered-body" });
  send();
  await receiver.hears(["sent", "delivered"]);
  const [tampered] = receiver.received;
  const signingSecret = cio.control.webhooks.signingKey({}).key;
  expect(tampered!.news).toMatchObject({ tampered: true });
  expect(verifyRequestSignature({ signingSecret, ...tampered! })).toBe(false);
  cio.control.webhooks.sign({ as: "no-header" });
  send();
  await receiver.hears(["sent", "delivered", "sent", "delivered"]);
  expect(receiver.received[2]).toMatchObject({ signature: "", timestamp: Number.NaN });
});

test("weather holds webhooks back and lets them overtake each other", async () => {
  cio.control.webhooks.weather({ delayMs: 60_000, reorderWithinMs: 600_000 });
  const mail = send();
  for (let times = 0; times < 12; times++) cio.control.recipient.open({ ...mail, at: 1_731_000_000 + times });
  expect(receiver.received).toEqual([]);
  cio.control.clock.advance({ seconds: 660 });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(14));
  const opens = receiver.received.filter(({ news }) => news.metric === "opened").map(({ news }) => news.timestamp);
  expect(opens).not.toEqual(opens.toSorted((a, b) => a - b));
});

test("weather loses webhooks altogether", async () => {
  cio.control.webhooks.weather({ dropRate: 1 });
  send();
  cio.control.webhooks.weather({});
  send();
  await receiver.hears(["sent", "delivered"]);
});

test("a scanner clicks every link at once, whether it owns up to it or not", async () => {
  const mail = send();
  cio.control.recipient.scan({ ...mail, links: 2, machine: true });
  cio.control.recipient.scan({ ...mail, links: 1 });
  await receiver.hears(["sent", "delivered", "opened", "clicked", "clicked", "clicked"]);
  const clicks = receiver.received.slice(3).map(({ news }) => news.data);
  expect(clicks).toMatchObject([{ link_id: 1, machine: true }, { link_id: 2, machine: true }, { link_id: 1 }]);
  expect(clicks[2]).not.toHaveProperty("machine");
});

test("any body goes out signed: a legacy one, or one of an unknown kind", async () => {
  cio.control.webhooks.send({ body: { event_type: "email_delivered", event_id: "abc", timestamp: 1_352_005_930 } });
  cio.control.webhooks.send({ body: { object_type: "carrier_pigeon", metric: "landed" } });
  await vi.waitFor(() => expect(receiver.received).toHaveLength(2));
  expect(receiver.metrics[1]).toBe("landed");
  const signingSecret = cio.control.webhooks.signingKey({}).key;
  expect(receiver.received.every((one) => verifyRequestSignature({ signingSecret, ...one }))).toBe(true);
});
