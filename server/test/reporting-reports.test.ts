import { Card } from "@dealscope/shared/card";
import {
  DecisionMakersReport,
  FirstTouchReport,
  ForecastReport,
  FunnelReport,
  GatesReport,
  ReportDeals,
  StageTimesReport,
  StalledReport,
} from "@dealscope/shared/reports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Past } from "./reporting-kit.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

const BUYING = ["decision_maker_qualification", "technical_validation", "budget_approval", "legal_review"] as const;

/** An account whose first stages are parts of a purchase, in this order; the pipeline needs six for it. */
async function newAccount(mapped: readonly (string | null)[] = BUYING) {
  const stages = ["Meet", "Try", "Budget", "Legal", "Contract law", "Sign"];
  const account = await world.install({ pipelines: [{ name: "Sales", is_main: true, stages }] });
  const past = new Past(world, account);
  const rules = mapped.map((buyingStage, place) => ({ statusId: account.statusIds[place], buyingStage }));
  await past.set({ gates: { pipelines: [{ pipelineId: account.pipelineId, stages: rules }] } });
  const admin = await Browser.open(world, account.accountId, account.adminId);
  return { account, past, admin };
}

const ids = ({ deals }: ReportDeals) => deals.map(({ id }) => id).sort((a, b) => a - b);

test("deals and their value stand by part of the purchase, whatever its stages are called", async () => {
  const { account, past, admin } = await newAccount([...BUYING, "legal_review"]);
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
    ids(await admin.get(ReportDeals, `/api/reports/deals?report=funnel&part=${part}`));
  expect(await behind("legal_review")).toEqual([2, 3]);
  expect(await behind(`${account.pipelineId}.${account.statusIds[4]}`)).toEqual([3]);
  expect([await behind("other"), await behind("won"), await behind("lost")]).toEqual([[4], [5], [6]]);
});

test.each([
  ["UTC", { "2025-03-29": 1, "2025-03-30": 3, "2025-03-31": 0 }],
  // Summer time begins on the 30th: the day has 23 hours, from 23:00 to 22:00 of UTC.
  ["Europe/Berlin", { "2025-03-29": 0, "2025-03-30": 2, "2025-03-31": 2 }],
  ["America/New_York", { "2025-03-29": 1, "2025-03-30": 3, "2025-03-31": 0 }],
  ["Pacific/Auckland", { "2025-03-29": 0, "2025-03-30": 1, "2025-03-31": 3 }],
  // Kommo said something that is no zone.
  ["Mars/Olympus", { "2025-03-29": 1, "2025-03-30": 3, "2025-03-31": 0 }],
])("the days of a period are those of the account in %s, also when the clocks change", async (zone, expected) => {
  const { past, admin } = await newAccount();
  await past.moveTo(zone);
  await past.deal({ id: 1, createdAt: "2025-03-29T23:00:00Z" });
  await past.deal({ id: 2, createdAt: "2025-03-30T21:59:59Z" });
  await past.deal({ id: 3, createdAt: "2025-03-30T22:00:00Z" });
  await past.deal({ id: 4, createdAt: "2025-03-30T23:30:00Z" });
  const counts: Record<string, number> = {};
  for (const day of Object.keys(expected)) {
    const { stages } = await admin.get(FunnelReport, `/api/reports/funnel?from=${day}&to=${day}`);
    counts[day] = stages[0]!.deals;
  }
  expect(counts).toEqual(expected);
});

test("how long deals stay is their median and average, with those that are still there counted to now", async () => {
  const { account, past, admin } = await newAccount([null, null, null, "legal_review", "legal_review"]);
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
    ids(await admin.get(ReportDeals, `/api/reports/deals?report=stage_times&part=${part}`));
  expect(await behind("legal_review")).toEqual([1, 2, 3]);
  expect(await behind(`${account.pipelineId}.${account.statusIds[3]}`)).toEqual([1, 2]);
});

test("where Kommo's clock is ahead of ours, nothing takes less than no time", async () => {
  const { past, admin } = await newAccount();
  await past.deal({ id: 1, createdAt: 2, in: 0, moves: [[1, -1]] });
  await past.deal({ id: 2, createdAt: -1 });
  const { stages } = await admin.get(StageTimesReport, "/api/reports/stage-times");
  expect(stages.map(({ name, stays, open, averageHours }) => [name, stays, open, averageHours])).toEqual([
    ["Meet", 2, 1, 1.5],
    ["Try", 1, 1, 0],
  ]);
});

