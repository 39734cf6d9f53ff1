import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

test("a new deal is told with its attributes and one event", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { price: 1200 });
  await teller.told();
  expect(teller.attributes("ana@x.test")).toMatchObject({
    name: "Ana Ruiz",
    kommo_contact_id: teller.contactOf(id),
    deal_id: id,
    deal_name: "Roof",
    deal_price: 1200,
    deal_status: "open",
    deal_stage: teller.nameOf(teller.lead(id).status_id),
    deal_stage_id: teller.lead(id).status_id,
    deal_pipeline_id: teller.installed.pipelineId,
    deals_open: 1,
    deals_won: 0,
    deals_won_value: 0,
  });
  expect(teller.events("ana@x.test")).toMatchObject([
    { name: "deal_created", attributes: { deal_id: id, price: 1200 } },
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
