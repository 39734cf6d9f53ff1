import type { FunnelReport, NamedStage, Sum } from "@dealscope/shared/reports";
import { useState } from "react";
import { useWords } from "../../i18n/words.ts";
import { Choice } from "../../ui/choice.tsx";
import { FigureButton } from "./figure-button.tsx";
import { useFilter } from "./filter.ts";
import { type Names, useNames } from "./names.ts";
import { dealsIn, value } from "./numbers.ts";
import { Funnel } from "./pictures/funnel.tsx";
import { FigureTable } from "./pictures/table.tsx";
import { ReportBox } from "./report-box.tsx";

const MEASURES = ["deals", "value"] as const;
type Measure = (typeof MEASURES)[number];

interface Step extends Sum {
  part: string;
  label: string;
}

/** Where the deals stand now, by what part of a purchase it is. */
export function FunnelBox() {
  const words = useWords();
  const names = useNames();
  const { open } = useFilter();
  const [measure, setMeasure] = useState<Measure>("deals");
  return (
    <ReportBox<FunnelReport>
      report="funnel"
      title={words.t("report.funnel")}
      lead={words.t("report.funnel_lead")}
      emptyBecause={(report) => (allOf(report) === 0 ? words.t("dashboard.nothing") : undefined)}
      picture={(report) => (
        <div className="dsc-stack">
          <Choice
            label={words.t("report.width_is")}
            value={measure}
            options={MEASURES.map((one) => ({ value: one, label: words.t(`report.width_${one}`) }))}
            onChange={setMeasure}
          />
          <Funnel
            label={words.t("report.funnel")}
            steps={stepsOf(report, names).map(({ part, label, ...step }) => ({
              ...{ key: part, label, value: step[measure], figure: dealsIn(step.deals, words) },
              more: value(step.value, report.currency, words),
              onOpen: step.deals > 0 ? () => open({ report: "funnel", part }) : undefined,
            }))}
          />
          <Ends report={report} />
        </div>
      )}
      table={(report) => (
        <FigureTable
          caption={words.t("report.funnel")}
          columns={[
            { title: words.t("report.stage"), cell: ({ label }) => label },
            {
              ...{ title: words.t("report.deals"), isNumber: true },
              cell: ({ deals, part }) => <FigureButton figure={{ report: "funnel", part }} amount={deals} />,
            },
            {
              ...{ title: words.t("report.value"), isNumber: true },
              cell: (step) => value(step.value, report.currency, words),
            },
          ]}
          rows={[...rowsOf(report, names), ...endsOf(report, words.t("report.won"), words.t("report.lost"))]}
          keyOf={({ part }) => part}
        />
      )}
      nameOf={(report, part) =>
        [...rowsOf(report, names), ...endsOf(report, words.t("report.won"), words.t("report.lost"))].find(
          (row) => row.part === part,
        )?.label ?? part
      }
    />
  );
}

/** Won and lost are no steps of a funnel; they stand below it. */
function Ends({ report }: { report: FunnelReport }) {
  const words = useWords();
  const { open } = useFilter();
  return (
    <div className="dsc-row dsc-ends">
      {(["won", "lost"] as const).map((end) => {
        const { deals, value: amount } = report[end];
        const text = `${words.t(`report.${end}`)}: ${dealsIn(deals, words)} · ${value(amount, report.currency, words)}`;
        return (
          <button
            key={end}
            type="button"
            className={`dsc-ends__end dsc-shade-${end === "won" ? "good" : "spam"}`}
            disabled={deals === 0}
            onClick={() => open({ report: "funnel", part: end })}
          >
            {text}
          </button>
        );
      })}
    </div>
  );
}

function allOf({ stages, won, lost }: FunnelReport): number {
  return stages.reduce((all, { deals }) => all + deals, won.deals + lost.deals);
}

const partOf = ({ pipelineId, statusId }: NamedStage) => `${pipelineId}.${statusId}`;

/** Parts of the purchase; where no stage is one of them, the stages themselves. */
function stepsOf({ stages }: FunnelReport, names: Names): Step[] {
  const isMapped = stages.some(({ buyingStage, deals }) => buyingStage !== "other" && deals > 0);
  if (!isMapped) return stages.flatMap(({ parts }) => parts).map((stage) => toStep(stage, names));
  return stages
    .filter(({ buyingStage, deals }) => buyingStage !== "other" || deals > 0)
    .map(({ buyingStage, deals, value: amount }) => ({
      ...{ part: buyingStage, label: names.buyingStage(buyingStage) },
      ...{ deals, value: amount },
    }));
}

/** Each part of the purchase, followed by the stages that it is made of. */
function rowsOf(report: FunnelReport, names: Names): Step[] {
  const steps = stepsOf(report, names);
  return steps.flatMap((step) => {
    const stage = report.stages.find(({ buyingStage }) => buyingStage === step.part);
    return [step, ...(stage?.parts ?? []).map((one) => toStep(one, names))];
  });
}

function toStep(stage: NamedStage & Sum, names: Names): Step {
  return { part: partOf(stage), label: names.stage(stage), deals: stage.deals, value: stage.value };
}

function endsOf({ won, lost }: FunnelReport, wonName: string, lostName: string): Step[] {
  return [
    { part: "won", label: wonName, ...won },
    { part: "lost", label: lostName, ...lost },
  ];
}
