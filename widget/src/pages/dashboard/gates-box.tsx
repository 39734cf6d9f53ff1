import type { Blocking, GatesReport } from "@dealscope/shared/reports";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Choice } from "../../ui/choice.tsx";
import { count } from "../kit/figures.ts";
import { FigureButton } from "./figure-button.tsx";
import { useFilter } from "./filter.ts";
import { type Names, useNames } from "./names.ts";
import { lasting } from "./numbers.ts";
import { Bars } from "./pictures/bars.tsx";
import { FigureTable } from "./pictures/table.tsx";
import { ReportBox } from "./report-box.tsx";

const SIDES = ["reason", "role", "stage"] as const;
type Side = (typeof SIDES)[number];

interface Row extends Blocking {
  part: string;
  label: string;
}

const OUTCOMES = ["approved", "overruled", "given_up", "released", "gone"] as const;

/** What keeps deals from the next stage, how often, and for how long. */
export function GatesBox() {
  const words = useWords();
  const names = useNames();
  const { open } = useFilter();
  const [side, setSide] = useState<Side>("reason");
  return (
    <ReportBox<GatesReport>
      report="gates"
      title={words.t("report.gates")}
      lead={words.t("report.gates_lead")}
      emptyBecause={({ holds }) => (holds.times === 0 ? words.t("report.gates_none") : undefined)}
      picture={(report) => (
        <div className="dsc-stack">
          <div className="dsc-quiet">{summaryOf(report)}</div>
          <Sides side={side} onChange={setSide} />
          <Bars
            label={words.t(`gates_by.${side}`)}
            bars={rowsOf(report, side, names).map(({ part, label, times, open: now, medianHours }) => ({
              ...{ key: part, label, value: times, tone: now > 0 ? "hot" : "spam" },
              figure: words.t("report.times", { times: count(times, words) }),
              more: [
                words.t("report.median_of", { time: lasting(medianHours, words) }),
                ...(now > 0 ? [words.t("report.now", { count: count(now, words) })] : []),
              ].join(" · "),
              onOpen: () => open({ report: "gates", part }),
            }))}
          />
        </div>
      )}
      table={(report) => (
        <div className="dsc-stack">
          <Sides side={side} onChange={setSide} />
          <FigureTable
            caption={words.t(`gates_by.${side}`)}
            columns={[
              { title: words.t(`gates_by.${side}`), cell: ({ label }) => label },
              { title: words.t("report.held_times"), isNumber: true, cell: (row) => count(row.times, words) },
              { title: words.t("report.held_now"), isNumber: true, cell: (row) => count(row.open, words) },
              {
                ...{ title: words.t("report.deals"), isNumber: true },
                cell: ({ part, deals }) => <FigureButton figure={{ report: "gates", part }} amount={deals} />,
              },
              { title: words.t("report.median"), isNumber: true, cell: (row) => lasting(row.medianHours, words) },
              { title: words.t("report.average"), isNumber: true, cell: (row) => lasting(row.averageHours, words) },
            ]}
            rows={[{ ...report.holds, part: "all", label: words.t("report.all") }, ...rowsOf(report, side, names)]}
            keyOf={({ part }) => part}
          />
          <div className="dsc-quiet">{summaryOf(report)}</div>
        </div>
      )}
      nameOf={(report, part) => {
        if (part === "open") return words.t("report.held_open");
        const rows = SIDES.flatMap((one) => rowsOf(report, one, names));
        return words.t("report.held_by", {
          what: rows.find((row) => row.part === part)?.label ?? words.t("report.all"),
        });
      }}
    />
  );

  function summaryOf({ holds: { outcomes } }: GatesReport): string {
    return OUTCOMES.filter((one) => outcomes[one] > 0)
      .map((one) => words.t(`hold_ended.${one}`, { count: count(outcomes[one], words) }))
      .join(" · ");
  }
}

function Sides({ side, onChange }: { side: Side; onChange: (side: Side) => void }) {
  const words = useWords();
  return (
    <Choice
      label={words.t("report.by")}
      value={side}
      options={SIDES.map((one) => ({ value: one, label: words.t(`gates_by.${one}`) }))}
      onChange={onChange}
    />
  );
}

function rowsOf({ reasons, byRole, byStage }: GatesReport, side: Side, names: Names): Row[] {
  switch (side) {
    case "reason":
      return reasons.map(({ kind, what, ...row }) => ({
        ...row,
        part: ["reason", kind, ...(what === "" ? [] : [what])].join("."),
        label: names.reason(kind, what),
      }));
    case "role":
      return byRole.map(({ role, name, ...row }) => ({ ...row, part: `role.${role}`, label: name }));
    case "stage":
      return byStage.map((stage) => ({
        ...stage,
        ...{ part: `stage.${stage.pipelineId}.${stage.statusId}`, label: names.stage(stage) },
      }));
  }
}
