import type { Words } from "../../i18n/words.ts";

/** @param micros millionths of a dollar */
export function money(micros: number, { language }: Words): string {
  const dollars = micros / 1e6;
  const digits = dollars !== 0 && Math.abs(dollars) < 1 ? 4 : 2;
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(dollars);
}

export function count(amount: number, { language }: Words): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(amount);
}

/** @param share 0-1 */
export function percent(share: number, { language }: Words): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** The two largest units of a time, such as “2 hr 5 min”. */
export function duration(seconds: number, { language }: Words): string {
  const unit = (amount: number, name: "hour" | "minute" | "second") =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" }).format(amount);
  if (seconds < 60) return unit(Math.max(1, Math.round(seconds)), "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return unit(minutes, "minute");
  const rest = minutes % 60;
  return rest === 0 ? unit(minutes / 60, "hour") : `${unit(Math.floor(minutes / 60), "hour")} ${unit(rest, "minute")}`;
}

/** @param day such as 2027-01-14 */
export function dateOf(day: string, { language }: Words): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(day));
}

/** @param month such as 2026-11 */
export function monthOf(month: string, { language }: Words): string {
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(month));
}
