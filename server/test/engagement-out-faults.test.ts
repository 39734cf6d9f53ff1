import { Stuck } from "@dealscope/shared/activity";
import { Setup } from "@dealscope/shared/setup";
import { WON } from "@dealscope/shared/stage-ref";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { customerIoBatchSeconds, customerIoWrites } from "../src/meters.ts";
import { countedFromNow } from "./counted.ts";
import { connect, type EngagementWorld, keysOf, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

const BATCH = "/api/v2/batch";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
beforeEach(() => world.customerio.control.faults.clear());
afterAll(() => world?.stop());

type Effect = Parameters<EngagementWorld["customerio"]["control"]["faults"]["add"]>[0]["effect"];

const fault = (teller: Teller, effect: Effect, times?: number) =>
  world.customerio.control.faults.add({
    match: { path: BATCH, account: teller.workspace },
    effect,
    ...(times === undefined ? {} : { times }),
  });

/** What waits because Customer.io was away tries now, as often as it takes. */
async function toldAtLast(teller: Teller) {
  await until("all is told at last", async () => {
    await teller.hurry("work");
    const open = await teller.look(
      `SELECT 1 FROM customerio_write WHERE account_id = $1 AND state = 'due'
        UNION ALL SELECT 1 FROM work WHERE account_id = $1 AND kind = 'customerio_deal' AND state = 'open'`,
      [teller.id],
    );
    return open.length === 0;
  });
}

test.each<[string, Effect]>([
  ["answers 429", { kind: "answer", status: 429 }],
  ["answers 429 and says how long to wait", { kind: "answer", status: 429, headers: { "retry-after": "1" } }],
  ["answers 503", { kind: "answer", status: 503, body: {} }],
  ["answers 502 with a page", { kind: "answer", status: 502, html: "<html>Bad gateway</html>" }],
  ["answers 200 with a page", { kind: "answer", status: 200, html: "<html>Hello</html>" }],
  ["hangs up before it has taken anything", { kind: "drop-before" }],
  ["hangs up after it has taken everything", { kind: "drop-after" }],
  ["breaks off in the middle of its answer", { kind: "half-body" }],
])("while Customer.io %s nothing is lost, and nothing counts twice", async (_, effect) => {
  const teller = await Teller.open(world);
  fault(teller, effect, 2);
  const unavailable = await countedFromNow(customerIoBatchSeconds, { answer: "unavailable" });
  const id = teller.deal("ana@x.test");
  await until("a batch has gone wrong", async () => {
    const [row] = await teller.look<{ problem: string | null }>(
      "SELECT problem FROM customerio_connection WHERE account_id = $1",
      [teller.id],
    );
    return row?.problem === "unavailable";
  });
  teller.move(id, WON);
  await teller.control.hooks.idle();
  await toldAtLast(teller);
  await teller.told();
  expect(teller.names("ana@x.test")).toEqual(["deal_created", "deal_stage_changed", "deal_won"]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: id, deal_status: "won" });
  expect(await teller.connection()).toMatchObject({ problem: null, waiting: 0, stuck: 0 });
  expect(await unavailable()).toBe(2);
});

test("with refused keys everything waits, and goes on when they are saved again", async () => {
  const teller = await Teller.open(world);
  const { key } = teller.customerio.workspaces.replaceKey({ workspace: teller.workspace, kind: "track" });
  const id = teller.deal("ana@x.test");
  await until("the keys are refused", async () => (await teller.connection()).problem === "refused");
  teller.move(id, WON);
  await until("it waits", async () =>
    (await teller.rows()).some(({ kind, state }) => kind === "event" && state === "due"),
  );
  expect(teller.names()).toEqual([]);
  const { waiting } = await teller.engaged.admin.get(Stuck, "/api/activity/stuck");
  expect(waiting).toMatchObject([{ on: "customerio_key", reason: expect.stringMatching(/saved again/) }]);

  await connect(teller.engaged.admin, { siteId: teller.engaged.workspace.site_id, trackKey: key });
  await teller.told();
  expect(teller.names("ana@x.test")).toEqual(["deal_created", "deal_stage_changed", "deal_won"]);
  expect(await teller.connection()).toMatchObject({ problem: null });
});

test("what Customer.io does not take of a batch gets stuck with its reason, and the rest is done", async () => {
  const teller = await Teller.open(world, { objectTypeId: "9" });
  const batches = await countedFromNow(customerIoBatchSeconds, { answer: "ok" });
  const ended = {
    sent: await countedFromNow(customerIoWrites, { state: "sent" }),
    stuck: await countedFromNow(customerIoWrites, { state: "stuck" }),
  };
  const id = teller.deal("ana@x.test");
  await teller.told();
  const rows = await teller.rows();
  const taken = world.customerio.control.ledger.entries({ route: BATCH, account: teller.workspace });
  expect([await batches(), await ended.sent(), await ended.stuck()]).toEqual([
    taken.length,
    rows.filter(({ state }) => state === "sent").length,
    1,
  ]);
  expect(teller.names("ana@x.test")).toEqual(["deal_created"]);
  const stuck = () => teller.engaged.admin.get(Stuck, "/api/activity/stuck");
  const { items, total } = await stuck();
  expect(total).toBe(1);
  expect(items).toMatchObject([
    {
      ...{ what: "customerio", text: "object", lead: { id, name: "Roof" }, canRetry: true },
      reason: "identifiers.object_type_id: object type 9 does not exist",
    },
  ]);
  expect(await teller.connection()).toMatchObject({ stuck: 1 });
  expect((await teller.engaged.admin.get(Setup, "/api/setup")).stuck).toMatchObject({ customerio: 1 });

  // Somebody makes the type, and asks to try again.
  while (teller.customerio.workspaces.addObjectType({ workspace: teller.workspace, name: "Deals" }).id !== "9");
  await teller.engaged.admin.ask("/api/activity/retry", { method: "POST", body: { ids: [items[0]!.id] } });
  await teller.told();
  expect(teller.customerio.workspaces.objects({ workspace: teller.workspace })).toMatchObject([
    { typeId: "9", attributes: { deal_id: id } },
  ]);
  expect(await stuck()).toMatchObject({ items: [], total: 0 });
});

