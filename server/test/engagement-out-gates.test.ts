import { afterAll, beforeAll, expect, test } from "vitest";
import { type EngagementWorld, startEngagementWorld } from "./engagement-kit.ts";
import { Teller } from "./engagement-out-kit.ts";
import { until } from "./world.ts";

let world: EngagementWorld;
beforeAll(async () => {
  world = await startEngagementWorld();
});
afterAll(() => world?.stop());

/** Deals come into the second stage only with the lawyer's approval. */
async function gated() {
  const teller = await Teller.open(world);
  const rule = {
    ...{ statusId: teller.stage(1), buyingStage: null, minCoverage: null },
    ...{ requiredRoles: [], requiredApprovals: ["lawyer"], wantedRoles: [], requiredFieldIds: [] },
  };
  const pipeline = {
    ...{ pipelineId: teller.installed.pipelineId, isOn: true, stages: [rule] },
    ...{ noSkipping: false, noMovingBack: false, overrulerIds: [], nativeLock: false },
  };
  await teller.tellBy({}, { gates: { pipelines: [pipeline] } });
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  await teller.told();
  return { teller, id };
}

const isIn = (teller: Teller, id: number, place: number) =>
  until(`the deal is in stage ${place}`, () => teller.lead(id).status_id === teller.stage(place));

test("a move that a gate does not let stand starts nothing and shows nowhere", async () => {
  const { teller, id } = await gated();
  teller.move(id, teller.stage(1));
  await until("it is held", async () => (await teller.look("SELECT 1 FROM hold WHERE lead_id = $1", [id])).length > 0);
  await isIn(teller, id, 0);
  await teller.told();
  expect(teller.names()).toEqual(["deal_created"]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage_id: teller.stage(0) });
  const rows = await teller.rows();
  expect(rows.filter(({ kind }) => kind === "person")).toHaveLength(1);
});

test("while a gate looks at a deal nothing of it is told", async () => {
  const teller = await Teller.open(world);
  const id = teller.deal("ana@x.test", { status_id: teller.stage(0) });
  await teller.told();
  await teller.look(
    `INSERT INTO work (account_id, kind, subject, priority, due_at, lease_token, leased_until)
     VALUES ($1, 'gate', $2, 1, app_now(), gen_random_uuid(), app_now() + interval '1 hour')`,
    [teller.id, id],
  );
  teller.move(id, teller.stage(1));
  await until("it is waited for", async () => {
    const rows = await teller.look(
      "SELECT 1 FROM work WHERE kind = 'customerio_deal' AND subject = $1 AND last_error LIKE 'A gate%'",
      [id],
    );
    return rows.length > 0;
  });
  expect(teller.names()).toEqual(["deal_created"]);
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage_id: teller.stage(0) });
  await teller.look("UPDATE work SET leased_until = app_now() WHERE kind = 'gate' AND subject = $1", [id]);
  teller.ring();
  await teller.told();
  expect(teller.names()).toEqual(["deal_created", "deal_stage_changed"]);
});

test("the same move is told when it may stand", async () => {
  const { teller, id } = await gated();
  teller.move(id, teller.stage(1));
  await until("it is held", async () => (await teller.look("SELECT 1 FROM hold WHERE lead_id = $1", [id])).length > 0);
  await isIn(teller, id, 0);
  await teller.told();
  // Somebody needs more than seconds to approve: the same move, told again within ten of them or in the very words, is none.
  teller.control.clock.advance({ seconds: 2 });
  await teller.look("UPDATE stage_change SET at = at - interval '1 minute' WHERE lead_id = $1", [id]);
  await teller.look("UPDATE refused_move SET seen_at = seen_at - interval '1 minute' WHERE lead_id = $1", [id]);
  const path = `/api/leads/${id}/committee/members/${teller.contactOf(id)}`;
  await teller.engaged.admin.ask(path, { method: "PUT", body: { role: "lawyer" } });
  await teller.engaged.admin.ask(`${path}/approval`, { method: "PUT", body: { approval: "approved" } });
  await isIn(teller, id, 1);
  await until("it is told", () => teller.names().includes("deal_stage_changed"));
  await teller.told();
  expect(teller.names()).toEqual(["deal_created", "deal_stage_changed"]);
  expect(teller.events().at(-1)).toMatchObject({
    attributes: { stage_id: teller.stage(1), from_stage_id: teller.stage(0) },
  });
});

test("a move to where no rule asks for anything is told in a pipeline with rules, too", async () => {
  const { teller, id } = await gated();
  teller.move(id, teller.stage(2));
  await until("it is told", () => teller.names().includes("deal_stage_changed"));
  expect(teller.attributes("ana@x.test")).toMatchObject({ deal_stage_id: teller.stage(2) });
});

test("that a deal was made is told once it stands where it may, however long it stood elsewhere", async () => {
  const teller = await Teller.open(world);
  const faults = world.kommo.control.faults;
  faults.add({
    match: { account: teller.id, path: "/api/v4/leads" },
    effect: { kind: "answer", status: 503, body: {} },
  });
  const id = teller.deal("ana@x.test", { status_id: teller.stage(1) });
  const waits = async () =>
    (await teller.look("SELECT 1 FROM work WHERE kind = 'customerio_deal' AND subject = $1 AND waits > 0", [id]))
      .length;
  await until("it waits for Kommo", async () => (await waits()) > 0);
  // As a gate leaves it that cannot send the deal back.
  const place = [teller.id, id, teller.installed.pipelineId, teller.stage(0), teller.stage(1)];
  await teller.look(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state)
     VALUES ($1, $2, 1, $3, $4, $3, $5, date_trunc('second', app_now()) - interval '1 minute', 'provisional')`,
    place,
  );
  await teller.look(
    `INSERT INTO refused_move (account_id, lead_id, pipeline_id, status_id, from_pipeline_id, from_status_id, seen_at)
     VALUES ($1, $2, $3, $5, $3, $4, app_now())`,
    place,
  );
  await teller.look("UPDATE work SET first_event_at = app_now() - interval '1 hour' WHERE subject = $1", [id]);
  faults.clear();
  await teller.hurry("work");
  await teller.told();
  expect(teller.names()).toEqual([]);
  teller.move(id, teller.stage(2));
  await teller.told();
  expect(teller.names("ana@x.test")).toContain("deal_created");
});
