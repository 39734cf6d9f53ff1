import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connected } from "../test-kit.ts";

let cio: Awaited<ReturnType<typeof connected>>;
beforeAll(async () => {
  cio = await connected();
});
beforeEach(() => {
  cio.control.faults.clear();
  cio.control.switches.reset();
});
afterAll(() => cio.stop());

async function control(action: string, body: object = {}) {
  const url = `${cio.origins.us}/_sandbox/${action}`;
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

test("offers every function of the process over HTTP too", async () => {
  const made = await control("workspaces/create", { region: "eu" });
  expect(made.body).toMatchObject({ region: "eu", origin: cio.origins.eu });
  const workspace = cio.workspace.id;
  await cio.track.identify("ana@x.test");
  const mail = await control("mail/send", { workspace, email: "ana@x.test" });
  await control("recipient/machine-open", { workspace, ...mail.body });
  expect((await control("people/show", { workspace, email: "ana@x.test" })).body).toMatchObject({
    email: "ana@x.test",
  });
  expect(
    (await fetch(`${cio.origins.us}/_sandbox/ledger/entries?route=/api/v1/customers/:identifier&limit=1`)).status,
  ).toBe(200);
});

test.each([
  ["faults/add", { effect: { kind: "answer" }, match: {} }, "status"],
  ["faults/add", { effect: { kind: "explode" }, match: {} }, "kind"],
  ["faults/add", { effect: { kind: "delay", ms: -1 }, match: {} }, "ms"],
  ["switches/set", { retryAfter: "soon" }, "retryAfter"],
  ["switches/set", { invalidUlid: "eaten" }, "invalidUlid"],
  ["switches/set", { noSuchSwitch: true }, "noSuchSwitch"],
  ["ledger/entries", { route: 7 }, "route"],
  ["ledger/deliveries", { colour: "red" }, "colour"],
  ["clock/advance", { seconds: "soon" }, "seconds"],
])("%s with %o is refused, naming %s", async (action, input, named) => {
  expect(await control(action, input)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(named) } });
});

test("says of what is not there that it is not there", async () => {
  const { status, body } = await control("recipient/open", { workspace: cio.workspace.id, delivery_id: "none" });
  expect([status, body.detail]).toEqual([404, "There is no delivery none."]);
  expect((await control("mail/send", { workspace: 1 })).body.detail).toBe("There is no workspace 1.");
});

const batch = () => cio.track.batch([{ type: "person", action: "identify", identifiers: { email: "f@x.test" } }]);

test.each([500, 503])("a %i is an answer without effect", async (status) => {
  cio.control.faults.add({ match: { path: "/api/v2/batch" }, times: 1, effect: { kind: "answer", status } });
  await expect(batch()).rejects.toMatchObject({ statusCode: status });
  await expect(batch()).resolves.toEqual({});
});

test("a page instead of JSON is no answer that the vendor's client can read", async () => {
  const html = "<html><body>Bad gateway</body></html>";
  cio.control.faults.add({ match: { path: "/api/v2/*" }, times: 1, effect: { kind: "answer", status: 502, html } });
  await expect(batch()).rejects.not.toHaveProperty("statusCode");
  const url = `${cio.origins.us}/api/v2/batch`;
  cio.control.faults.add({ match: { path: "/api/v2/*" }, times: 1, effect: { kind: "answer", status: 502, html } });
  const answer = await fetch(url, { method: "POST", body: "{}" });
  expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([502, "text/html", html]);
});

test("a fault of one workspace spares the others", async () => {
  const match = { account: cio.workspace.id + 1 };
  cio.control.faults.add({ match, effect: { kind: "answer", status: 503 } });
  await expect(batch()).resolves.toEqual({});
});
