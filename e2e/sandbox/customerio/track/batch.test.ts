import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connected } from "../test-kit.ts";

let cio: Awaited<ReturnType<typeof connected>>;
beforeAll(async () => {
  cio = await connected();
});
beforeEach(() => cio.control.switches.reset());
afterAll(() => cio.stop());

const identifiers = { email: "ana@x.test" };
const identify = { type: "person", action: "identify", identifiers };
const event = { type: "person", action: "event", identifiers, name: "deal_won" };

test.each([
  ["an unknown type", { type: "company", action: "identify" }, "type"],
  ["an action that this type does not have", { ...identify, type: "object", action: "event" }, "action"],
  ["two identifiers", { ...identify, identifiers: { id: "1", email: "a@x.test" } }, "identifiers"],
  ["an event without a name", { ...event, name: " " }, "name"],
  ["a name of 101 bytes", { ...event, name: "n".repeat(101) }, "name"],
  ["an id that is no ULID", { ...event, id: "8ZZZZZZZZZZZZZZZZZZZZZZZZZ" }, "id"],
  ["milliseconds", { ...event, timestamp: 1_731_000_000_000 }, "timestamp"],
  ["a fraction of a second", { ...event, timestamp: 1.5 }, "timestamp"],
  ["an identifier of 151 bytes", { ...identify, identifiers: { id: "i".repeat(151) } }, "identifiers.id"],
  ["301 attributes", { ...identify, attributes: numbered(301) }, "attributes"],
  ["an object type that is not there", object("9"), "identifiers.object_type_id"],
])("%s is refused by its field, in an operation and in a batch", async (_what, operation, field) => {
  await expect(cio.track.entity(operation)).rejects.toMatchObject({
    statusCode: 400,
    body: expect.stringContaining(`"${field}"`),
  });
  const { errors } = await cio.track.batch([identify, operation]);
  expect(errors).toMatchObject([{ batch_index: 1, field }]);
});

test("one item may have 32 kB and the whole 500 kB", async () => {
  const big = {
    ...identify,
    attributes: Object.fromEntries(Object.keys(numbered(40)).map((key) => [key, "x".repeat(900)])),
  };
  expect(await cio.track.batch([big])).toMatchObject({
    errors: [{ batch_index: 0, message: expect.stringContaining("32kb") }],
  });
  await expect(cio.track.batch(Array.from({ length: 14 }, () => big))).rejects.toMatchObject({ statusCode: 400 });
});

test("what v1 does with a long value, and anyone with an id that is no ULID, can be switched", async () => {
  const long = { note: "x".repeat(1001), stage: "Won" };
  await expect(cio.track.identify("v1@x.test", long)).rejects.toMatchObject({ statusCode: 400 });
  cio.control.switches.set({ v1OverLimit: "cut-silently", invalidUlid: "ignored" });
  await cio.track.identify("v1@x.test", long);
  await cio.track.track("v1@x.test", { name: "deal_won", id: "no-ulid" });
  const { attributes, events } = cio.control.people.show({ email: "v1@x.test" });
  expect(attributes).toEqual({ stage: "Won" });
  expect(events).toMatchObject([{ id: null }]);
});

test("objects and people are related from either side until the object is deleted", async () => {
  const { id } = cio.control.workspaces.addObjectType({ name: "Deals" });
  await cio.track.batch([
    identify,
    {
      ...object(id),
      attributes: { stage: "Won" },
      cio_relationships: [{ identifiers, relationship_attributes: { is_main: true } }],
    },
  ]);
  expect(cio.control.workspaces.objects({})).toMatchObject([
    { typeId: id, objectId: "9001", attributes: { stage: "Won" } },
  ]);
  const related = () => cio.control.people.show(identifiers).relationships;
  expect(related()).toEqual([{ typeId: id, objectId: "9001", attributes: { is_main: true } }]);
  await cio.track.entity({ ...object(id), action: "delete" });
  expect(related()).toEqual([]);
  await cio.track.identify("ana@x.test", {
    cio_relationships: {
      action: "add_relationships",
      relationships: [{ identifiers: { object_type_id: id, object_id: "9002" } }],
    },
  });
  expect(related()).toMatchObject([{ objectId: "9002" }]);
});

test("the same event id for two people counts once, or once for each where ids belong to a person", async () => {
  const send = (email: string, id: string) => cio.track.track(email, { name: "deal_won", id });
  const received = (email: string) => cio.control.people.show({ email }).events.length;
  await send("first@x.test", "01JC9YV4R2M8T0K6Q3W5X7Z9AD");
  await send("second@x.test", "01JC9YV4R2M8T0K6Q3W5X7Z9AD");
  expect([received("first@x.test"), received("second@x.test")]).toEqual([1, 0]);
  cio.control.switches.set({ eventIdScope: "person" });
  await send("first@x.test", "01JC9YV4R2M8T0K6Q3W5X7Z9AE");
  await send("second@x.test", "01JC9YV4R2M8T0K6Q3W5X7Z9AE");
  expect([received("first@x.test"), received("second@x.test")]).toEqual([2, 1]);
});

test("too many requests in a second are told so, or dropped in silence", async () => {
  cio.control.switches.set({ trackPerSecond: 1, retryAfter: 7 });
  const burst = () => Promise.allSettled(["a", "b", "c", "d"].map((one) => cio.track.identify(`${one}@burst.test`)));
  const statuses = (await burst()).map((one) => (one.status === "rejected" ? one.reason.statusCode : 200));
  expect(statuses).toContain(429);
  cio.control.switches.set({ trackOverRate: "dropped" });
  expect((await burst()).map(({ status }) => status)).toEqual(Array(4).fill("fulfilled"));
});

function object(object_type_id: string) {
  return { type: "object", action: "identify", identifiers: { object_type_id, object_id: "9001" } };
}

function numbered(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`attribute_${index}`, index]));
}
