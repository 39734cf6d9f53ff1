import { afterAll, beforeAll, expect, test } from "vitest";
import { optionalSubscriptions, type Provisioned, subscriptions } from "../src/installation/provisioning.ts";
import { unlimited } from "./account.ts";
import { type Installed, startWorld, until, type World } from "./world.ts";

let world: World;
let account: Installed;
beforeAll(async () => {
  world = await startWorld(unlimited);
  account = await world.install();
});
afterAll(() => world?.stop());

const ourFields = () =>
  world.kommo.control.fields
    .list({ account: account.accountId, entity: "leads" })
    .filter((field) => field.code?.startsWith("DEALSCOPE_"));

async function provisionAgain() {
  const before = await completedAt();
  await world.database.look(
    `INSERT INTO work AS w (account_id, kind, subject, priority, due_at) VALUES ($1, 'provision', $1, 0, now())
     ON CONFLICT (account_id, kind, subject) DO UPDATE SET due_at = now(), generation = w.generation + 1`,
    [account.accountId],
  );
  await until("it has been looked at again", async () => (await completedAt()) !== before);
}

async function completedAt() {
  return (await made(account.accountId)).completedAt;
}

async function made(accountId: number): Promise<Provisioned> {
  const [row] = await world.database.look<{ provisioned: Provisioned }>(
    "SELECT provisioned FROM account WHERE account_id = $1",
    [accountId],
  );
  return row!.provisioned;
}

const hooks = (accountId: number) => world.kommo.control.hooks.list({ account: accountId });

/** As an administrator, past our back. */
async function asAdmin(method: string, path: string, body?: object) {
  const { access_token } = world.kommo.control.oauth.longLivedToken({ account: account.accountId });
  return fetch(`${world.kommo.origin}/api/v4/${path}`, {
    method,
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: body ? JSON.stringify(body) : null,
  });
}

test("installing makes the fields for the API only, a tag per segment and a complete webhook", async () => {
  expect(ourFields().map(({ code, type, is_api_only }) => ({ code, type, is_api_only }))).toEqual([
    { code: "DEALSCOPE_SCORE", type: "numeric", is_api_only: true },
    { code: "DEALSCOPE_SEGMENT", type: "select", is_api_only: true },
    { code: "DEALSCOPE_SUMMARY", type: "textarea", is_api_only: true },
    { code: "DEALSCOPE_NEXT_ACTION", type: "textarea", is_api_only: true },
  ]);
  const { _embedded } = (await (await asAdmin("GET", "leads/tags")).json()) as {
    _embedded: { tags: { name: string }[] };
  };
  expect(_embedded.tags.map((tag) => tag.name).sort()).toEqual([
    "dealscope:cold",
    "dealscope:hot",
    "dealscope:spam",
    "dealscope:warm",
    "needs manual qualification",
  ]);
  const [hook] = hooks(account.accountId);
  expect(hook).toMatchObject({ disabled: false, settings: [...subscriptions, ...optionalSubscriptions] });
  expect(await made(account.accountId)).toMatchObject({ webhook: { state: "subscribed" }, problems: [] });
});

test("provisioning again makes nothing twice", async () => {
  const before = ourFields();
  await provisionAgain();
  expect(ourFields()).toEqual(before);
  expect(hooks(account.accountId)).toHaveLength(1);
});

test("a field that an admin has deleted is made again", async () => {
  const score = ourFields().find((field) => field.code === "DEALSCOPE_SCORE")!;
  world.kommo.control.fields.remove({ account: account.accountId, entity: "leads", id: score.id });
  await provisionAgain();
  expect(ourFields().map((field) => field.code)).toContain("DEALSCOPE_SCORE");
  expect(ourFields().map((field) => field.id)).not.toContain(score.id);
});

test("a webhook that an admin has deleted is subscribed again", async () => {
  const [hook] = hooks(account.accountId);
  expect((await asAdmin("DELETE", "webhooks", { destination: hook?.destination })).status).toBe(204);
  await provisionAgain();
  expect(hooks(account.accountId)).toMatchObject([{ destination: hook?.destination, disabled: false }]);
});

test("a code that Kommo does not know costs only that code, and is told of", async () => {
  world.kommo.control.switches.set({ unknownHookCodes: ["add_outgoing_message"] });
  const { accountId } = await world.install();
  world.kommo.control.switches.set({ unknownHookCodes: [] });
  expect(hooks(accountId)).toMatchObject([{ settings: expect.arrayContaining([...subscriptions]) }]);
  expect(await made(accountId)).toMatchObject({
    webhook: { state: "subscribed" },
    problems: [expect.stringContaining("add_outgoing_message"), expect.stringContaining("add_unsorted")],
  });
});

test("provisioning that fails in the middle goes on where it stopped", async () => {
  world.kommo.control.faults.add({
    match: { method: "POST", path: "/api/v4/leads/tags" },
    times: 1,
    effect: { kind: "answer", status: 500 },
  });
  const { accountId } = await world.install();
  const { routes } = world.kommo.control.ledger.summary({ account: accountId }).requests;
  expect(routes["POST /api/v4/leads/tags"]?.requests).toBe(2);
  expect(routes["POST /api/v4/leads/custom_fields"]?.requests).toBe(1);
  expect(await made(accountId)).toMatchObject({ webhook: { state: "subscribed" }, problems: [] });
});
