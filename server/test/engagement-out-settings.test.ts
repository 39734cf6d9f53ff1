import { AccountSettings } from "@dealscope/shared/account-settings";
import { ApiError } from "@dealscope/shared/api-error";
import { Lists } from "@dealscope/shared/lists";
import type { Settings } from "@dealscope/shared/settings";
import { WON } from "@dealscope/shared/stage-ref";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { PersonErasure } from "../src/operations/person-erasure.ts";
import { connect, type EngagementWorld, engage, keysOf, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

const SETTINGS = "/api/settings";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
beforeEach(() => world.customerio.control.faults.clear());
afterAll(() => world?.stop());

async function save(
  { engaged: { admin } }: Teller,
  change: (engagement: Settings["engagement"], all: Settings) => void,
) {
  const { version, settings } = await admin.get(AccountSettings, SETTINGS);
  change(settings.engagement, settings);
  return admin.ask(SETTINGS, { method: "PUT", body: { version, settings } });
}

/** An account whose fields are known, as they are when somebody has the settings open. */
async function withLists() {
  const teller = await Teller.open(world);
  const make = (entity: "leads" | "contacts", name: string, type: string) =>
    teller.control.fields.create({ account: teller.id, entity, name, type }).id;
  const ids = {
    area: make("leads", "Area", "numeric"),
    box: make("contacts", "No mails", "checkbox"),
    city: make("contacts", "City", "text"),
  };
  teller.customerio.workspaces.addObjectType({ workspace: teller.workspace, name: "Deals" });
  await teller.engaged.admin.get(Lists, "/api/lists");
  await teller.engaged.admin.ask("/api/engagement/object-types");
  return { teller, ids };
}

type Change = (engagement: Settings["engagement"], ids: Record<"area" | "box" | "city", number>) => void;

test.each<[string, Change, string, RegExp]>([
  [
    "a field that leads do not have",
    (one) => one.fields.push({ entity: "lead", fieldId: 77, attribute: "x", type: "text" }),
    "fields.0.fieldId",
    /^There is no field 77 of leads in this account\.$/,
  ],
  [
    "a field of leads taken for one of contacts",
    (one, { area }) => one.fields.push({ entity: "contact", fieldId: area, attribute: "x", type: "text" }),
    "fields.0.fieldId",
    /^There is no field \d+ of contacts in this account\.$/,
  ],
  [
    "a role that the account does not have",
    (one) => Object.assign(one, { speaksFor: { who: "roles", roles: ["lawyer", "wizard"] } }),
    "speaksFor.roles.1",
    /^Deals speak for the role wizard, which this account does not have\.$/,
  ],
  [
    "an identifying field that is not there",
    (one) => Object.assign(one, { identifier: { by: "field", fieldId: 78 } }),
    "identifier.fieldId",
    /^There is no field 78 of contacts/,
  ],
  [
    "a box that is none",
    (one, { city }) => Object.assign(one, { optOutFieldId: city }),
    "optOutFieldId",
    /^The field City is no checkbox/,
  ],
  [
    "a box that is not there",
    (one) => Object.assign(one, { optOutFieldId: 79 }),
    "optOutFieldId",
    /^There is no field 79 of contacts/,
  ],
  [
    "an object type that the workspace does not have",
    (one) => Object.assign(one, { objectTypeId: "9" }),
    "objectTypeId",
    /^The workspace in Customer\.io has no object type 9\.$/,
  ],
  [
    "a stage that is not there for who unsubscribes",
    (one) => Object.assign(one.effects.unsubscribe, { moveTo: { pipelineId: 5, statusId: 6 } }),
    "effects.unsubscribe.moveTo",
    /^There is no stage 6 in the pipeline 5\.$/,
  ],
])("settings with %s are refused in one sentence", async (_, change, path, message) => {
  const { teller, ids } = await withLists();
  const answer = await save(teller, (engagement) => change(engagement, ids));
  expect(answer.status).toBe(400);
  expect(ApiError.parse(answer.body).error.issues).toEqual([
    expect.objectContaining({ path: `settings.engagement.${path}`, message: expect.stringMatching(message) }),
  ]);
});

test("what is there is taken, and what was deleted since does not keep other settings from being saved", async () => {
  const { teller, ids } = await withLists();
  const first = await save(teller, (engagement) => {
    engagement.fields.push({ entity: "lead", fieldId: ids.area, attribute: "area", type: "number" });
    Object.assign(engagement, {
      optOutFieldId: ids.box,
      objectTypeId: "1",
      identifier: { by: "field", fieldId: ids.city },
    });
  });
  expect(first.status).toBe(200);
  for (const [entity, id] of [
    ["leads", ids.area],
    ["contacts", ids.box],
    ["contacts", ids.city],
  ] as const)
    teller.control.fields.remove({ account: teller.id, entity, id });
  await teller.ask("provision", teller.id);
  await until("it is seen", async () => {
    const [row] = await teller.look<{ there: boolean }>(
      "SELECT provisioned::text LIKE '%\"Area\"%' AS there FROM account WHERE account_id = $1",
      [teller.id],
    );
    return !row!.there;
  });
  expect((await save(teller, (_, all) => Object.assign(all, { taskWhenManual: true }))).status).toBe(200);
});

test("what waits when telling is switched off is never sent, and people are told anew when it is on again", async () => {
  const teller = await Teller.open(world);
  world.customerio.control.faults.add({
    match: { account: teller.workspace },
    effect: { kind: "answer", status: 503, body: {} },
  });
  const id = teller.deal("ana@x.test");
  await until("it waits", async () => (await teller.rows()).length === 2);
  expect((await save(teller, (engagement) => Object.assign(engagement, { isOn: false }))).status).toBe(200);
  world.customerio.control.faults.clear();
  await teller.hurry("work");
  await teller.told();
  expect(teller.people().size).toBe(0);

  expect((await save(teller, (engagement) => Object.assign(engagement, { isOn: true }))).status).toBe(200);
  teller.edit(id, { price: 5 });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: id, deal_price: 5 });
  expect(teller.names()).toEqual([]);
});

