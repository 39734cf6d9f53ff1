import type { StageTimesReport } from "@dealscope/shared/reports";
import { useWords } from "../../i18n/words.ts";
import { FigureButton } from "./figure-button.tsx";
import { useFilter } from "./filter.ts";
import { type Names, useNames } from "./names.ts";
import { lasting } from "./numbers.ts";
import { Bars } from "./pictures/bars.tsx";
import { FigureTable } from "./pictures/table.tsx";
import { ReportBox } from "./report-box.tsx";

type Figures = Pick<StageTimesReport["stages"][number], "stays" | "open" | "medianHours" | "averageHours">;

interface Row extends Figures {
  part: string;
  label: string;
  /** Of the purchase, and no stage. */
  isPart: boolean;
}

/** How long deals stay in each part of a purchase, and in each stage. */
export function StageTimesBox() {
  const words = useWords();
  const names = useNames();
  const { open } = useFilter();
  const bar = ({ part, label, isPart, medianHours, averageHours, stays, open: left }: Row) => ({
    ...{ key: part, label, value: medianHours, mark: averageHours, figure: lasting(medianHours, words) },
    more: words.t("report.stays", { average: lasting(averageHours, words), stays, open: left }),
    tone: isPart ? ("warm" as const) : ("cold" as const),
    onOpen: () => open({ report: "stage_times", part }),
  });
  return (
    <ReportBox<StageTimesReport>
      report="stage_times"
      title={words.t("report.stage_times")}
      lead={words.t("report.stage_times_lead")}
      emptyBecause={({ stages }) => (stages.length === 0 ? words.t("dashboard.nothing") : undefined)}
      picture={(report) => <Bars label={words.t("report.stage_times")} bars={shownOf(report, names).map(bar)} />}
      table={(report) => (
        <FigureTable
          caption={words.t("report.stage_times")}
          columns={[
            { title: words.t("report.stage"), cell: ({ label }) => label },
            { title: words.t("report.median"), isNumber: true, cell: (row) => lasting(row.medianHours, words) },
            { title: words.t("report.average"), isNumber: true, cell: (row) => lasting(row.averageHours, words) },
            {
              ...{ title: words.t("report.stays_count"), isNumber: true },
              cell: ({ part, stays }) => <FigureButton figure={{ report: "stage_times", part }} amount={stays} />,
            },
            { title: words.t("report.still_there"), isNumber: true, cell: (row) => row.open },
          ]}
          rows={[...partsOf(report, names), ...stagesOf(report, names)]}
          keyOf={({ part }) => part}
        />
      )}
      nameOf={(report, part) =>
        [...partsOf(report, names), ...stagesOf(report, names)].find((row) => row.part === part)?.label ?? part
      }
    />
  );
}

/** Parts of the purchase, and stages that belong to none; the stages of a part are in the table. */
function shownOf(report: StageTimesReport, names: Names): Row[] {
  const others = report.stages.filter(({ buyingStage }) => buyingStage === null);
  return [...partsOf(report, names), ...stagesOf({ ...report, stages: others }, names)];
}

function partsOf({ buyingStages }: StageTimesReport, names: Names): Row[] {
  return buyingStages.map(({ buyingStage, ...figures }) => ({
    ...{ part: buyingStage, label: names.buyingStage(buyingStage), isPart: true },
    ...figures,
  }));
}

function stagesOf({ stages }: StageTimesReport, names: Names): Row[] {
  return stages.map((stage) => ({
    ...{ part: `${stage.pipelineId}.${stage.statusId}`, label: names.stage(stage), isPart: false },
    ...stage,
  }));
}
