import type { ForecastReport } from "@dealscope/shared/reports";
import { useWords } from "../../i18n/words.ts";
import { monthOf } from "../kit/figures.ts";
import { FigureButton } from "./figure-button.tsx";
import { useFilter } from "./filter.ts";
import { useNames } from "./names.ts";
import { share, shortMonth, shortValue, value } from "./numbers.ts";
import { Months } from "./pictures/months.tsx";
import { FigureTable } from "./pictures/table.tsx";
import { ReportBox } from "./report-box.tsx";

/** What was to be expected when each month began, and what came of it. */
export function ForecastBox() {
  const words = useWords();
  const names = useNames();
  const { open } = useFilter();
  return (
    <ReportBox<ForecastReport>
      isWide
      report="forecast"
      title={words.t("report.forecast")}
      lead={`${words.t("report.forecast_lead")} ${words.t("report.forecast_how")}`}
      emptyBecause={({ months, today }) =>
        months.length === 0 ||
        (today.open.deals === 0 && months.every(({ open: all, won }) => all.deals === 0 && won.deals === 0))
          ? words.t("dashboard.nothing")
          : undefined
      }
      picture={({ months, currency }) => {
        const money = (amount: number) => value(amount, currency, words);
        return (
          <Months
            label={words.t("report.forecast")}
            write={(amount) => shortValue(amount, currency, words)}
            months={months.map(({ month, byStage, byCoverage, won }) => ({
              ...{ key: month, label: shortMonth(month, words) },
              said: [
                monthOf(month, words),
                `${words.t("report.expected_by_stage")}: ${money(byStage)}`,
                `${words.t("report.expected_by_coverage")}: ${money(byCoverage)}`,
                `${words.t("report.won")}: ${money(won.value)}`,
              ].join("\n"),
              onOpen: won.deals > 0 ? () => open({ report: "forecast", part: `${month}.won` }) : undefined,
            }))}
            series={[
              {
                ...{ key: "won", name: words.t("report.won"), shape: "columns" as const },
                values: months.map(({ won }) => won.value),
              },
              {
                ...{ key: "stage", name: words.t("report.expected_by_stage"), shape: "line" as const },
                values: months.map(({ byStage }) => byStage),
              },
              {
                ...{ key: "coverage", name: words.t("report.expected_by_coverage"), shape: "dashes" as const },
                values: months.map(({ byCoverage }) => byCoverage),
              },
            ]}
          />
        );
      }}
      table={({ months, rates, currency }) => {
        const money = (amount: number) => value(amount, currency, words);
        return (
          <div className="dsc-stack dsc-stack--wide">
            <FigureTable
              caption={words.t("report.forecast")}
              columns={[
                { title: words.t("report.month"), cell: ({ month }) => monthOf(month, words) },
                {
                  ...{ title: words.t("report.open_then"), isNumber: true },
                  cell: ({ month, open: all }) => (
                    <>
                      {money(all.value)} (
                      <FigureButton figure={{ report: "forecast", part: `${month}.open` }} amount={all.deals} />)
                    </>
                  ),
                },
                { title: words.t("report.expected_by_stage"), isNumber: true, cell: (row) => money(row.byStage) },
                { title: words.t("report.expected_by_coverage"), isNumber: true, cell: (row) => money(row.byCoverage) },
                {
                  ...{ title: words.t("report.won_then"), isNumber: true },
                  cell: ({ month, won }) => (
                    <>
                      {money(won.value)} (
                      <FigureButton figure={{ report: "forecast", part: `${month}.won` }} amount={won.deals} />)
                    </>
                  ),
                },
                { title: words.t("report.became_won"), isNumber: true, cell: ({ became }) => money(became.won) },
                { title: words.t("report.became_lost"), isNumber: true, cell: ({ became }) => money(became.lost) },
                { title: words.t("report.became_open"), isNumber: true, cell: ({ became }) => money(became.open) },
              ]}
              rows={months}
              keyOf={({ month }) => month}
            />
            <FigureTable
              caption={words.t("report.rates")}
              columns={[
                { title: words.t("report.stage"), cell: (stage) => names.stage(stage) },
                { title: words.t("report.rates"), isNumber: true, cell: ({ rate }) => share(rate, words) },
                { title: words.t("report.closed"), isNumber: true, cell: ({ closed }) => closed },
              ]}
              rows={rates}
              keyOf={({ pipelineId, statusId }) => `${pipelineId}.${statusId}`}
            />
          </div>
        );
      }}
      nameOf={(_, part) => {
        const [month = "", word] = part.split(".");
        return `${/^\d{4}-\d\d$/.test(month) ? monthOf(month, words) : month}: ${words.t(word === "won" ? "report.won" : "report.open_then")}`;
      }}
    />
  );
}