test("moves from while telling was off start nothing once it is on again", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  await save(teller, (engagement) => Object.assign(engagement, { isOn: false }));
  teller.move(id, teller.stage(2));
  await teller.told();
  await until("another second has begun", async () => {
    const [row] = await teller.look<{ past: boolean }>(
      "SELECT bool_and(at < date_trunc('second', app_now())) AS past FROM stage_change WHERE lead_id = $1",
      [id],
    );
    return row!.past;
  });
  await save(teller, (engagement) => Object.assign(engagement, { isOn: true }));
  teller.edit(id, { price: 5 });
  await teller.told();
  expect(teller.names()).toEqual(["deal_created"]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage_id: teller.stage(2) });
});

test("in another workspace everybody is told of anew, and nothing that waited for the old one goes there", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  const other = await engage(world);
  await connect(teller.engaged.admin, keysOf(world, other.workspace));
  teller.move(id, WON);
  await teller.told();
  const [ana] = teller.customerio.people.list({ workspace: other.workspace.id });
  expect(ana).toMatchObject({ email: "ana@x.test", attributes: { deal_id: id, name: "Ana Ruiz", deal_status: "won" } });
  expect(teller.names()).toEqual(["deal_created"]);
});

test("of a person who is erased nothing is left that was to be told", async () => {
  const teller = await Teller.open(world);
  world.customerio.control.faults.add({
    match: { account: teller.workspace },
    effect: { kind: "answer", status: 503, body: {} },
  });
  const id = teller.deal("ana@x.test");
  await until("it waits", async () => (await teller.rows()).length === 2);
  await world.server.app.get(PersonErasure).erase(teller.id, teller.contactOf(id));
  const left = await teller.look<{ row: string }>(
    `SELECT p::text AS row FROM customerio_person p WHERE account_id = $1
      UNION ALL SELECT w::text FROM customerio_write w WHERE account_id = $1
      UNION ALL SELECT d::text FROM customerio_deal d WHERE account_id = $1`,
    [teller.id],
  );
  expect(left.map(({ row }) => row).join()).not.toMatch(/ana@x\.test|Ana Ruiz/);
  expect((await teller.rows()).map(({ state }) => state)).toEqual(["dropped", "dropped"]);
});
