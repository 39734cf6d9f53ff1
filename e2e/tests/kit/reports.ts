import type {
  DecisionMakersReport,
  FirstTouchReport,
  ForecastReport,
  FunnelReport,
  GatesReport,
  ReportDeal,
  ReportDeals,
  StageTimesReport,
  StalledReport,
} from "@dealscope/shared/reports";
import type { Page } from "@playwright/test";

const HEAD = {
  currency: "EUR",
  timezone: "America/Sao_Paulo",
  now: "2026-11-28T15:05:00.000Z",
  pastIsRead: true,
};
const MONTHS = ["2025-12", ...Array.from({ length: 11 }, (_, at) => `2026-${String(at + 1).padStart(2, "0")}`)];

const stage = (statusId: number, name: string) => ({ pipelineId: 1, statusId, name });
const STAGES = {
  qualify: stage(11, "Talks with the decision maker"),
  validate: stage(12, "Trial"),
  budget: stage(13, "Budget"),
  legal: stage(14, "Contract at the lawyers"),
  sign: stage(15, "Signing"),
};

const step = (
  buyingStage: FunnelReport["stages"][number]["buyingStage"],
  part: ReturnType<typeof stage> | null,
  deals: number,
  value: number,
) => ({
  ...{ buyingStage, deals, value },
  parts: part ? [{ ...part, deals, value }] : [],
});

const funnel: FunnelReport = {
  ...HEAD,
  stages: [
    step("decision_maker_qualification", STAGES.qualify, 48, 960_000),
    step("technical_validation", STAGES.validate, 31, 744_000),
    step("budget_approval", STAGES.budget, 22, 682_000),
    step("legal_review", STAGES.legal, 17, 1_054_000),
    step("signing", STAGES.sign, 6, 210_000),
    step("other", null, 0, 0),
  ],
  won: { deals: 41, value: 1_230_000 },
  lost: { deals: 63, value: 1_512_000 },
};

const stay = (stays: number, open: number, medianHours: number, averageHours: number) => ({
  stays,
  open,
  medianHours,
  averageHours,
});
const stageTimes: StageTimesReport = {
  ...HEAD,
  stages: [
    { ...STAGES.qualify, buyingStage: "decision_maker_qualification", ...stay(120, 48, 31, 44) },
    { ...STAGES.validate, buyingStage: "technical_validation", ...stay(84, 31, 96, 120) },
    { ...STAGES.budget, buyingStage: "budget_approval", ...stay(60, 22, 150, 190) },
    { ...STAGES.legal, buyingStage: "legal_review", ...stay(44, 17, 528, 770) },
    { ...STAGES.sign, buyingStage: "signing", ...stay(40, 6, 20, 28) },
  ],
  buyingStages: [
    { buyingStage: "decision_maker_qualification", ...stay(120, 48, 31, 44) },
    { buyingStage: "technical_validation", ...stay(84, 31, 96, 120) },
    { buyingStage: "budget_approval", ...stay(60, 22, 150, 190) },
    { buyingStage: "legal_review", ...stay(44, 17, 528, 770) },
    { buyingStage: "signing", ...stay(40, 6, 20, 28) },
  ],
};

const known = (identified: number, deals: number) => ({
  identified,
  deals,
  share: deals === 0 ? null : Math.round((identified / deals) * 1_000) / 10,
});
const decisionMakers: DecisionMakersReport = {
  ...HEAD,
  all: known(74, 124),
  byStage: [
    { ...STAGES.qualify, ...known(12, 48) },
    { ...STAGES.validate, ...known(19, 31) },
    { ...STAGES.budget, ...known(20, 22) },
    { ...STAGES.legal, ...known(17, 17) },
    { ...STAGES.sign, ...known(6, 6) },
  ],
  byRep: [
    { repId: 1, name: "Kim Vale", ...known(52, 70) },
    { repId: 2, name: "Robin Sales", ...known(20, 49) },
    { repId: null, name: "", ...known(2, 5) },
  ],
  overTime: MONTHS.map((month, at) => ({ month, ...known(18 + at * 5, 60 + at * 6) })),
};

const blocking = (times: number, open: number, deals: number, medianHours: number, averageHours: number) => ({
  ...{ times, open, deals, medianHours, averageHours },
});
const gates: GatesReport = {
  ...HEAD,
  holds: {
    ...blocking(38, 7, 29, 54, 91),
    heldValue: 418_000,
    outcomes: { approved: 22, overruled: 4, given_up: 3, released: 1, gone: 1 },
  },
  reasons: [
    { kind: "approval", what: "lawyer", ...blocking(24, 5, 19, 88, 140) },
    { kind: "role", what: "economic_buyer", ...blocking(11, 2, 10, 40, 52) },
    { kind: "coverage", what: "", ...blocking(6, 0, 6, 21, 30) },
    { kind: "moved_back", what: "", ...blocking(3, 0, 3, 0.2, 0.4) },
  ],
  byRole: [
    { role: "lawyer", name: "Lawyer", ...blocking(24, 5, 19, 88, 140) },
    { role: "economic_buyer", name: "Economic buyer", ...blocking(11, 2, 10, 40, 52) },
  ],
  byStage: [
    { ...STAGES.sign, ...blocking(25, 5, 20, 80, 120) },
    { ...STAGES.budget, ...blocking(13, 2, 10, 33, 40) },
  ],
};

