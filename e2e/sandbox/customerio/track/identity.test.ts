import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startCustomerIo } from "../start.ts";

// Section 2.2 of the contract: every call here is answered with 200, what became of it shows in the people and the log.
let cio: Awaited<ReturnType<typeof startCustomerIo>>;
beforeAll(async () => {
  cio = await startCustomerIo();
});
beforeEach(() => {
  cio.control.sandbox.reset();
  cio.control.switches.reset();
});
afterAll(() => cio.stop());

type Wish = Parameters<typeof cio.control.workspaces.create>[0];

function inWorkspace(wish: Wish = {}) {
  const { origin, site_id, track_keys, id } = cio.control.workspaces.create(wish);
  const authorization = `Basic ${Buffer.from(`${site_id}:${track_keys[0]}`).toString("base64")}`;
  const identify = async (identifier: string, body: object) => {
    const url = `${origin}/api/v1/customers/${encodeURIComponent(identifier)}`;
    const response = await fetch(url, { method: "PUT", headers: { authorization }, body: JSON.stringify(body) });
    expect([response.status, await response.text()]).toEqual([200, "{}\n"]);
  };
  const people = () => cio.control.people.list({ workspace: id });
  const failures = () =>
    cio.control.workspaces.activities({ workspace: id }).filter(({ type }) => type === "failed_attribute_change");
  return { identify, people, failures, authorization, origin };
}

test("an unknown id beside a known address re-labels that person's own id", async () => {
  const { identify, people } = inWorkspace();
  await identify("customer-1", { email: "ana@x.test" });
  await identify("kommo-9", { email: "ANA@x.test" });
  expect(people()).toMatchObject([{ id: "kommo-9" }]);
});

test("identifiers of two whole people change neither and leave a failed change", async () => {
  const { identify, people, failures } = inWorkspace();
  await identify("1", { email: "ana@x.test" });
  await identify("2", { email: "bo@x.test" });
  await identify("1", { email: "bo@x.test", stage: "Won" });
  expect(people().map(({ attributes }) => attributes)).toEqual([{}, {}]);
  expect(failures()).toHaveLength(1);
});

test("two halves of a person merge by themselves, and the older one survives", async () => {
  const { identify, people } = inWorkspace();
  await identify("ana@x.test", { a: 1 });
  await identify("1", { b: 2 });
  const [older] = people();
  await identify("1", { email: "ana@x.test" });
  expect(people()).toMatchObject([{ cio_id: older!.cio_id, id: "1", email: "ana@x.test", attributes: { a: 1, b: 2 } }]);
});

test("an address changes by cio_id, and by id only where the workspace allows it", async () => {
  const strict = inWorkspace();
  await strict.identify("1", { email: "old@x.test" });
  await strict.identify("1", { email: "new@x.test" });
  expect(strict.people()).toMatchObject([{ email: "old@x.test" }]);
  expect(strict.failures()).toHaveLength(1);
  await strict.identify(`cio_${strict.people()[0]!.cio_id}`, { email: "new@x.test" });
  expect(strict.people()).toMatchObject([{ email: "new@x.test" }]);

  const allowing = inWorkspace({ emailChangesById: true });
  await allowing.identify("1", { email: "old@x.test" });
  await allowing.identify("1", { email: "new@x.test" });
  expect(allowing.people()).toMatchObject([{ email: "new@x.test" }]);
});

test("an unknown cio_id and an update of an unknown person create nobody", async () => {
  const { identify, people, failures } = inWorkspace();
  await identify("cio_a1b2c3ffffff", { email: "ana@x.test" });
  await identify("ana@x.test", { _update: true, stage: "Won" });
  expect(people()).toEqual([]);
  expect(failures()).toHaveLength(1);
});

test("the newer of two writes stands, whichever comes first, and null removes", async () => {
  const { identify, people } = inWorkspace();
  await identify("1", { stage: "Won", name: "Ana", _timestamp: 1_731_000_010 });
  await identify("1", { stage: "Lead", _timestamp: 1_731_000_000 });
  expect(people()).toMatchObject([{ attributes: { stage: "Won", name: "Ana" } }]);
  await identify("1", { stage: null, _timestamp: 1_731_000_020 });
  await identify("1", { stage: "Lead", _timestamp: 1_731_000_015 });
  expect(people()[0]!.attributes).toEqual({ name: "Ana" });
});

test("a person never has more than 300 attributes, even if no single write does", async () => {
  const { identify, people, failures } = inWorkspace();
  const numbered = (prefix: string) =>
    Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`${prefix}${at}`, at]));
  await identify("1", numbered("a"));
  await identify("1", numbered("b"));
  expect(Object.keys(people()[0]!.attributes)).toHaveLength(200);
  expect(failures()).toHaveLength(1);
});

test("a write is applied after it was accepted", async () => {
  cio.control.switches.set({ applyDelayMs: 60_000 });
  const { identify, people } = inWorkspace();
  await identify("1", { stage: "Won" });
  expect(people()).toEqual([]);
  cio.control.clock.advance({ seconds: 60 });
  expect(people()).toMatchObject([{ id: "1", attributes: { stage: "Won" } }]);
});

test("a European workspace is sent on from the US host, and an American one is unknown in Europe", async () => {
  const ask = (url: string, authorization: string) =>
    fetch(url, { method: "POST", body: "{}", redirect: "manual", headers: { authorization } });
  const european = inWorkspace({ region: "eu" });
  const sentOn = await ask(`${cio.origins.us}/api/v2/batch`, european.authorization);
  expect([sentOn.status, sentOn.headers.get("location")]).toEqual([307, `${cio.origins.eu}/api/v2/batch`]);
  const american = inWorkspace({ region: "us" });
  expect((await ask(`${cio.origins.eu}/api/v2/batch`, american.authorization)).status).toBe(401);
  const found = await fetch(`${cio.origins.eu}/api/v1/accounts/region`, {
    headers: { authorization: american.authorization },
  });
  expect(await found.json()).toMatchObject({ region: "us", url: cio.origins.us });
});
