import type { ReportQuery } from "@dealscope/shared/reports";
import { choose, usePlace } from "../kit/place.ts";

const DASHBOARD = "dashboard";

/** What a click on a figure asks for: the report, and the figure's name in it. */
export interface Figure {
  report: string;
  part: string;
}

/** Everything that is chosen on the dashboard. It is kept in the address and nowhere else. */
export function useFilter() {
  const { chosen } = usePlace();
  const filter = readFilter(chosen);
  const [report = "", part = ""] = splitAt(chosen.get("deals") ?? "", ":");
  return {
    filter,
    /** Whose deals are listed. */
    figure: report && part ? { report, part } : undefined,
    narrow: (change: Partial<Record<keyof ReportQuery, string>>) => choose(DASHBOARD, chosen, change),
    open: ({ report, part }: Figure) => choose(DASHBOARD, chosen, { deals: `${report}:${part}` }),
    close: () => choose(DASHBOARD, chosen, { deals: "" }),
  };
}

/** An address that somebody has typed may hold anything; what is no number or day is left out. */
export function readFilter(chosen: URLSearchParams): ReportQuery {
  const id = (name: string) => {
    const text = chosen.get(name) ?? "";
    return /^[1-9]\d{0,14}$/.test(text) ? { [name]: Number(text) } : {};
  };
  const day = (name: string) => {
    const text = chosen.get(name) ?? "";
    return isDay(text) ? { [name]: text } : {};
  };
  return { ...id("pipelineId"), ...id("repId"), ...day("from"), ...day("to") };
}

/** Where a report is asked for. */
export function reportPath(report: string, filter: ReportQuery, more: Record<string, string> = {}): string {
  const wish = new URLSearchParams(more);
  for (const [name, value] of Object.entries(filter)) wish.set(name, String(value));
  const text = wish.toString();
  return `/api/reports/${report}${text === "" ? "" : `?${text}`}`;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
}

function splitAt(text: string, sign: string): [string, string] | [] {
  const at = text.indexOf(sign);
  return at < 0 ? [] : [text.slice(0, at), text.slice(at + 1)];
}
