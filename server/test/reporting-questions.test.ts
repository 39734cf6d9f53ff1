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
import { buyingAccount, idsOf } from "./reporting-kit.ts";
import { Browser, startApiWorld } from "./widget-api-kit.ts";
import type { World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startApiWorld();
});
afterAll(() => world?.stop());

const PATHS = ["funnel", "stage-times", "decision-makers", "gates", "stalled", "forecast", "first-touch"];

/** Of four that weigh the same a deal with one on board is covered by a quarter. */
const FOUR_ROLES = ["decision_maker", "lawyer", "user", "influencer"].map((key) => ({
  ...{ key, name: key, weight: 50, probability: 50, decides: key === "decision_maker" },
}));

test.each([
  ["UTC", { "2025-03-29": 1, "2025-03-30": 3, "2025-03-31": 0 }],
  // Summer time begins on the 30th: the day has 23 hours, from 23:00 to 22:00 of UTC.
  ["Europe/Berlin", { "2025-03-29": 0, "2025-03-30": 2, "2025-03-31": 2 }],
  ["America/New_York", { "2025-03-29": 1, "2025-03-30": 3, "2025-03-31": 0 }],
  ["Pacific/Auckland", { "2025-03-29": 0, "2025-03-30": 1, "2025-03-31": 3 }],
  // Kommo said something that is no zone.
  ["Mars/Olympus", { "2025-03-29": 1, "2025-03-30": 3, "2025-03-31": 0 }],
])("the days of a period are those of the account in %s, also when the clocks change", async (zone, expected) => {
  const { past, admin } = await buyingAccount(world);
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

test.each(["UTC", "Pacific/Pago_Pago"])("of a period that has not begun in %s there are no months", async (zone) => {
  const { past, admin } = await buyingAccount(world);
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

test("a rep's reports are counted over the deals that he may see, and so are the deals behind them", async () => {
  const { account, past, admin } = await buyingAccount(world);
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
  for (const part of parts) found.push(idsOf(await own.get(ReportDeals, `/api/reports/deals?report=${part}`)));
  expect(found).toEqual(parts.map(() => [1]));
  expect(
    await admin.get(FunnelReport, `/api/reports/funnel?repId=${rep.id}&pipelineId=${account.pipelineId}`),
  ).toMatchObject({
    stages: [{}, {}, {}, {}, {}, { deals: 1 }],
  });
});

test("the deals behind a figure come in pages, each deal once", async () => {
  const { past, admin } = await buyingAccount(world);
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
  const { admin } = await buyingAccount(world);
  for (const path of PATHS) expect((await admin.ask(`/api/reports/${path}`)).status, path).toBe(200);
});

/** Refusals change nothing, so one account is enough for them. */
let shared: Browser | undefined;

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
  shared ??= (await buyingAccount(world)).admin;
  const answer = await shared.ask(`/api/reports/${path}`);
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ error: { code: "invalid_input", issues: [{ path: field, message }] } });
});
