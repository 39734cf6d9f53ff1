import { Card } from "@dealscope/shared/card";
import {
  FirstTouchReport,
  ForecastReport,
  FunnelReport,
  ReportDeals,
  StageTimesReport,
} from "@dealscope/shared/reports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUYING, buyingAccount, idsOf } from "./reporting-kit.ts";
import { startApiWorld } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

test("deals and their value stand by part of the purchase, whatever its stages are called", async () => {
  const { account, past, admin } = await buyingAccount(world, [...BUYING, "legal_review"]);
  await past.deal({ id: 1, value: 100.5, createdAt: 900 });
  await past.deal({ id: 2, value: 20, createdAt: 900, moves: [[3, 800]] });
  await past.deal({ id: 3, value: 30, createdAt: 900, moves: [[4, 700]] });
  await past.deal({ id: 4, value: 7, createdAt: 900, moves: [[5, 700]] });
  await past.deal({ id: 5, value: 1000, createdAt: 900, moves: [["won", 600]] });
  await past.deal({ id: 6, value: 2000, createdAt: 900, moves: [["lost", 600]] });
  await past.deal({ id: 7, value: 4000, createdAt: 900, gone: true });
  const report = await admin.get(FunnelReport, "/api/reports/funnel");
  expect(report.stages.map(({ buyingStage, deals, value }) => [buyingStage, deals, value])).toEqual([
    ["decision_maker_qualification", 1, 100.5],
    ["technical_validation", 0, 0],
    ["budget_approval", 0, 0],
    ["legal_review", 2, 50],
    ["signing", 0, 0],
    ["other", 1, 7],
  ]);
  expect(report.stages[3]!.parts).toEqual([
    { pipelineId: account.pipelineId, statusId: account.statusIds[3], name: "Legal", deals: 1, value: 20 },
    { pipelineId: account.pipelineId, statusId: account.statusIds[4], name: "Contract law", deals: 1, value: 30 },
  ]);
  expect([report.won, report.lost]).toEqual([
    { deals: 1, value: 1000 },
    { deals: 1, value: 2000 },
  ]);
  const behind = async (part: string) =>
    idsOf(await admin.get(ReportDeals, `/api/reports/deals?report=funnel&part=${part}`));
  expect(await behind("legal_review")).toEqual([2, 3]);
  expect(await behind(`${account.pipelineId}.${account.statusIds[4]}`)).toEqual([3]);
  expect([await behind("other"), await behind("won"), await behind("lost")]).toEqual([[4], [5], [6]]);
});

test("how long deals stay is their median and average, with those that are still there counted to now", async () => {
  const { account, past, admin } = await buyingAccount(world, [null, null, null, "legal_review", "legal_review"]);
  // Two stays of legal review each: 10 and 20 hours, 40 and 100 hours so far.
  const clock = (hour: number) => new Date(Date.parse("2025-10-25T00:00:00Z") + hour * 3_600_000).toISOString();
  await past.deal({
    id: 1,
    createdAt: clock(0),
    in: 0,
    moves: [
      [3, clock(8)],
      [4, clock(18)],
      ["won", clock(38)],
    ],
  });
  await past.deal({
    id: 2,
    createdAt: 200,
    in: 0,
    moves: [
      [3, 140],
      [4, 100],
    ],
  });
  // Never moved, and made straight in a stage.
  await past.deal({ id: 3, createdAt: 30, in: 4 });
  await past.deal({ id: 4, createdAt: 30, in: 4, gone: true });
  const report = await admin.get(StageTimesReport, "/api/reports/stage-times");
  const figures = ({ stays, open, medianHours, averageHours }: StageTimesReport["buyingStages"][number]) => [
    ...[stays, open, Math.round(medianHours), Math.round(averageHours)],
  ];
  expect(
    report.stages.map((stage) => [stage.name, stage.buyingStage, ...figures({ ...stage, buyingStage: "signing" })]),
  ).toEqual([
    ["Meet", null, 2, 0, 34, 34],
    ["Legal", "legal_review", 2, 0, 25, 25],
    ["Contract law", "legal_review", 3, 2, 30, 50],
  ]);
  expect(report.buyingStages.map((stage) => [stage.buyingStage, ...figures(stage)])).toEqual([
    ["legal_review", 5, 2, 30, 40],
  ]);
  // The hour that the clocks of Berlin show twice on 26 October is an hour like any other.
  await past.moveTo("Europe/Berlin");
  const october = await admin.get(StageTimesReport, "/api/reports/stage-times?from=2025-10-25&to=2025-10-26");
  expect(october.stages.map((stage) => [stage.name, stage.stays, stage.averageHours])).toEqual([
    ["Meet", 1, 8],
    ["Legal", 1, 10],
    ["Contract law", 1, 20],
  ]);
  const behind = async (part: string) =>
    idsOf(await admin.get(ReportDeals, `/api/reports/deals?report=stage_times&part=${part}`));
  expect(await behind("legal_review")).toEqual([1, 2, 3]);
  expect(await behind(`${account.pipelineId}.${account.statusIds[3]}`)).toEqual([1, 2]);
});

