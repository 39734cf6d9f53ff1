import { RegionUS, TrackClient } from "customerio-node";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connected } from "./test-kit.ts";

// The vendor's own client as it comes from npm; only the address it speaks to is ours.
const ULID = "01JC9YV4R2M8T0K6Q3W5X7Z9AB";
let cio: Awaited<ReturnType<typeof connected>>;
beforeAll(async () => {
  cio = await connected();
});
beforeEach(() => cio.control.faults.clear());
afterAll(() => cio.stop());

test("finds the region of its workspace", async () => {
  expect(await cio.track.getAccountRegion()).toEqual({
    url: cio.origins.us,
    region: "us",
    environment_id: cio.workspace.id,
  });
});

test("identifies a person by an address with a plus sign, in any letter case", async () => {
  expect(await cio.track.identify("Ana+b@x.test", { first_name: "Ana" })).toEqual({});
  await cio.track.identify("ana+B@x.test", { open_deals: 2 });
  expect(cio.control.people.show({ email: "ana+b@x.test" }).attributes).toEqual({ first_name: "Ana", open_deals: 2 });
});

test("takes an event once, however often its id is sent", async () => {
  const event = { name: "deal_won", id: ULID, timestamp: 1_731_000_000, data: { deal_id: "9001" } };
  await cio.track.track("bo@x.test", event);
  expect(await cio.track.track("bo@x.test", event)).toEqual({});
  expect(cio.control.people.show({ email: "bo@x.test" }).events).toMatchObject([
    { id: ULID, name: "deal_won", attributes: { deal_id: "9001" } },
  ]);
});

test("gets a batch back with the bad item's place, the good ones applied", async () => {
  const item = (email: string, stage: string) => ({
    type: "person",
    action: "identify",
    identifiers: { email },
    attributes: { stage },
  });
  expect(await cio.track.batch([item("one@x.test", "Won"), item("two@x.test", "ж".repeat(501))])).toEqual({
    errors: [
      {
        batch_index: 1,
        reason: "invalid",
        field: "attributes.stage",
        message: "property value cannot be longer than 1000 bytes",
      },
    ],
  });
  const emails = cio.control.people.list({}).map(({ email }) => email);
  expect(emails).toContain("one@x.test");
  expect(emails).not.toContain("two@x.test");
});

test("sends one operation, merges, suppresses and deletes", async () => {
  const identify = { type: "person", action: "identify", attributes: { a: 1 } };
  await cio.track.entity({ ...identify, identifiers: { id: "p1" } });
  await cio.track.entity({ ...identify, identifiers: { email: "p1@x.test" } });
  await cio.track.mergeCustomers("id" as never, "p1", "email" as never, "p1@x.test");
  expect(cio.control.people.show({ id: "p1" })).toMatchObject({ email: "p1@x.test" });
  await cio.track.suppress("p1");
  await cio.track.identify("p1", { back: true });
  expect(() => cio.control.people.show({ id: "p1" })).toThrow("no person");
  await cio.track.unsuppress("p1");
  await cio.track.identify("p1", { back: true });
  await cio.track.destroy("p1");
  expect(() => cio.control.people.show({ id: "p1" })).toThrow("no person");
});

test("attaches anonymous events to who turns out to have sent them", async () => {
  await cio.track.trackAnonymous("visitor-1", { name: "saw pricing" });
  await cio.track.identify("vi@x.test", { anonymous_id: "visitor-1" });
  expect(cio.control.people.show({ email: "vi@x.test" }).events).toMatchObject([{ name: "saw pricing" }]);
});

test("is refused with a key that is not the workspace's", async () => {
  const stranger = new TrackClient(cio.workspace.site_id, "wrong", {
    region: RegionUS,
    url: `${cio.origins.us}/api/v1`,
  });
  await expect(stranger.identify("1")).rejects.toMatchObject({ statusCode: 401 });
});

test("repeats a call whose answer was lost, which a ULID makes harmless", async () => {
  const retrying = new TrackClient(cio.workspace.site_id, cio.trackKey, {
    region: RegionUS,
    url: `${cio.origins.us}/api/v1`,
    retry: { baseDelay: 1 } as never,
  });
  cio.control.faults.add({ match: { path: "*/events" }, times: 1, effect: { kind: "drop-after" } });
  await retrying.track("re@x.test", { name: "deal_lost", id: "01JC9YV4R2M8T0K6Q3W5X7Z9AC" });
  expect(cio.control.people.show({ email: "re@x.test" }).events).toHaveLength(1);
  expect(cio.control.ledger.summary().requests.total.byEffect).toMatchObject({ "fault:drop-after": 1 });
});