test("what is too large for Customer.io gets stuck alone, until something newer fits", async () => {
  const teller = await Teller.open(world);
  const fields = Array.from({ length: 35 }, (_, number) => {
    const name = `Text ${number}`;
    const { id } = teller.control.fields.create({ account: teller.id, entity: "contacts", name, type: "textarea" });
    return { entity: "contact" as const, fieldId: id, attribute: `text_${number}`, type: "text" as const };
  });
  await teller.tellBy({ fields });
  const long = Object.fromEntries(fields.map((_, number) => [`Text ${number}`, "x".repeat(1000)]));
  const id = teller.deal("ana@x.test", { contact: { name: "Ana", email: "ana@x.test", fields: long } });
  await teller.told();
  const stuck = async () => (await teller.rows()).filter(({ state }) => state === "stuck");
  expect(await stuck()).toMatchObject([
    { kind: "person", reason: expect.stringMatching(/larger than the 32000 bytes/) },
  ]);
  expect(teller.names()).toEqual(["deal_created"]);

  teller.editContact(teller.contactOf(id), Object.fromEntries(Object.keys(long).map((name) => [name, null])));
  await teller.told();
  expect(await stuck()).toEqual([]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: id });
});

test("a batch that is not understood as a whole is halved until what spoils it is found", async () => {
  const teller = await Teller.open(world);
  const { key } = teller.customerio.workspaces.replaceKey({ workspace: teller.workspace, kind: "track" });
  for (const name of ["a", "b", "c"]) teller.deal(`${name}@x.test`);
  await until("all wait", async () => (await teller.rows()).filter(({ state }) => state === "due").length === 6);
  fault(teller, { kind: "answer", status: 400, body: { errors: [{ field: "batch", message: "no" }] } }, 2);
  await connect(teller.engaged.admin, { siteId: teller.engaged.workspace.site_id, trackKey: key });
  await teller.told();
  expect((await teller.rows()).map(({ state }) => state)).not.toContain("stuck");
  expect(teller.customerio.faults.list().at(-1)).toMatchObject({ times: 0 });
  expect(teller.names().filter((name) => name === "deal_created")).toHaveLength(3);
});

test("what happens to a person arrives in its order, however fast it happens", async () => {
  const teller = await Teller.open(world);
  fault(teller, { kind: "delay", ms: 300 }, 3);
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  await until("it is known", async () => (await teller.rows()).length > 0);
  for (const stage of [teller.stage(1), teller.stage(2), WON]) teller.move(id, stage);
  await teller.told();
  const moves = teller.events("ana@x.test").filter(({ name }) => name === "deal_stage_changed");
  expect(moves.map(({ attributes }) => attributes.stage_id)).toEqual([teller.stage(1), teller.stage(2), WON]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage_id: WON, deals_won: 1 });
});

test("keys that are saved while a batch with the old ones is under way are used at once", async () => {
  const teller = await Teller.open(world);
  const { key } = teller.customerio.workspaces.replaceKey({ workspace: teller.workspace, kind: "track" });
  // By a key that is void it is not known whose the batch is.
  world.customerio.control.faults.add({ match: { path: BATCH }, times: 1, effect: { kind: "delay", ms: 4_000 } });
  teller.deal("ana@x.test");
  await until("it is under way", async () => {
    const rows = await teller.look(
      `SELECT 1 FROM work WHERE account_id = $1 AND kind = 'customerio_send' AND leased_until > app_now()
          AND EXISTS (SELECT FROM customerio_write w WHERE w.account_id = $1)`,
      [teller.id],
    );
    return rows.length > 0;
  });
  await connect(teller.engaged.admin, { siteId: teller.engaged.workspace.site_id, trackKey: key });
  await teller.told();
  expect(teller.names("ana@x.test")).toEqual(["deal_created"]);
  expect(await teller.connection()).toMatchObject({ problem: null });
});

test("what was put down for keys that were removed goes to nobody when others are saved", async () => {
  const teller = await Teller.open(world);
  fault(teller, { kind: "answer", status: 503, body: {} });
  teller.deal("ana@x.test");
  await until("it waits and nothing more is to be decided", async () => {
    const deciding = "SELECT 1 FROM work WHERE account_id = $1 AND kind = 'customerio_deal' AND state = 'open'";
    return (await teller.rows()).length > 0 && (await teller.look(deciding, [teller.id])).length === 0;
  });
  await teller.engaged.admin.ask("/api/engagement/connection", { method: "DELETE" });
  // As a decision does that was under way.
  const operation = {
    type: "person",
    action: "identify",
    identifiers: { email: "ana@x.test" },
    attributes: { name: "Ana" },
  };
  await teller.look(
    "UPDATE customerio_write SET state = 'due', operation = $2 WHERE account_id = $1 AND kind = 'person'",
    [...[teller.id, operation]],
  );
  const workspace = world.customerio.control.workspaces.create({});
  await connect(teller.engaged.admin, keysOf(world, workspace));
  await teller.ask("customerio_send", teller.id, {}, 3);
  await teller.told();
  expect(world.customerio.control.people.list({ workspace: workspace.id })).toEqual([]);
});
