import { Card, Pending } from "@dealscope/shared/card";
import { LOST, WON } from "@dealscope/shared/stage-ref";
import { afterAll, beforeAll, expect, test } from "vitest";
import { texts } from "./account.ts";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

test("a new deal is told with its attributes and one event", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { price: 1200 });
  await teller.told();
  const { status_id } = teller.lead(id);
  expect(teller.attributes("ana@x.test")).toMatchObject({
    name: "Ana Ruiz",
    kommo_contact_id: teller.contactOf(id),
    deal_id: id,
    deal_name: "Roof",
    deal_price: 1200,
    deal_status: "open",
    deal_stage: teller.nameOf(status_id),
    deal_stage_id: status_id,
    deal_pipeline_id: teller.installed.pipelineId,
    deals_open: 1,
    deals_won: 0,
    deals_lost: 0,
    deals_won_value: 0,
  });
  expect(teller.events("ana@x.test")).toMatchObject([
    { name: "deal_created", attributes: { deal_id: id, price: 1200, stage: teller.nameOf(status_id) } },
  ]);
});

test("a move is told with the names and ids of both stages, as the account calls them", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  await teller.told();
  teller.move(id, teller.stage(1));
  await teller.told();
  expect(teller.events("ana@x.test").at(-1)).toMatchObject({
    name: "deal_stage_changed",
    attributes: {
      deal_id: id,
      stage: teller.nameOf(teller.stage(1)),
      stage_id: teller.stage(1),
      from_stage: teller.nameOf(teller.stage(0)),
      from_stage_id: teller.stage(0),
      pipeline_id: teller.installed.pipelineId,
    },
  });
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage: teller.nameOf(teller.stage(1)) });
});

test("a stage that was made after the account was looked at is told by its name", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  const token = teller.control.oauth.longLivedToken({ account: teller.id }).access_token;
  const answer = await fetch(`${world.kommo.origin}/api/v4/leads/pipelines/${teller.installed.pipelineId}/statuses`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify([{ name: "Signing", sort: 900 }]),
  });
  const made = (await answer.json()) as { _embedded: { statuses: { id: number }[] } };
  teller.move(id, made._embedded.statuses[0]!.id);
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage: "Signing" });
  expect(teller.events("ana@x.test").at(-1)).toMatchObject({ attributes: { stage: "Signing" } });
});

test("value, owner and name change attributes and start nothing", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { price: 100 });
  await teller.told();
  const owner = teller.control.accounts.addUser({ account: teller.id, name: "Robin Fox" });
  await teller.look(
    "INSERT INTO kommo_user (account_id, user_id, name, is_admin, is_active, rights) VALUES ($1, $2, $3, false, true, '{}')",
    [...[teller.id, owner.id, "Robin Fox"]],
  );
  teller.edit(id, { price: 2500, name: "Roof and windows", responsible_user_id: owner.id });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({
    deal_price: 2500,
    deal_name: "Roof and windows",
    deal_owner: "Robin Fox",
  });
  expect(teller.names()).toEqual(["deal_created"]);
});

test("a role is told as an attribute of the deal", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test");
  await teller.told();
  const path = `/api/leads/${id}/committee/members/${teller.contactOf(id)}`;
  await teller.engaged.admin.send(Card, path, { method: "PUT", body: { role: "decision_maker" } });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_role: "decision_maker" });
  await teller.engaged.admin.send(Card, path, { method: "PUT", body: { role: null } });
  await teller.told();
  expect(teller.attributes("ana@x.test")).not.toHaveProperty("deal_role");
  expect(teller.names()).toEqual(["deal_created"]);
});

