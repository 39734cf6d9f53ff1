import type { FirstTouchReport } from "@dealscope/shared/reports";
import { useWords } from "../../i18n/words.ts";
import { count } from "../kit/figures.ts";
import { FigureButton } from "./figure-button.tsx";
import { useFilter } from "./filter.ts";
import { lasting } from "./numbers.ts";
import { Bars } from "./pictures/bars.tsx";
import { FigureTable } from "./pictures/table.tsx";
import { ReportBox } from "./report-box.tsx";

type Row = FirstTouchReport["segments"][number];

/** How long clients wait for our first message or call. */
export function FirstTouchBox() {
  const words = useWords();
  const { open } = useFilter();
  const nameOf = ({ segment }: Row) => segment?.name ?? words.t("report.no_segment");
  const partOf = ({ segment }: Row, which: "touched" | "waiting") => `${segment?.key ?? ""}.${which}`;
  const time = (minutes: number | null) => (minutes === null ? "–" : lasting(minutes / 60, words));
  return (
    <ReportBox<FirstTouchReport>
      report="first_touch"
      title={words.t("report.first_touch")}
      lead={words.t("report.first_touch_lead")}
      emptyBecause={({ segments }) => (segments.length === 0 ? words.t("dashboard.nothing") : undefined)}
      picture={({ segments }) => (
        <Bars
          label={words.t("report.first_touch")}
          bars={segments.map((row) => ({
            ...{ key: row.segment?.key ?? "", label: nameOf(row), value: row.medianMinutes ?? 0 },
            ...(row.averageMinutes === null ? {} : { mark: row.averageMinutes }),
            figure: time(row.medianMinutes),
            more: words.t("report.touched_of", {
              ...{ touched: count(row.touched, words), leads: count(row.leads, words) },
              waiting: count(row.waiting, words),
            }),
            tone: row.waiting > 0 ? "warm" : "cold",
            onOpen:
              row.waiting + row.touched > 0
                ? () => open({ report: "first_touch", part: partOf(row, row.waiting > 0 ? "waiting" : "touched") })
                : undefined,
          }))}
        />
      )}
      table={({ segments }) => (
        <FigureTable
          caption={words.t("report.first_touch")}
          columns={[
            { title: words.t("report.segment"), cell: nameOf },
            { title: words.t("report.median"), isNumber: true, cell: (row) => time(row.medianMinutes) },
            { title: words.t("report.average"), isNumber: true, cell: (row) => time(row.averageMinutes) },
            {
              ...{ title: words.t("report.touched"), isNumber: true },
              cell: (row) => (
                <FigureButton figure={{ report: "first_touch", part: partOf(row, "touched") }} amount={row.touched} />
              ),
            },
            {
              ...{ title: words.t("report.waiting"), isNumber: true },
              cell: (row) => (
                <FigureButton figure={{ report: "first_touch", part: partOf(row, "waiting") }} amount={row.waiting} />
              ),
            },
          ]}
          rows={segments}
          keyOf={({ segment }) => segment?.key ?? ""}
        />
      )}
      nameOf={({ segments }, part) => {
        const row = segments.find((one) => partOf(one, "waiting") === part || partOf(one, "touched") === part);
        const which = part.endsWith(".waiting") ? "report.waiting" : "report.touched";
        return row ? `${nameOf(row)}: ${words.t(which)}` : words.t(which);
      }}
    />
  );
}
