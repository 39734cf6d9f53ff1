import { BUYING_STAGES, BuyingStage } from "@dealscope/shared/committee";
import type { StageTimesReport, StayFigures } from "@dealscope/shared/reports";
import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../database/tenancy.ts";
import { stageIn } from "./parts.ts";
import { type Frame, hoursBetween, Question, rounded, stays } from "./question.ts";

interface Row extends StayFigures {
  pipelineId: number | null;
  statusId: number | null;
  buyingStage: BuyingStage | null;
  /** Whether the row is of a part of the purchase, and not of one stage. */
  isPart: boolean;
}

/**
 * How long deals stay in each stage and in each part of a purchase; who has not left is counted as he stands now. A part
 * is added up from its stays and not from its stages' figures: a median of medians is none.
 */
export async function readStageTimes(tx: Tx, frame: Frame): Promise<StageTimesReport> {
  const question = new Question(frame);
  const mapped = frame.stages.mapped();
  const part = `
    unnest(${question.place(mapped.map((stage) => stage.pipelineId))}::bigint[],
           ${question.place(mapped.map((stage) => stage.statusId))}::bigint[],
           ${question.place(mapped.map((stage) => frame.stages.buyingStage(stage)))}::text[])
      AS part (pipeline_id, status_id, buying_stage)`;
  const rows: Row[] = await tx.query(
    `WITH stays AS MATERIALIZED (
       SELECT s.pipeline_id, s.status_id, part.buying_stage, s.left_at IS NULL AS is_open,
              ${hoursBetween("s.entered_at", "coalesce(s.left_at, app_now())")} AS hours
         FROM (${stays(question)}) s LEFT JOIN ${part} USING (pipeline_id, status_id)
        WHERE ${question.within("s.entered_at")})
     SELECT pipeline_id AS "pipelineId", status_id AS "statusId", buying_stage AS "buyingStage",
            grouping(pipeline_id) = 1 AS "isPart", count(*) AS stays, count(*) FILTER (WHERE is_open) AS open,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS "medianHours", avg(hours) AS "averageHours"
       FROM stays GROUP BY GROUPING SETS ((pipeline_id, status_id, buying_stage), (buying_stage))`,
    question.values,
  );
  const figures = ({ stays, open, medianHours, averageHours }: Row): StayFigures => ({
    ...{ stays, open },
    medianHours: rounded(medianHours),
    averageHours: rounded(averageHours),
  });
  const stages = rows.filter((row): row is Row & StageRef => !row.isPart);
  return {
    ...frame.head,
    stages: frame.stages.sorted(stages).map((row) => ({
      ...frame.stages.named(row),
      buyingStage: row.buyingStage,
      ...figures(row),
    })),
    buyingStages: BUYING_STAGES.flatMap((buyingStage) => {
      const row = rows.find((one) => one.isPart && one.buyingStage === buyingStage);
      return row ? [{ buyingStage, ...figures(row) }] : [];
    }),
  };
}

/** Deals that had a stay there in the period. */
export function stageTimesPart(question: Question, { stages }: Frame, part: string): string | undefined {
  const buyingStage = BuyingStage.safeParse(part);
  const stage = stageIn(part);
  const meant = buyingStage.success ? stages.of(buyingStage.data) : stage && [stage];
  if (!meant) return undefined;
  const entered = question.within("coalesce(s.entered_at, l.kommo_created_at)");
  return `(EXISTS (SELECT FROM stage_stay s WHERE s.lead_id = l.lead_id AND ${entered}
                      AND ${question.isOneOf(meant, "s.pipeline_id", "s.status_id")})
           OR l.closed_at IS NULL AND ${question.within("l.kommo_created_at")}
              AND ${question.isOneOf(meant, "l.pipeline_id", "l.status_id")}
              AND NOT EXISTS (SELECT FROM stage_stay s WHERE s.lead_id = l.lead_id))`;
}