const deal = (
  id: number,
  name: string,
  at: ReturnType<typeof stage>,
  value: number,
  repName: string,
  daysInStage: number,
): ReportDeal => ({
  ...{ id, name, stage: at, value, repId: 1, repName, daysInStage },
  createdAt: "2026-08-03T09:00:00.000Z",
  closedAt: null,
});
const who = { contactId: 9, contactName: "Marta Ruiz de la Torre", role: "lawyer", text: "" };
const stalled: StalledReport = {
  ...HEAD,
  stalled: { deals: 9, value: 512_000 },
  singleThread: { deals: 14, value: 230_000 },
  noDecisionMaker: { deals: 50, value: 1_100_000 },
  standstillDays: 21,
  deals: [
    {
      ...deal(501, "Warehouse roll-out for Harbor & Pine", STAGES.legal, 80_000, "Kim Vale", 42),
      marks: ["stalled"],
      because: [
        { ...who, kind: "approval", days: 40 },
        {
          contactId: 8,
          contactName: "Olivia Grant",
          role: "influencer",
          kind: "objection",
          text: "Costs more than what we have",
          days: 12,
        },
      ],
    },
    {
      ...deal(502, "40 seats for Reyes SL", STAGES.budget, 48_000, "Robin Sales", 33),
      marks: ["stalled", "single_thread", "no_decision_maker"],
      because: [{ ...who, contactName: "Ana Reyes", role: null, kind: "silence", days: 30 }],
    },
    { ...deal(503, "Renewal", STAGES.validate, 9_500, "", 22), marks: ["stalled"], because: [] },
  ],
  hasMore: false,
};

const month = (at: number) => {
  const open = { deals: 60 + at * 6, value: 1_500_000 + at * 190_000 };
  return {
    ...{
      month: MONTHS[at]!,
      open,
      byStage: Math.round(open.value * 0.31),
      byCoverage: Math.round(open.value * (0.22 + at * 0.01)),
    },
    won: { deals: 2 + (at % 5), value: [310, 420, 280, 505, 610, 470, 380, 720, 560, 690, 810, 430][at]! * 1_000 },
    became: { won: open.value * 0.3, lost: open.value * 0.4, open: open.value * 0.3 },
  };
};
const forecast: ForecastReport = {
  ...HEAD,
  months: MONTHS.map((_, at) => month(at)),
  today: { open: { deals: 124, value: 3_650_000 }, byStage: 1_131_500, byCoverage: 1_204_000 },
  rates: Object.values(STAGES).map((one, at) => ({ ...one, rate: 18 + at * 15, closed: 90 - at * 8 })),
};

const firstTouch: FirstTouchReport = {
  ...HEAD,
  segments: [
    { segment: { key: "hot", name: "Hot" }, leads: 30, touched: 28, waiting: 1, medianMinutes: 12, averageMinutes: 25 },
    {
      segment: { key: "warm", name: "Warm" },
      leads: 64,
      touched: 51,
      waiting: 6,
      medianMinutes: 95,
      averageMinutes: 160,
    },
    {
      segment: { key: "cold", name: "Cold" },
      leads: 80,
      touched: 33,
      waiting: 0,
      medianMinutes: 700,
      averageMinutes: 1_100,
    },
    { segment: null, leads: 3, touched: 0, waiting: 3, medianMinutes: null, averageMinutes: null },
  ],
};

const deals: ReportDeals = { deals: stalled.deals, hasMore: true };

/** Reports of an account with two years behind it. */
export const RICH: Record<string, object> = {
  funnel,
  "stage-times": stageTimes,
  "decision-makers": decisionMakers,
  gates,
  stalled,
  forecast,
  "first-touch": firstTouch,
  deals,
};

/** Answers for the server what the dashboard asks of reports. @returns what was asked, in order */
export async function drawReports(page: Page, serverUrl: string, reports = RICH): Promise<string[]> {
  const asked: string[] = [];
  await page.route(`${serverUrl}/api/reports/**`, async (route) => {
    const url = new URL(route.request().url());
    const report = reports[url.pathname.split("/").at(-1)!];
    if (route.request().method() === "OPTIONS" || !report) return route.fallback();
    asked.push(`${url.pathname}${url.search}`);
    await route.fulfill({ json: report, headers: { "access-control-allow-origin": "*" } });
  });
  return asked;
}