test("a verdict is told once as an event, and a person's word against it as another", async () => {
  const teller = await Teller.open(world, {}, { triggers: { onContentChange: false } });
  const id = teller.deal("ana@x.test", { note: texts.hot });
  await teller.written(id);
  await teller.told();
  const [verdict] = await teller.verdicts(id);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_segment: "hot", deal_score: verdict!.score });
  const qualified = () => teller.events("ana@x.test").filter(({ name }) => name === "lead_qualified");
  expect(qualified()).toMatchObject([{ attributes: { deal_id: id, segment: "hot", score: verdict!.score } }]);

  await teller.engaged.admin.send(Pending, `/api/leads/${id}/requalify`, {});
  await until("it is judged again", async () => (await teller.verdicts(id)).length === 2);
  await teller.told();
  expect(qualified()).toHaveLength(1);

  const body = { segment: "cold", score: null, reason: "They have no money", expiresAt: null };
  await teller.engaged.admin.send(Card, `/api/leads/${id}/override`, { body });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_segment: "cold" });
  expect(qualified().at(-1)).toMatchObject({ attributes: { segment: "cold" } });

  await teller.engaged.admin.send(Card, `/api/leads/${id}/override`, { method: "DELETE" });
  await teller.told();
  expect(qualified().map(({ attributes }) => attributes.segment)).toEqual(["hot", "cold", "hot"]);
});

test.each([
  ["won", WON, "deal_won", { deals_won: 1, deals_won_value: 900 }],
  ["lost", LOST, "deal_lost", { deals_lost: 1, deals_won_value: 0 }],
])("a deal that is %s is told as a move and as its outcome", async (status, stage, name, sums) => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { price: 900 });
  await teller.told();
  teller.move(id, stage);
  await teller.told();
  expect(teller.names("ana@x.test")).toEqual(["deal_created", "deal_stage_changed", name]);
  expect(teller.events().at(-1)).toMatchObject({
    attributes: { status, stage_id: stage, stage: teller.nameOf(stage) },
  });
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_status: status, deals_open: 0, ...sums });
});

test("only the events that were chosen are sent", async () => {
  const teller = await Teller.open(world, { events: ["deal_won"] });
  const id = teller.deal("ana@x.test");
  await teller.told();
  teller.move(id, WON);
  await teller.told();
  expect(teller.names()).toEqual(["deal_won"]);
});

test("a deal that was made without anybody is told to whoever comes soon after", async () => {
  const teller = await Teller.open(world);
  const id = teller.create({ name: "Roof" });
  await teller.told();
  expect(teller.people().size).toBe(0);
  teller.control.leads.addContact({ account: teller.id, id, name: "Ana", email: "ana@x.test", is_main: true });
  // No webhook tells of a link: the next thing that happens to the deal brings it up.
  teller.edit(id, { price: 10 });
  await teller.told();
  expect(teller.names("ana@x.test")).toEqual(["deal_created"]);
});

test("what happened before deals were told is told to nobody, and what is worth knowing of it is", async () => {
  const teller = await Teller.open(world, { isOn: false });
  const id = teller.deal("ana@x.test");
  teller.move(id, teller.stage(1));
  await teller.told();
  expect(teller.people().size).toBe(0);
  await teller.look(
    "UPDATE customerio_connection SET told_from = app_now() + interval '2 seconds' WHERE account_id = $1",
    [teller.id],
  );
  await teller.tellBy();
  teller.edit(id, { price: 10 });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_id: id, deal_price: 10 });
  expect(teller.names()).toEqual([]);
});

test("in a dry run nothing is sent", async () => {
  const teller = await Teller.open(world, {}, { dryRun: true });
  teller.deal("ana@x.test");
  await teller.told();
  expect(teller.people().size).toBe(0);
});

test("a contact without an address is told of by nobody, and keeps nobody else from it", async () => {
  const teller = await Teller.open(world, { speaksFor: { who: "all" } });
  const id = teller.deal("ana@x.test");
  teller.control.leads.addContact({ account: teller.id, id, name: "No address" });
  teller.edit(id, { price: 10 });
  await teller.told();
  expect([...teller.people().keys()]).toEqual(["ana@x.test"]);
});