test("where Kommo's clock is ahead of ours, nothing takes less than no time", async () => {
  const { past, admin } = await buyingAccount(world);
  await past.deal({ id: 1, createdAt: 2, in: 0, moves: [[1, -1]] });
  await past.deal({ id: 2, createdAt: -1 });
  const { stages } = await admin.get(StageTimesReport, "/api/reports/stage-times");
  expect(stages.map(({ name, stays, open, averageHours }) => [name, stays, open, averageHours])).toEqual([
    ["Meet", 2, 1, 1.5],
    ["Try", 1, 1, 0],
  ]);
});

test("a move that is learned late, or corrected, tells the stays anew", async () => {
  const { account, past, admin } = await buyingAccount(world);
  await past.deal({ id: 1, createdAt: 100, moves: [[2, 10]] });
  const stages = async () =>
    (await admin.get(StageTimesReport, "/api/reports/stage-times")).stages.map(({ name, averageHours }) => [
      name,
      Math.round(averageHours),
    ]);
  expect(await stages()).toEqual([
    ["Meet", 90],
    ["Budget", 10],
  ]);
  await past.look(
    `INSERT INTO stage_change (account_id, lead_id, ordinal, from_pipeline_id, from_status_id, to_pipeline_id, to_status_id, at, state)
     VALUES ($1, 1, 0, $2, $3, $2, $4, now() - interval '60 hours', 'confirmed')`,
    [account.accountId, account.pipelineId, past.stage(0), past.stage(1)],
  );
  expect(await stages()).toEqual([
    ["Meet", 40],
    ["Try", 50],
    ["Budget", 10],
  ]);
  await past.look("UPDATE stage_change SET at = now() - interval '30 hours' WHERE account_id = $1 AND ordinal = 1", [
    account.accountId,
  ]);
  expect(await stages()).toEqual([
    ["Meet", 40],
    ["Try", 30],
    ["Budget", 30],
  ]);
});

test("since when a deal stands where it stands is the same on its card, in lists and in exports", async () => {
  const { account, past, admin } = await buyingAccount(world);
  await past.deal({ id: 1, createdAt: 2_400, moves: [[1, 2_000]] });
  await past.deal({ id: 2, createdAt: 1_900 });
  // Its last move was told before it was lost: Kommo itself says when that was.
  await past.deal({ id: 3, createdAt: 2_400, moves: [[1, 2_000]] });
  await past.look(
    "UPDATE lead SET status_id = 143, closed_at = now() - interval '1001 hours' WHERE account_id = $1 AND lead_id = 3",
    [account.accountId],
  );
  const exported = await past.look<{ deal_id: number; days: number }>(
    `SELECT deal_id, floor(extract(epoch FROM now() - in_stage_since) / 86400)::int AS days FROM report_deals
      WHERE account_id = $1 ORDER BY deal_id`,
    [account.accountId],
  );
  const lists = await Promise.all(
    ["other", "decision_maker_qualification", "technical_validation", "lost"].map((part) =>
      admin.get(ReportDeals, `/api/reports/deals?report=funnel&part=${part}`),
    ),
  );
  const listed = lists.flatMap(({ deals }) => deals.map(({ id, daysInStage }) => [id, daysInStage]));
  const cards = await Promise.all([1, 2, 3].map((id) => admin.get(Card, `/api/leads/${id}/card`)));
  const stood = [83, 79, 41];
  expect(exported.map(({ days }) => days)).toEqual(stood);
  expect(listed.sort((a, b) => a[0]! - b[0]!)).toEqual(stood.map((days, at) => [at + 1, days]));
  // A deal that is over does not stand still.
  expect(cards.map(({ committee }) => committee.standstill?.days ?? null)).toEqual([83, 79, null]);
});

