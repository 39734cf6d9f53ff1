import { Card } from "@dealscope/shared/card";
import { ForecastReport, StageTimesReport, StalledReport } from "@dealscope/shared/reports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Gated, LAWYER } from "./gates.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
  // Kommo's clock goes behind ours, so that it can be put forward.
  world.kommo.control.clock.advance({ seconds: -90 });
});
afterAll(() => world?.stop());

/** A gate on the second stage, and a deal that has stood before it for six weeks. */
async function standing() {
  const gated = await Gated.open(world);
  const { id } = await gated.deal();
  await gated.quiet();
  await moved(gated, id, null, 0, "42 days 1 hour");
  const admin = await Browser.open(world, gated.account.id, gated.account.installed.adminId);
  return { gated, id, admin };
}

/** A move of long ago. */
async function moved(gated: Gated, id: number, from: number | null, to: number, ago: string) {
  await gated.account.look(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state)
     SELECT $1, $2, coalesce(max(ordinal), 0) + 1, $3, $4, $3, $5, now() - $6::interval, 'confirmed'
       FROM stage_change WHERE account_id = $1 AND lead_id = $2`,
    [gated.account.id, id, gated.pipelineId, from === null ? null : gated.stage(from), gated.stage(to), ago],
  );
}

async function tells(gated: Gated, id: number, moves: number) {
  await until(`${moves} moves are told`, async () => (await movesOf(gated, id)) === moves);
  await gated.quiet();
}

async function movesOf({ account }: Gated, id: number): Promise<number> {
  const rows = await account.look("SELECT FROM stage_change WHERE account_id = $1 AND lead_id = $2", [account.id, id]);
  return rows.length;
}

/** What reports and the card know of a deal's standing: days without a move, and the stages in which it stood. */
async function told(gated: Gated, id: number, admin: Browser) {
  const stalled = await admin.get(StalledReport, "/api/reports/stalled");
  const times = await admin.get(StageTimesReport, "/api/reports/stage-times");
  const { rates } = await admin.get(ForecastReport, "/api/reports/forecast");
  const card = await admin.get(Card, `/api/leads/${id}/card`);
  const places = (stages: readonly { statusId: number }[]) =>
    stages.map(({ statusId }) => gated.stages.indexOf(statusId));
  return {
    stalled: stalled.deals.map((deal) => [deal.id, deal.daysInStage]),
    card: card.committee.standstill?.days ?? null,
    stood: places(times.stages),
    weighed: places(rates),
  };
}

const UNTOUCHED = (id: number) => ({ stalled: [[id, 42]], card: 42, stood: [0], weighed: [0] });

test("a deal that a gate sends back has stood still where it was, and never in the refused stage", async () => {
  const { gated, id, admin } = await standing();
  expect(await told(gated, id, admin)).toEqual(UNTOUCHED(id));
  gated.move(id, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  await tells(gated, id, 3);
  expect(await told(gated, id, admin)).toEqual(UNTOUCHED(id));
  // Once it may, it moves: what stood still is over, and the stage is one it stands in. Within ten seconds it would be
  // taken for the same move told twice, until Kommo's log of events is read.
  gated.account.control.clock.advance({ seconds: 11 });
  await gated.approve(id);
  await gated.standsIn(id, 1);
  await tells(gated, id, 4);
  expect(await told(gated, id, admin)).toEqual({ stalled: [], card: null, stood: [0, 1], weighed: [0, 1] });
});

test("when a gate looks before anybody has told of the move, and the way back is told late, it is the same", async () => {
  const { gated, id, admin } = await standing();
  gated.account.control.hooks.weather({ account: gated.account.id, dropRate: 1 });
  gated.move(id, 1);
  await gated.account.ask("gate", id, {}, 1);
  await gated.held(id);
  await gated.standsIn(id, 0);
  expect(await told(gated, id, admin)).toEqual(UNTOUCHED(id));
  await gated.account.ask("scan", gated.account.id, {}, 4);
  await tells(gated, id, 3);
  expect(await told(gated, id, admin)).toEqual(UNTOUCHED(id));
});

test("ten refused drags into legal review do not shorten how long legal review takes", async () => {
  const { gated, id, admin } = await standing();
  await gated.setRules({ stages: [gated.rule(1, { requiredApprovals: [LAWYER], buyingStage: "legal_review" })] });
  const { id: other } = await gated.deal(2);
  await moved(gated, other, null, 1, "50 hours");
  await moved(gated, other, 1, 2, "10 hours");
  for (let times = 0; times < 10; times++) {
    gated.move(id, 1);
    await gated.standsIn(id, 0);
  }
  await gated.account.ask("scan", gated.account.id, {}, 4);
  await tells(gated, id, 21);
  const { buyingStages } = await admin.get(StageTimesReport, "/api/reports/stage-times");
  expect(buyingStages).toMatchObject([{ buyingStage: "legal_review", stays: 1, medianHours: 40 }]);
  expect(await told(gated, id, admin)).toMatchObject({ stalled: [[id, 42]], card: 42 });
});

const FACTS = {
  drag: { table: "stage_change", from: 10, to: 11, at: "2026-03-02T10:00:00Z" },
  through: { table: "stage_change", from: 11, to: 12, at: "2026-03-02T10:00:05Z" },
  refused: { table: "refused_move", from: 12, to: 10, at: "2026-03-02T10:00:05Z" },
  back: { table: "stage_change", from: 12, to: 10, at: "2026-03-02T10:00:07Z" },
};
type Fact = keyof typeof FACTS;

const orders = (facts: readonly Fact[]): Fact[][] =>
  facts.length < 2
    ? [[...facts]]
    : facts.flatMap((first) => orders(facts.filter((one) => one !== first)).map((rest) => [first, ...rest]));

test("in whatever order moves, their refusal and the way back are told, the deal has never left", async () => {
  const { id: account } = (await Gated.open(world)).account;
  const tell = (lead: number, { table, from, to, at }: (typeof FACTS)[Fact]) =>
    world.database.look(
      table === "refused_move"
        ? `INSERT INTO refused_move (account_id, lead_id, pipeline_id, status_id, from_pipeline_id, from_status_id, seen_at)
           VALUES ($1, $2, 1, $3, 1, $4, $5)`
        : `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state)
           SELECT $1, $2, count(*), 1, $3, 1, $4, $5, 'confirmed' FROM stage_change WHERE account_id = $1 AND lead_id = $2`,
      [account, lead, from, to, at],
    );
  const all = orders(["drag", "through", "refused", "back"]);
  for (const [lead, order] of all.entries()) for (const fact of order) await tell(lead, FACTS[fact]);
  const rows = await world.database.look<{ lead_id: number; status_id: number; was: boolean }>(
    `SELECT lead_id, status_id, entered_at IS NULL AND left_at IS NULL AS was FROM stage_stay
      WHERE account_id = $1 ORDER BY lead_id`,
    [account],
  );
  expect(rows).toEqual(all.map((_, lead) => ({ lead_id: lead, status_id: 10, was: true })));
});
