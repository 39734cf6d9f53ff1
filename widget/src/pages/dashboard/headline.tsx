import type { ForecastReport, GatesReport, StalledReport } from "@dealscope/shared/reports";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useWords } from "../../i18n/words.ts";
import { Loaded } from "../kit/box.tsx";
import { useFilter } from "./filter.ts";
import { useNames } from "./names.ts";
import { days, dealsIn, value } from "./numbers.ts";
import { useReport } from "./report-box.tsx";

/** What whoever leads a team wants to know first: what is blocked, what stands still, and what will come of it. */
export function Headline() {
  const words = useWords();
  const names = useNames();
  const { open } = useFilter();
  return (
    <div className="dsc-tiles">
      <Tile title={words.t("headline.held")} query={useReport<GatesReport>("gates")}>
        {({ holds, reasons, currency }) => {
          const most = reasons.filter((reason) => reason.open > 0).toSorted((a, b) => b.open - a.open)[0];
          return {
            tone: holds.open > 0 ? "hot" : "good",
            figure: value(holds.heldValue, currency, words),
            text:
              holds.open > 0
                ? words.t(holds.open === 1 ? "headline.held_one" : "headline.held_text", {
                    deals: dealsIn(holds.open, words),
                  })
                : words.t("headline.held_none"),
            more: most && words.t("headline.held_most", { reason: names.reason(most.kind, most.what) }),
            onOpen: holds.open > 0 ? () => open({ report: "gates", part: "open" }) : undefined,
          };
        }}
      </Tile>
      <Tile title={words.t("headline.stalled")} query={useReport<StalledReport>("stalled")}>
        {({ stalled, standstillDays, singleThread, currency }) => ({
          tone: stalled.deals > 0 ? "warm" : "good",
          figure: value(stalled.value, currency, words),
          text: words.t("headline.stalled_text", {
            deals: dealsIn(stalled.deals, words),
            days: days(standstillDays, words),
          }),
          more:
            singleThread.deals > 0
              ? words.t("headline.single_thread", { deals: dealsIn(singleThread.deals, words) })
              : undefined,
          onOpen: stalled.deals > 0 ? () => open({ report: "stalled", part: "stalled" }) : undefined,
        })}
      </Tile>
      <Tile title={words.t("headline.forecast")} query={useReport<ForecastReport>("forecast")}>
        {({ today: { open: all, byStage, byCoverage }, currency }) => ({
          tone: "cold",
          figure: value(byStage, currency, words),
          text: words.t("headline.forecast_text", {
            deals: dealsIn(all.deals, words),
            value: value(all.value, currency, words),
          }),
          more: words.t("headline.by_coverage", { value: value(byCoverage, currency, words) }),
        })}
      </Tile>
    </div>
  );
}

interface Told {
  tone: "hot" | "warm" | "cold" | "good";
  figure: string;
  text: string;
  more?: string | undefined;
  onOpen?: (() => void) | undefined;
}

interface TileProps<Report> {
  title: string;
  query: UseQueryResult<Report>;
  children: (report: Report) => Told;
}

function Tile<Report>({ title, query, children }: TileProps<Report>) {
  return (
    <section className="dsc-tile" aria-label={title}>
      <div className="dsc-panel__title">{title}</div>
      <Loaded query={query} widths={[42, 88]}>
        {(report) => <TileContent {...children(report)} />}
      </Loaded>
    </section>
  );
}

function TileContent({ tone, figure, text, more, onOpen }: Told) {
  const content: ReactNode = (
    <>
      <span className="dsc-stat">{figure}</span>
      <span>{text}</span>
      {more && <span className="dsc-quiet">{more}</span>}
    </>
  );
  const look = `dsc-tile__content dsc-shade-${tone}`;
  return onOpen ? (
    <button type="button" className={look} onClick={onOpen}>
      {content}
    </button>
  ) : (
    <div className={look}>{content}</div>
  );
}
