import type { Sum } from "@dealscope/shared/reports";
import type { Words } from "../../i18n/words.ts";

/** Whole units of the account's currency: nobody reads the cents of a funnel. */
export function value(amount: number, currency: string, { language }: Words): string {
  return inCurrency(amount, currency, language, { maximumFractionDigits: 0 });
}

/** For axes, such as $48K. */
export function shortValue(amount: number, currency: string, { language }: Words): string {
  return inCurrency(amount, currency, language, { notation: "compact", maximumFractionDigits: 1 });
}

function inCurrency(amount: number, currency: string, language: string, how: Intl.NumberFormatOptions): string {
  // Browsers refuse a currency that has not three letters.
  if (!/^[A-Za-z]{3}$/.test(currency))
    return `${new Intl.NumberFormat(language, how).format(amount)} ${currency}`.trim();
  const look = { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(language, { ...look, ...how }).format(amount);
}

/** How many deals, and what they are worth. */
export function sum({ deals, value: amount }: Sum, currency: string, words: Words): string {
  return `${dealsIn(deals, words)} · ${value(amount, currency, words)}`;
}

export function dealsIn(deals: number, words: Words): string {
  const amount = new Intl.NumberFormat(words.language).format(deals);
  return words.t(deals === 1 ? "dashboard.deal" : "dashboard.deals", { count: amount });
}

/** @param hundredths of a hundred, to the tenth; null of nothing */
export function share(hundredths: number | null, { language }: Words): string {
  if (hundredths === null) return "–";
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(hundredths / 100);
}

/** The unit in which a time is easiest to grasp, such as “26 hr” or “3.2 days”. */
export function lasting(hours: number, words: Words): string {
  if (hours < 1) return inUnit(Math.round(hours * 60), "minute", words);
  if (hours < 48) return inUnit(hours, "hour", words);
  return inUnit(hours / 24, "day", words);
}

export function days(count: number, words: Words): string {
  return inUnit(count, "day", words);
}

function inUnit(amount: number, unit: string, { language }: Words): string {
  const maximumFractionDigits = amount < 10 ? 1 : 0;
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: unit === "day" ? "long" : "short",
    maximumFractionDigits,
  }).format(amount);
}

/** Day and time as the account's clocks show them. */
export function timeIn(time: string, timezone: string, { language }: Words): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: timezone }).format(
    new Date(time),
  );
}

/** @param month such as 2026-11. Its first letters, with the year where one begins. */
export function shortMonth(month: string, { language }: Words): string {
  const isFirst = month.endsWith("-01");
  return new Intl.DateTimeFormat(language, {
    month: "short",
    ...(isFirst ? { year: "2-digit" } : {}),
    timeZone: "UTC",
  }).format(new Date(month));
}

/** The least round number that is not below, and the steps up to it. */
export function ticksUpTo(most: number): number[] {
  if (most <= 0) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(most / 2));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size * 4 >= most) ?? power * 10;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
}