test("a move that is learned late, or corrected, tells the stays anew", async () => {
  const { account, past, admin } = await newAccount();
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

test("it is told in how many deals the decision maker is known: by stage, by rep, and as it was at each month's end", async () => {
  const { account, past, admin } = await newAccount();
  const [kim, robin] = [account.adminId, 4711];
  const people = { contacts: [11, 12] };
  await past.deal({ id: 1, createdAt: "2025-01-10T00:00:00Z", rep: kim, ...people });
  await past.deal({
    id: 2,
    createdAt: "2025-01-10T00:00:00Z",
    rep: kim,
    moves: [[1, "2025-01-20T00:00:00Z"]],
    ...people,
  });
  await past.deal({ id: 3, createdAt: "2025-02-10T00:00:00Z", rep: robin, contacts: [13] });
  await past.deal({ id: 4, createdAt: "2025-01-10T00:00:00Z", moves: [["won", "2025-02-28T23:30:00Z"]], ...people });
  // Known from the start of deal 4 to its end; of deal 1 since February, by two people of whom one leaves.
  await past.said(4, [11, "role", "economic_buyer", "2025-01-11T00:00:00Z"]);
  await past.said(
    1,
    [12, "role", "user", "2025-01-12T00:00:00Z"],
    [11, "role", "decision_maker", "2025-02-12T00:00:00Z"],
    [12, "role", "economic_buyer", "2025-02-13T00:00:00Z"],
    [12, "unlinked", null, "2025-03-12T00:00:00Z"],
  );
  // Known for some days only, and not known any more.
  await past.said(
    2,
    [11, "role", "decision_maker", "2025-01-13T00:00:00Z"],
    [11, "role", null, "2025-02-14T00:00:00Z"],
  );
  // Plays the part, but is not linked to the deal any more.
  await past.said(
    3,
    [14, "role", "decision_maker", "2025-02-15T00:00:00Z"],
    [14, "unlinked", null, "2025-03-15T00:00:00Z"],
  );
  const report = await admin.get(DecisionMakersReport, "/api/reports/decision-makers?from=2025-01-01&to=2025-03-31");
  expect(report.all).toEqual({ deals: 3, identified: 1, share: 33.3 });
  expect(report.byStage.map(({ name, deals, identified }) => [name, deals, identified])).toEqual([
    ["Meet", 2, 1],
    ["Try", 1, 0],
  ]);
  expect(
    report.byRep.map(({ repId, name, deals, identified, share }) => [repId, name, deals, identified, share]),
  ).toEqual([
    [kim, "Kim Vale", 2, 1, 50],
    [robin, "#4711", 1, 0, 0],
  ]);
  expect(report.overTime).toEqual([
    { month: "2025-01", deals: 3, identified: 2, share: 66.7 },
    { month: "2025-02", deals: 3, identified: 2, share: 66.7 },
    { month: "2025-03", deals: 3, identified: 1, share: 33.3 },
  ]);
  // In Auckland February ends eleven hours earlier, when deal 4 was still open.
  await past.moveTo("Pacific/Auckland");
  const there = await admin.get(DecisionMakersReport, "/api/reports/decision-makers?from=2025-02-01&to=2025-02-28");
  expect(there.overTime).toEqual([{ month: "2025-02", deals: 4, identified: 3, share: 75 }]);
  const behind = async (part: string) =>
    ids(await admin.get(ReportDeals, `/api/reports/deals?report=decision_makers&part=${part}`));
  expect([await behind("identified"), await behind("missing")]).toEqual([[1], [2, 3]]);
  expect(await behind(`missing.${robin}`)).toEqual([3]);
  expect(await behind(`missing.${account.pipelineId}.${account.statusIds[1]}`)).toEqual([2]);
});

test("deals that nobody is responsible for are told of together", async () => {
  const { past, admin } = await newAccount();
  await past.deal({ id: 1, createdAt: "2025-01-10T00:00:00Z" });
  await past.deal({ id: 2, createdAt: "2025-01-11T00:00:00Z" });
  const { byRep } = await admin.get(DecisionMakersReport, "/api/reports/decision-makers");
  expect(byRep.map(({ repId, name, deals }) => [repId, name, deals])).toEqual([[null, "", 2]]);
  const behind = await admin.get(ReportDeals, "/api/reports/deals?report=decision_makers&part=missing.0");
  expect(ids(behind)).toEqual([1, 2]);
});

test("gates tell what blocks, how long and whom deals wait for", async () => {
  const { account, past, admin } = await newAccount();
  for (const [id, value] of [
    [1, 500],
    [2, 70],
    [3, 9],
  ] as const)
    await past.deal({ id, value, createdAt: 900 });
  await past.hold(1, 3, 100, null, [
    ["approval", "lawyer", 11, 100, null],
    ["field", "77", null, 100, 90],
  ]);
  await past.hold(
    2,
    3,
    60,
    ["approved", 20],
    [
      ["approval", "lawyer", 12, 60, 20],
      ["role", "decision_maker", null, 60, 50],
    ],
  );
  await past.hold(2, 4, 10, ["overruled", 4], [["role", "lawyer", null, 10, null]]);
  await past.hold(3, 4, 8, ["gone", 2], [["coverage", "", null, 8, 2]]);
  const report = await admin.get(GatesReport, "/api/reports/gates");
  expect(report.holds).toMatchObject({ times: 4, open: 1, deals: 3, heldValue: 500 });
  expect(report.holds.outcomes).toEqual({ approved: 1, overruled: 1, given_up: 0, released: 0, gone: 1 });
  const rounded = (row: { times: number; open: number; deals: number; medianHours: number; averageHours: number }) => [
    ...[row.times, row.open, row.deals, Math.round(row.medianHours), Math.round(row.averageHours)],
  ];
  expect(report.reasons.map((row) => [row.kind, row.what, ...rounded(row)])).toEqual([
    ["approval", "lawyer", 2, 1, 2, 70, 70],
    ["field", "77", 1, 0, 1, 10, 10],
    ["role", "decision_maker", 1, 0, 1, 10, 10],
    ["coverage", "", 1, 0, 1, 6, 6],
    ["role", "lawyer", 1, 0, 1, 6, 6],
  ]);
  expect(report.byRole.map((row) => [row.role, row.name, ...rounded(row)])).toEqual([
    ["lawyer", "Lawyer", 3, 1, 2, 40, 49],
    ["decision_maker", "Decision maker", 1, 0, 1, 10, 10],
  ]);
  expect(report.byStage.map((row) => [row.name, ...rounded(row)])).toEqual([
    ["Legal", 2, 1, 2, 70, 70],
    ["Contract law", 2, 0, 2, 6, 6],
  ]);
  const behind = async (part: string) =>
    ids(await admin.get(ReportDeals, `/api/reports/deals?report=gates&part=${part}`));
  expect(await behind("all")).toEqual([1, 2, 3]);
  expect(await behind("open")).toEqual([1]);
  expect(await behind("role.lawyer")).toEqual([1, 2]);
  expect(await behind("reason.field.77")).toEqual([1]);
  expect(await behind("reason.coverage")).toEqual([3]);
  expect(await behind(`stage.${account.pipelineId}.${account.statusIds[4]}`)).toEqual([2, 3]);
});

test("a deal for which nobody is responsible is nobody's, in reports and in exports", async () => {
  const { account, past, admin } = await newAccount();
  const wish = { account: account.accountId, responsible_user_id: 0 };
  const { id } = world.kommo.control.leads.create({ ...wish, name: "Nobody's" });
  const byRep = async () => (await admin.get(DecisionMakersReport, "/api/reports/decision-makers")).byRep;
  await until("the deal is read", async () => (await byRep()).length > 0);
  expect(await byRep()).toMatchObject([{ repId: null, name: "", deals: 1 }]);
  const behind = await admin.get(ReportDeals, "/api/reports/deals?report=decision_makers&part=missing.0");
  expect(behind.deals).toMatchObject([{ id, repId: null, repName: "" }]);
  const [row] = await past.look("SELECT rep_id, rep FROM report_deals WHERE account_id = $1", [account.accountId]);
  expect(row).toEqual({ rep_id: null, rep: null });
});

test("a deal that stands still is one row: who, what, how long", async () => {
  const { account, past, admin } = await newAccount();
  const days = (count: number) => count * 24 + 1;
  await past.deal({ id: 1, value: 80_000, createdAt: days(90), moves: [[2, days(42)]], contacts: [11, 12] });
  await past.deal({ id: 2, value: 10, createdAt: days(30), contacts: [13] });
  await past.deal({ id: 3, value: 1, createdAt: days(3), contacts: [14, 15] });
  await past.deal({ id: 4, value: 5, createdAt: days(99), moves: [["lost", days(60)]] });
  // Open in the funnel, and nobody's work.
  await past.deal({ id: 5, value: 7, createdAt: days(99), segment: "spam", contacts: [16] });
  await past.said(1, [11, "role", "decision_maker", days(80)], [12, "role", "lawyer", days(80)]);
  await past.said(3, [14, "role", "decision_maker", days(2)]);
  await past.hold(1, 3, days(41), null, [["approval", "lawyer", 12, days(41), null]]);
  await past.look(
    `INSERT INTO objection (account_id, lead_id, contact_id, text, state, since, changed_by)
     VALUES ($1, 1, 11, 'Too expensive', 'open', now() - interval '20 days 1 hour', 'Kim'),
            ($1, 1, 11, 'No budget', 'answered', now() - interval '70 days', 'Kim')`,
    [account.accountId],
  );
  await past.look(
    `INSERT INTO message (account_id, message_id, lead_id, contact_id, direction, text, at)
     VALUES ($1, 'm1', 1, 12, 'incoming', 'Hello', now() - interval '50 days 1 hour'),
            ($1, 'm2', 1, 11, 'incoming', 'Hello', now() - interval '2 days')`,
    [account.accountId],
  );
  const report = await admin.get(StalledReport, "/api/reports/stalled");
  expect([report.stalled, report.singleThread, report.noDecisionMaker]).toEqual([
    { deals: 2, value: 80_010 },
    { deals: 1, value: 10 },
    { deals: 1, value: 10 },
  ]);
  expect(report.deals.map((deal) => [deal.id, deal.stage.name, deal.daysInStage, deal.marks])).toEqual([
    [1, "Budget", 42, ["stalled"]],
    [2, "Meet", 30, ["stalled", "single_thread", "no_decision_maker"]],
  ]);
  expect(report.deals[0]!.because).toEqual([
    { kind: "silence", contactId: 12, contactName: "Person 12", role: "lawyer", text: "", days: 50 },
    { kind: "approval", contactId: 12, contactName: "Person 12", role: "lawyer", text: "", days: 41 },
    {
      kind: "objection",
      contactId: 11,
      contactName: "Person 11",
      role: "decision_maker",
      text: "Too expensive",
      days: 20,
    },
  ]);
  const alone = await admin.get(StalledReport, "/api/reports/stalled?which=single_thread");
  expect(ids(alone)).toEqual([2]);
  for (const part of ["single_thread", "no_decision_maker"]) {
    expect(ids(await admin.get(ReportDeals, `/api/reports/deals?report=stalled&part=${part}`))).toEqual([2]);
  }
  const { stages } = await admin.get(FunnelReport, "/api/reports/funnel");
  expect(stages.reduce((sum, { deals }) => sum + deals, 0)).toBe(4);
});

test("somebody who was deleted in Kommo is none of a deal's people, in no report", async () => {
  const { account, past, admin } = await newAccount();
  await past.deal({ id: 1, value: 10, createdAt: 2_000, contacts: [11, 12] });
  await past.said(1, [11, "role", "decision_maker", 1_900]);
  await past.look(
    `INSERT INTO message (account_id, message_id, lead_id, contact_id, direction, text, at)
     VALUES ($1, 'g1', 1, 11, 'incoming', 'Hello', now() - interval '50 days 1 hour')`,
    [account.accountId],
  );
  const known = async () => {
    const { deals } = await admin.get(StalledReport, "/api/reports/stalled");
    const { all } = await admin.get(DecisionMakersReport, "/api/reports/decision-makers");
    const card = await admin.get(Card, "/api/leads/1/card");
    const [exported] = await past.look<{ people: string; decision_maker_known: boolean; listed: string }>(
      `SELECT people, decision_maker_known, (SELECT count(*) FROM report_stakeholders s WHERE s.account_id = d.account_id) AS listed
         FROM report_deals d WHERE account_id = $1`,
      [account.accountId],
    );
    return {
      marks: deals[0]!.marks,
      onCard: card.committee.marks,
      identified: all.identified,
      exported: [Number(exported!.people), exported!.decision_maker_known, Number(exported!.listed)],
      because: deals[0]!.because.map(({ contactId }) => contactId),
    };
  };
  expect(await known()).toEqual({
    ...{ marks: ["stalled"], onCard: [], identified: 1, exported: [2, true, 2], because: [11] },
  });
  await past.look("UPDATE contact SET gone = true WHERE account_id = $1 AND contact_id = 11", [account.accountId]);
  expect(await known()).toEqual({
    marks: ["stalled", "single_thread", "no_decision_maker"],
    onCard: ["single_thread", "no_decision_maker"],
    ...{ identified: 0, exported: [1, false, 1], because: [] },
  });
});

test("since when a deal stands where it stands is the same on its card, in lists and in exports", async () => {
  const { account, past, admin } = await newAccount();
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
  const { past, admin } = await newAccount();
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
    ids(await admin.get(ReportDeals, `/api/reports/deals?report=forecast&part=${part}`));
  expect([await behind("2025-02.open"), await behind("2025-02.won"), await behind("2025-01.won")]).toEqual([
    [4, 5],
    [5],
    [6],
  ]);
});

test.each(["UTC", "Pacific/Pago_Pago"])("of a period that has not begun in %s there are no months", async (zone) => {
  const { past, admin } = await newAccount();
  await past.moveTo(zone);
  await past.deal({ id: 1, value: 10, createdAt: 100 });
  // The browser may be a day ahead of the account, and so a month.
  const ahead = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 7);
  for (const period of [`from=${ahead}-01`, `from=${ahead}-01&to=${ahead}-28`]) {
    const forecast = await admin.get(ForecastReport, `/api/reports/forecast?${period}`);
    expect([forecast.months, forecast.today.open.deals]).toEqual([[], 1]);
    const makers = await admin.get(DecisionMakersReport, `/api/reports/decision-makers?${period}`);
    expect([makers.overTime, makers.all.deals]).toEqual([[], 0]);
  }
});

test("how long clients of each segment wait for our first message is counted since we are connected", async () => {
  const { account, past, admin } = await newAccount();
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
    ids(await admin.get(ReportDeals, `/api/reports/deals?report=first_touch&part=${part}`));
  expect([await behind("hot.touched"), await behind("hot.waiting"), await behind(".touched")]).toEqual([
    [1, 2, 3],
    [4],
    [6],
  ]);
});

const PATHS = ["funnel", "stage-times", "decision-makers", "gates", "stalled", "forecast", "first-touch"];

test("a rep's reports are counted over the deals that he may see, and so are the deals behind them", async () => {
  const { account, past, admin } = await newAccount();
  const rights = { leads: { view: "M", edit: "M", add: "A", delete: "A", export: "A" } } as const;
  const rep = world.kommo.control.accounts.addUser({ account: account.accountId, name: "Own only", rights });
  await past.look("UPDATE account SET connected_at = '2020-01-01' WHERE account_id = $1", [account.accountId]);
  for (const [id, responsible] of [
    [1, rep.id],
    [2, account.adminId],
    [3, null],
  ] as const) {
    await past.deal({
      id,
      value: 10,
      createdAt: 900,
      segment: "hot",
      contacts: [11, 12],
      moves: [[1, 100]],
      ...(responsible ? { rep: responsible } : {}),
    });
    await past.said(id, [11, "role", "decision_maker", 800]);
    await past.hold(id, 3, 90, null, [["approval", "lawyer", 12, 90, null]]);
  }
  const own = await Browser.open(world, account.accountId, rep.id);
  const seen = async (browser: Browser) => {
    const get = <T extends Parameters<Browser["get"]>[0]>(schema: T, name: string) =>
      browser.get(schema, `/api/reports/${name}`);
    const funnel = await get(FunnelReport, "funnel");
    const forecast = await get(ForecastReport, "forecast");
    return {
      funnel: funnel.stages.at(-1)!.deals,
      stageTimes: (await get(StageTimesReport, "stage-times")).stages[0]!.stays,
      decisionMakers: (await get(DecisionMakersReport, "decision-makers")).all.identified,
      overTime: (await get(DecisionMakersReport, "decision-makers")).overTime.at(-1)!.identified,
      gates: (await get(GatesReport, "gates")).holds.times,
      reasons: (await get(GatesReport, "gates")).reasons[0]!.times,
      stalled: (await get(StalledReport, "stalled?which=stalled")).stalled.deals,
      forecast: forecast.today.open.deals,
      byCoverage: Math.round(forecast.today.byCoverage / 2.5),
      firstTouch: (await get(FirstTouchReport, "first-touch")).segments[0]!.leads,
    };
  };
  const alike = async (browser: Browser) => new Set(Object.values(await seen(browser)));
  await past.set({ committee: { standstillDays: 1, roles: FOUR_ROLES } });
  expect(await alike(admin)).toEqual(new Set([3]));
  expect(await alike(own)).toEqual(new Set([1]));
  const [parts, found]: [string[], number[][]] = [
    [
      "funnel&part=other",
      "gates&part=all",
      "stalled&part=stalled",
      "first_touch&part=hot.waiting",
      "decision_makers&part=identified",
    ],
    [],
  ];
  for (const part of parts) found.push(ids(await own.get(ReportDeals, `/api/reports/deals?report=${part}`)));
  expect(found).toEqual(parts.map(() => [1]));
  expect(
    await admin.get(FunnelReport, `/api/reports/funnel?repId=${rep.id}&pipelineId=${account.pipelineId}`),
  ).toMatchObject({
    stages: [{}, {}, {}, {}, {}, { deals: 1 }],
  });
});

/** Of four that weigh the same a deal with one on board is covered by a quarter. */
const FOUR_ROLES = ["decision_maker", "lawyer", "user", "influencer"].map((key) => ({
  ...{ key, name: key, weight: 50, probability: 50, decides: key === "decision_maker" },
}));

test("the deals behind a figure come in pages, each deal once", async () => {
  const { past, admin } = await newAccount();
  for (let id = 1; id <= 60; id++) await past.deal({ id, value: id % 7, createdAt: 100 });
  const pages = [];
  for (const page of [1, 2, 3, 4]) {
    pages.push(
      await admin.get(ReportDeals, `/api/reports/deals?report=funnel&part=decision_maker_qualification&page=${page}`),
    );
  }
  expect(pages.map(({ deals, hasMore }) => [deals.length, hasMore])).toEqual([
    [25, true],
    [25, true],
    [10, false],
    [0, false],
  ]);
  expect(new Set(pages.flatMap(({ deals }) => deals.map(({ id }) => id))).size).toBe(60);
});

test("an account without a deal has reports, all of nothing", async () => {
  const { admin } = await newAccount();
  for (const path of PATHS) expect((await admin.ask(`/api/reports/${path}`)).status, path).toBe(200);
});

test.each([
  ["funnel?from=2025-02-30", "from", "The first day of the period is written as 2026-11-28."],
  ["funnel?to=0000-01-01", "to", "The last day of the period is not before 1970."],
  ["gates?from=2025-03-02&to=2025-03-01", "to", "The period ends before it begins."],
  ["forecast?pipelineId=x", "pipelineId", "The id of a pipeline is a number."],
  ["stalled?page=0", "page", "The first page is 1."],
  ["stalled?which=all", "which", "Choose stalled, single_thread or no_decision_maker."],
  ["deals?report=funnel", "part", "Name the figure whose deals you want."],
  ["deals?report=funnel&part=nowhere", "part", "This report has no such figure."],
  ["deals?report=stage_times&part=1.2.3", "part", "This report has no such figure."],
  ["deals?report=decision_makers&part=missing.x", "part", "This report has no such figure."],
  ["deals?report=gates&part=stage.x", "part", "This report has no such figure."],
  ["deals?report=forecast&part=2025-13.won", "part", "This report has no such figure."],
  ["deals?report=first_touch&part=hot", "part", "This report has no such figure."],
  ["deals?report=funnel&part=won'--", "part", "There is no such figure."],
])("%s is refused with a sentence", async (path, field, message) => {
  shared ??= (await newAccount()).admin;
  const answer = await shared.ask(`/api/reports/${path}`);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ error: { code: "invalid_input", issues: [{ path: field, message }] } });
});

let shared: Browser | undefined;
