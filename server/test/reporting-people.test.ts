import { Card } from "@dealscope/shared/card";
import { DecisionMakersReport, FunnelReport, GatesReport, ReportDeals, StalledReport } from "@dealscope/shared/reports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buyingAccount, idsOf } from "./reporting-kit.ts";
import { startApiWorld } from "./widget-api-kit.ts";
import { until, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

test("it is told in how many deals the decision maker is known: by stage, by rep, and as it was at each month's end", async () => {
  const { account, past, admin } = await buyingAccount(world);
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
    idsOf(await admin.get(ReportDeals, `/api/reports/deals?report=decision_makers&part=${part}`));
  expect([await behind("identified"), await behind("missing")]).toEqual([[1], [2, 3]]);
  expect(await behind(`missing.${robin}`)).toEqual([3]);
  expect(await behind(`missing.${account.pipelineId}.${account.statusIds[1]}`)).toEqual([2]);
});

test("deals that nobody is responsible for are told of together", async () => {
  const { past, admin } = await buyingAccount(world);
  await past.deal({ id: 1, createdAt: "2025-01-10T00:00:00Z" });
  await past.deal({ id: 2, createdAt: "2025-01-11T00:00:00Z" });
  const { byRep } = await admin.get(DecisionMakersReport, "/api/reports/decision-makers");
  expect(byRep.map(({ repId, name, deals }) => [repId, name, deals])).toEqual([[null, "", 2]]);
  const behind = await admin.get(ReportDeals, "/api/reports/deals?report=decision_makers&part=missing.0");
  expect(idsOf(behind)).toEqual([1, 2]);
});

test("gates tell what blocks, how long and whom deals wait for", async () => {
  const { account, past, admin } = await buyingAccount(world);
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
    idsOf(await admin.get(ReportDeals, `/api/reports/deals?report=gates&part=${part}`));
  expect(await behind("all")).toEqual([1, 2, 3]);
  expect(await behind("open")).toEqual([1]);
  expect(await behind("role.lawyer")).toEqual([1, 2]);
  expect(await behind("reason.field.77")).toEqual([1]);
  expect(await behind("reason.coverage")).toEqual([3]);
  expect(await behind(`stage.${account.pipelineId}.${account.statusIds[4]}`)).toEqual([2, 3]);
});

test("a deal for which nobody is responsible is nobody's, in reports and in exports", async () => {
  const { account, past, admin } = await buyingAccount(world);
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
  const { account, past, admin } = await buyingAccount(world);
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
  expect(idsOf(alone)).toEqual([2]);
  for (const part of ["single_thread", "no_decision_maker"]) {
    expect(idsOf(await admin.get(ReportDeals, `/api/reports/deals?report=stalled&part=${part}`))).toEqual([2]);
  }
  const { stages } = await admin.get(FunnelReport, "/api/reports/funnel");
  expect(stages.reduce((sum, { deals }) => sum + deals, 0)).toBe(4);
});

test("somebody who was deleted in Kommo is none of a deal's people, in no report", async () => {
  const { account, past, admin } = await buyingAccount(world);
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
