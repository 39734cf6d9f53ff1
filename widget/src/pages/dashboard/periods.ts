/** A period by its name; `own` are two days that somebody has entered. */
export const PERIODS = ["all", "days_30", "days_90", "this_month", "this_year"] as const;
export type Period = (typeof PERIODS)[number] | "own";

export interface Days {
  from: string;
  to: string;
}

/** Both days included; empty where the period has no such end. */
export function daysOf(period: (typeof PERIODS)[number], today: string): Days {
  switch (period) {
    case "all":
      return { from: "", to: "" };
    case "days_30":
      return { from: earlier(today, 29), to: today };
    case "days_90":
      return { from: earlier(today, 89), to: today };
    case "this_month":
      return { from: `${today.slice(0, 7)}-01`, to: today };
    case "this_year":
      return { from: `${today.slice(0, 4)}-01-01`, to: today };
  }
}

export function periodOf({ from, to }: Days, today: string): Period {
  return (
    PERIODS.find((period) => {
      const days = daysOf(period, today);
      return days.from === from && days.to === to;
    }) ?? "own"
  );
}

/** @param timezone of the account; as long as it is not known, the day is that of whoever looks */
export function todayIn(timezone: string | undefined, now = Date.now()): string {
  const parts = new Intl.DateTimeFormat("en", {
    ...{ year: "numeric", month: "2-digit", day: "2-digit" },
    ...(timezone === undefined ? {} : { timeZone: timezone }),
  }).formatToParts(now);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

function earlier(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10);
}
