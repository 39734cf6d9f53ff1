import { afterAll, beforeAll, expect, test } from "vitest";
import { DigitalPipelineKey } from "../src/installation/digital-pipeline-key.ts";
import { unlimited } from "./account.ts";
import { Gated } from "./gates.ts";
import { startWorld, until, type World } from "./world.ts";

let world: World;
let gated: Gated;
let key: string;
beforeAll(async () => {
  world = await startWorld(unlimited);
  gated = await Gated.open(world);
  key = await keyOf(gated);
});
afterAll(() => world?.stop());

const keyOf = ({ account }: Gated) => world.server.app.get(DigitalPipelineKey).of(account.id);
const url = () => new URL("/hooks/kommo/dp", world.config.PUBLIC_URL).href;

function action(change: { key?: string | undefined; account?: number; lead?: number; action?: string } = {}) {
  const settings = { key: "key" in change ? change.key : key, ...(change.action ? { action: change.action } : {}) };
  return {
    event: { type: 14, data: { id: change.lead ?? 1, element_type: 2 }, time: 1790000460 },
    action: { settings: { widget: { settings } } },
    account_id: change.account ?? gated.account.id,
  };
}

async function post(body: object | string, type = "application/json") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(url(), { method: "POST", headers: { "content-type": type }, body: text });
  const said = await answer.text();
  return { status: answer.status, message: said === "" ? "" : JSON.parse(said).message };
}

/** Kommo's general webhooks are silent, so whatever happens was told by the Digital Pipeline. */
const silence = (one: Gated) => one.account.control.hooks.weather({ account: one.account.id, dropRate: 1 });

test.each([
  ["a form", { digitalPipelineBody: "form" }],
  ["JSON, with the lead in a list", { digitalPipelineBody: "json", digitalPipelineData: "listed" }],
] as const)("a deal that enters a stage with the action is looked at, told by %s", async (_, switches) => {
  const one = await Gated.open(world);
  const { id } = await one.deal();
  // Where it stands is known from its creation.
  await one.quiet();
  await silence(one);
  const settings = { key: await keyOf(one), action: "check_gate" };
  world.kommo.control.switches.set(switches);
  one.account.control.digitalPipeline.put({
    account: one.account.id,
    pipeline_id: one.pipelineId,
    status_id: one.stage(1),
    url: url(),
    settings,
  });
  one.move(id, 1);
  await one.held(id);
  await one.standsIn(id, 0);
  world.kommo.control.switches.reset();
  world.kommo.control.switches.set(unlimited.kommo.switches);
});

test("a call and the webhook of the same move are one hold, whichever comes first", async () => {
  const one = await Gated.open(world);
  const { id } = await one.deal();
  one.account.control.digitalPipeline.put({
    account: one.account.id,
    pipeline_id: one.pipelineId,
    status_id: one.stage(1),
    url: url(),
    settings: { key: await keyOf(one) },
  });
  one.move(id, 1);
  await one.held(id);
  await one.standsIn(id, 0);
  await one.quiet();
  expect([(await one.holds(id)).length, one.tasks(id).length]).toEqual([1, 1]);
});

test.each([0, 2])(
  "a call that comes long before the webhook lets no move through, Kommo's clock being %s seconds ahead",
  async (seconds) => {
    const one = await Gated.open(world);
    const { account } = one;
    const { id } = await one.deal();
    await one.quiet();
    // As for a deal that was there before anybody made rules: nothing is known of where it stood.
    await account.look("DELETE FROM gate_place WHERE account_id = $1", [account.id]);
    await account.control.hooks.weather({ account: account.id, delayMs: 1_500 });
    account.control.clock.advance({ seconds });
    account.control.digitalPipeline.put({
      account: account.id,
      pipeline_id: one.pipelineId,
      status_id: one.stage(1),
      url: url(),
      settings: { key: await keyOf(one) },
    });
    one.move(id, 1);
    await until("the call was heard", async () => (await placeOf(one)) === one.stage(1));
    await one.held(id);
    await one.standsIn(id, 0);
    await one.quiet();
    expect([await placeOf(one), (await one.holds(id)).length, one.tasks(id).length]).toEqual([one.stage(0), 1, 1]);
  },
);

async function placeOf({ account }: Gated): Promise<number | undefined> {
  const [place] = await account.look<{ status_id: number }>("SELECT status_id FROM gate_place WHERE account_id = $1", [
    account.id,
  ]);
  return place?.status_id;
}

test("the same call twice is heard once", async () => {
  const { id } = await gated.deal();
  await gated.quiet();
  const body = action({ lead: id });
  expect([(await post(body)).status, (await post(body)).status]).toEqual([200, 200]);
  const states = async () =>
    (
      await gated.account.look<{ state: string }>(
        "SELECT state FROM delivery WHERE account_id = $1 AND source = 'kommo-dp' ORDER BY id",
        [gated.account.id],
      )
    ).map(({ state }) => state);
  await until("both are dealt with", async () => !(await states()).includes("new"));
  expect(await states()).toEqual(["done", "duplicate"]);
});

test("the action to qualify has a lead judged, in whatever pipeline it is", async () => {
  const one = await Gated.open(world);
  await one.setRules({}, { triggers: { onCreation: false, onContentChange: false, pipelineIds: [1] } });
  const id = one.account.create({ name: "Inquiry", status_id: one.stage(0) });
  await one.quiet();
  const body = { ...action({ lead: id, account: one.account.id, key: await keyOf(one), action: "qualify" }) };
  expect((await post(body)).status).toBe(200);
  await until("it is judged", async () => (await one.account.verdicts(id)).length > 0);
});

test("the key does not stay in what is kept", async () => {
  await post(action());
  const rows = await gated.account.look<{ body: string }>(
    "SELECT body FROM delivery WHERE account_id = $1 AND source = 'kommo-dp'",
    [gated.account.id],
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter(({ body }) => body.includes(key))).toEqual([]);
});

test("each refusal says why", async () => {
  const other = await Gated.open(world);
  expect(await post(action({ key: undefined }))).toMatchObject({
    status: 401,
    message: expect.stringContaining("carries no key"),
  });
  expect(await post(action({ key: "x".repeat(43) }))).toMatchObject({ status: 404 });
  expect(await post(action({ key: "guess" }))).toMatchObject({ status: 404 });
  expect(await post(action({ account: other.account.id }))).toMatchObject({
    status: 401,
    message: expect.stringContaining("another account"),
  });
  expect(await post("{")).toMatchObject({ status: 400 });
  expect(await post("a".repeat(70_000))).toMatchObject({ status: 413 });
  const kept = await other.account.look("SELECT 1 FROM delivery WHERE account_id = $1 AND source = 'kommo-dp'", [
    other.account.id,
  ]);
  expect(kept).toEqual([]);
});

test("an account that has left is answered, and nothing is kept", async () => {
  const one = await Gated.open(world);
  const body = action({ account: one.account.id, key: await keyOf(one) });
  await one.account.look("UPDATE account SET status = 'uninstalled' WHERE account_id = $1", [one.account.id]);
  expect((await post(body)).status).toBe(200);
  expect(
    await one.account.look("SELECT 1 FROM delivery WHERE account_id = $1 AND source = 'kommo-dp'", [one.account.id]),
  ).toEqual([]);
});