test("what was to be expected of each month stands beside what came of it, without knowing it beforehand", async () => {
  const { past, admin } = await buyingAccount(world);
  await past.set({
    committee: {
      roles: [
        { key: "decision_maker", name: "Decision maker", weight: 60, probability: 50, decides: true },
        { key: "lawyer", name: "Lawyer", weight: 40, probability: 50 },
        { key: "blocker", name: "Blocker", weight: 80, probability: 5, opposes: true },
      ],
    },
  });
  const dec = "2024-12-10T00:00:00Z";
  // Closed before January from "Meet": one won, one lost, and one won from "Try" as well.
  await past.deal({ id: 1, value: 1, createdAt: dec, moves: [["won", "2024-12-20T00:00:00Z"]] });
  await past.deal({ id: 2, value: 1, createdAt: dec, moves: [["lost", "2024-12-21T00:00:00Z"]] });
  await past.deal({
    id: 3,
    value: 1,
    createdAt: dec,
    moves: [
      [1, "2024-12-15T00:00:00Z"],
      ["won", "2024-12-22T00:00:00Z"],
    ],
  });
  // Open in January: in "Meet" and in "Try". The first is lost in January, the other won in February.
  await past.deal({ id: 4, value: 1000, createdAt: dec, moves: [["lost", "2025-01-31T23:30:00Z"]] });
  await past.deal({
    id: 5,
    value: 600,
    createdAt: dec,
    moves: [
      [1, "2024-12-16T00:00:00Z"],
      ["won", "2025-02-10T00:00:00Z"],
    ],
  });
  // Comes in and is won within January.
  await past.deal({ id: 6, value: 50, createdAt: "2025-01-05T00:00:00Z", moves: [["won", "2025-01-06T00:00:00Z"]] });
  await past.said(
    4,
    [11, "role", "decision_maker", "2024-12-11T00:00:00Z"],
    [12, "role", "blocker", "2024-12-12T00:00:00Z"],
  );
  await past.said(5, [11, "role", "lawyer", "2025-01-11T00:00:00Z"]);
  const { months, today, rates } = await admin.get(
    ForecastReport,
    "/api/reports/forecast?from=2025-01-01&to=2025-02-28",
  );
  expect(months).toEqual([
    {
      month: "2025-01",
      open: { deals: 2, value: 1600 },
      // (2 + 1) of (3 + 2) from "Meet", (1 + 1) of (1 + 2) from "Try".
      byStage: 1000,
      byCoverage: 600,
      won: { deals: 1, value: 50 },
      became: { won: 600, lost: 1000, open: 0 },
    },
    {
      month: "2025-02",
      open: { deals: 1, value: 600 },
      byStage: 400,
      byCoverage: 240,
      won: { deals: 1, value: 600 },
      became: { won: 600, lost: 0, open: 0 },
    },
  ]);
  expect(today).toEqual({ open: { deals: 0, value: 0 }, byStage: 0, byCoverage: 0 });
  expect(rates.map(({ name, rate, closed }) => [name, rate, closed])).toEqual([
    ["Meet", 62.5, 6],
    ["Try", 75, 2],
  ]);
  // In Berlin deal 4 was lost in February.
  await past.moveTo("Europe/Berlin");
  const there = await admin.get(ForecastReport, "/api/reports/forecast?from=2025-02-01&to=2025-02-28");
  expect(there.months[0]).toMatchObject({ open: { deals: 2, value: 1600 }, became: { won: 600, lost: 1000, open: 0 } });
  const behind = async (part: string) =>
    idsOf(await admin.get(ReportDeals, `/api/reports/deals?report=forecast&part=${part}`));
  expect([await behind("2025-02.open"), await behind("2025-02.won"), await behind("2025-01.won")]).toEqual([
    [4, 5],
    [5],
    [6],
  ]);
});

test("how long clients of each segment wait for our first message is counted since we are connected", async () => {
  const { account, past, admin } = await buyingAccount(world);
  await past.look("UPDATE account SET connected_at = now() - interval '500 hours' WHERE account_id = $1", [
    account.accountId,
  ]);
  await past.deal({ id: 1, createdAt: 100, touchedAt: 99, segment: "hot" });
  await past.deal({ id: 2, createdAt: 100, touchedAt: 97, segment: "hot" });
  await past.deal({ id: 3, createdAt: 100, touchedAt: 90, segment: "hot" });
  await past.deal({ id: 4, createdAt: 100, segment: "hot" });
  await past.deal({ id: 5, createdAt: 100, segment: "cold", moves: [["lost", 50]] });
  await past.deal({ id: 6, createdAt: 100, touchedAt: 101 });
  await past.deal({ id: 7, createdAt: 501, segment: "hot" });
  const { segments } = await admin.get(FirstTouchReport, "/api/reports/first-touch");
  expect(
    segments.map((row) => [row.segment?.name ?? null, row.leads, row.touched, row.waiting, row.medianMinutes]),
  ).toEqual([
    ["Hot", 4, 3, 1, 180],
    ["Cold", 1, 0, 0, null],
    [null, 1, 1, 0, 0],
  ]);
  expect(Math.round(segments[0]!.averageMinutes!)).toBe(280);
  const behind = async (part: string) =>
    idsOf(await admin.get(ReportDeals, `/api/reports/deals?report=first_touch&part=${part}`));
  expect([await behind("hot.touched"), await behind("hot.waiting"), await behind(".touched")]).toEqual([
    [1, 2, 3],
    [4],
    [6],
  ]);
});
