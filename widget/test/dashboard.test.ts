import { expect, it } from "vitest";
import en from "../src/i18n/en.json" with { type: "json" };
import tr from "../src/i18n/tr.json" with { type: "json" };
import { Words } from "../src/i18n/words.ts";
import { readFilter, reportPath } from "../src/pages/dashboard/filter.ts";
import { lasting, share, shortMonth, shortValue, ticksUpTo, timeIn, value } from "../src/pages/dashboard/numbers.ts";
import { daysOf, periodOf, todayIn } from "../src/pages/dashboard/periods.ts";

const english = new Words(en, "en");
const turkish = new Words(tr, "tr");

it("takes from the address what is a number or a day, and leaves out what somebody has mistyped", () => {
  const read = (text: string) => readFilter(new URLSearchParams(text));
  expect(read("pipelineId=12&repId=5&from=2026-11-01&to=2026-11-28")).toEqual({
    ...{ pipelineId: 12, repId: 5, from: "2026-11-01", to: "2026-11-28" },
  });
  expect(read("pipelineId=0&repId=-5&from=yesterday&to=2026-13-40&x=1")).toEqual({});
});

it("asks a report for what the address says, and for nothing else", () => {
  expect(reportPath("funnel", {})).toBe("/api/reports/funnel");
  expect(reportPath("deals", { repId: 5 }, { report: "funnel", part: "1.2" })).toBe(
    "/api/reports/deals?report=funnel&part=1.2&repId=5",
  );
});

it("knows a period again by its days, whatever the day is", () => {
  for (const today of ["2026-11-28", "2026-03-01", "2028-02-29", "2026-01-01"]) {
    for (const period of ["all", "days_30", "days_90"] as const) {
      expect(periodOf(daysOf(period, today), today)).toBe(period);
    }
    const days = daysOf("this_month", today);
    expect(daysOf(periodOf(days, today) as "this_month", today)).toEqual(days);
  }
  expect(daysOf("days_30", "2026-03-01")).toEqual({ from: "2026-01-31", to: "2026-03-01" });
  expect(periodOf({ from: "2026-11-03", to: "" }, "2026-11-28")).toBe("own");
});

it("takes today from the account's clocks, which may show another day than those here", () => {
  const now = Date.parse("2026-11-28T02:30:00Z");
  expect(todayIn("America/Sao_Paulo", now)).toBe("2026-11-27");
  expect(todayIn("Asia/Tokyo", now)).toBe("2026-11-28");
  expect(timeIn("2026-11-28T02:30:00Z", "America/Sao_Paulo", english)).toBe("Nov 27, 2026, 11:30 PM");
});

it("writes amounts in the account's currency and the user's language", () => {
  expect(value(1_234_567.8, "EUR", english)).toBe("€1,234,568");
  expect(value(1_234_567.8, "TRY", turkish)).toBe("₺1.234.568");
  expect(shortValue(48_000, "USD", english)).toBe("$48K");
  expect(value(10, "??", english)).toBe("10 ??");
  expect(share(59.7, english)).toBe("60%");
  expect(share(59.7, turkish)).toBe("%60");
  expect(share(null, english)).toBe("–");
});

it("tells a time in the unit in which it is easiest to grasp", () => {
  expect([0.2, 1, 26, 76, 528].map((hours) => lasting(hours, english))).toEqual([
    ...["12 min", "1 hr", "26 hr", "3.2 days", "22 days"],
  ]);
  expect(lasting(76, turkish)).toBe("3,2 gün");
});

it("names the year where one begins", () => {
  expect(shortMonth("2026-11", english)).toBe("Nov");
  expect(shortMonth("2027-01", english)).toBe("Jan 27");
});

it("ends an axis at a round number that is not below the largest value", () => {
  expect(ticksUpTo(4)).toEqual([0, 1, 2, 3, 4]);
  expect(ticksUpTo(100)).toEqual([0, 25, 50, 75, 100]);
  expect(ticksUpTo(1_230_000)).toEqual([0, 500_000, 1_000_000, 1_500_000]);
  expect(ticksUpTo(0)).toEqual([0, 1]);
  for (const most of [0.3, 1, 7, 99, 1_001, 123_456_789]) {
    const ticks = ticksUpTo(most);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
    expect(ticks.length).toBeLessThanOrEqual(6);
  }
});
