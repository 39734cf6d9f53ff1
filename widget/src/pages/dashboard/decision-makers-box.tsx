import type { DecisionMakersReport, Identified } from "@dealscope/shared/reports";
import { useWords } from "../../i18n/words.ts";
import { count, monthOf } from "../kit/figures.ts";
import { FigureButton } from "./figure-button.tsx";
import { useFilter } from "./filter.ts";
import { type Names, useNames } from "./names.ts";
import { share, shortMonth } from "./numbers.ts";
import { Bars, type Shade } from "./pictures/bars.tsx";
import { Months } from "./pictures/months.tsx";
import { FigureTable } from "./pictures/table.tsx";
import { ReportBox } from "./report-box.tsx";

interface Row extends Identified {
  /** What stands behind `missing.` for the deals without one; null where no deals can be listed. */
  part: string | null;
  label: string;
}

/** In how many open deals it is known who decides. */
export function DecisionMakersBox() {
  const words = useWords();
  const names = useNames();
  const { open } = useFilter();
  const said = ({ identified, deals }: Identified) =>
    words.t("report.identified_of", { identified: count(identified, words), deals: count(deals, words) });
  const bar = (row: Row) => ({
    ...{ key: row.label + row.part, label: row.label, value: row.share ?? 0, figure: share(row.share, words) },
    ...{ more: said(row), tone: toneOf(row.share) },
    onOpen:
      row.deals > row.identified ? () => open({ report: "decision_makers", part: `missing.${row.part}` }) : undefined,
  });
  return (
    <ReportBox<DecisionMakersReport>
      report="decision_makers"
      title={words.t("report.decision_makers")}
      lead={words.t("report.decision_makers_lead")}
      emptyBecause={({ all }) => (all.deals === 0 ? words.t("dashboard.nothing") : undefined)}
      isWide
      picture={(report) => (
        <div className="dsc-report__halves">
          <div className="dsc-stack">
            <div>
              <span className="dsc-stat">{share(report.all.share, words)}</span>{" "}
              <span className="dsc-quiet">{said(report.all)}</span>
            </div>
            <Months
              label={words.t("report.over_time")}
              most={100}
              write={(hundredths) => share(hundredths, words)}
              months={report.overTime.map((one) => ({
                ...{ key: one.month, label: shortMonth(one.month, words) },
                said: `${monthOf(one.month, words)}: ${share(one.share, words)} (${said(one)})`,
              }))}
              series={[
                {
                  ...{ key: "share", name: words.t("report.share"), shape: "line" as const },
                  values: report.overTime.map((one) => one.share),
                },
              ]}
            />
            <div className="dsc-subtitle">{words.t("report.by_rep")}</div>
            <Bars
              label={words.t("report.by_rep")}
              most={100}
              bars={repsOf(report, words.t("report.nobody")).map(bar)}
            />
          </div>
          <div className="dsc-stack">
            <div className="dsc-subtitle">{words.t("report.by_stage")}</div>
            <Bars label={words.t("report.by_stage")} most={100} bars={stagesOf(report, names).map(bar)} />
          </div>
        </div>
      )}
      table={(report) => (
        <div className="dsc-stack dsc-stack--wide">
          <Shares
            title={words.t("report.stage")}
            rows={[{ part: "", label: words.t("report.all"), ...report.all }, ...stagesOf(report, names)]}
          />
          <Shares title={words.t("report.by_rep")} rows={repsOf(report, words.t("report.nobody"))} />
          <Shares
            title={words.t("report.over_time")}
            rows={report.overTime.map((one) => ({ ...one, part: null, label: monthOf(one.month, words) }))}
          />
        </div>
      )}
      nameOf={(report, part) => {
        const rows = [...stagesOf(report, names), ...repsOf(report, words.t("report.nobody"))];
        const of = rows.find((row) => `missing.${row.part}` === part)?.label ?? words.t("report.all");
        return words.t("report.without_of", { of });
      }}
    />
  );
}

function Shares({ title, rows }: { title: string; rows: readonly Row[] }) {
  const words = useWords();
  return (
    <FigureTable
      caption={title}
      columns={[
        { title, cell: ({ label }) => label },
        { title: words.t("report.share"), isNumber: true, cell: (row) => share(row.share, words) },
        { title: words.t("report.identified"), isNumber: true, cell: (row) => count(row.identified, words) },
        {
          ...{ title: words.t("report.without"), isNumber: true },
          cell: ({ part, deals, identified }) =>
            part === null ? (
              count(deals - identified, words)
            ) : (
              <FigureButton
                figure={{ report: "decision_makers", part: part === "" ? "missing" : `missing.${part}` }}
                amount={deals - identified}
              />
            ),
        },
      ]}
      rows={rows}
      keyOf={({ part, label }) => `${part} ${label}`}
    />
  );
}

function toneOf(hundredths: number | null): Shade {
  if (hundredths === null || hundredths < 40) return "hot";
  return hundredths < 75 ? "warm" : "good";
}

function stagesOf({ byStage }: DecisionMakersReport, names: Names): Row[] {
  return byStage.map((stage) => ({
    ...stage,
    ...{ part: `${stage.pipelineId}.${stage.statusId}`, label: names.stage(stage) },
  }));
}

function repsOf({ byRep }: DecisionMakersReport, nobody: string): Row[] {
  return byRep.map((rep) => ({
    ...rep,
    ...{ part: String(rep.repId ?? 0), label: rep.repId === null ? nobody : rep.name || String(rep.repId) },
  }));
}
