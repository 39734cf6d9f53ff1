import { BUYING_STAGES, BuyingStage } from "@dealscope/shared/committee";
import type { FunnelReport, Sum } from "@dealscope/shared/reports";
import { LOST, WON } from "@dealscope/shared/stage-ref";
import type { Tx } from "../database/tenancy.ts";
import { stageIn } from "./parts.ts";
import { type Frame, Question } from "./question.ts";

interface StageRow extends Sum {
  pipelineId: number;
  statusId: number;
}

/** Deals and their value by what part of a purchase they are in. */
export async function readFunnel(tx: Tx, frame: Frame): Promise<FunnelReport> {
  const question = new Question(frame);
  const rows: StageRow[] = await tx.query(
    `SELECT l.pipeline_id AS "pipelineId", l.status_id AS "statusId", count(*) AS deals, sum(l.price)::float8 AS value
       FROM lead l WHERE ${question.deals()} AND ${question.within("l.kommo_created_at")} GROUP BY 1, 2`,
    question.values,
  );
  const open = frame.stages.sorted(rows.filter(({ statusId }) => statusId !== WON && statusId !== LOST));
  const parts = open.map((row) => ({
    ...frame.stages.named(row),
    deals: row.deals,
    value: row.value,
    buyingStage: frame.stages.buyingStage(row) ?? ("other" as const),
  }));
  return {
    ...frame.head,
    stages: [...BUYING_STAGES, "other" as const].map((buyingStage) => {
      const own = parts.filter((part) => part.buyingStage === buyingStage);
      return { buyingStage, ...sumOf(own), parts: own.map(({ buyingStage: _, ...part }) => part) };
    }),
    won: sumOf(rows.filter(({ statusId }) => statusId === WON)),
    lost: sumOf(rows.filter(({ statusId }) => statusId === LOST)),
  };
}

/** The deals of one figure, as a condition. */
export function funnelPart(question: Question, { stages }: Frame, part: string): string | undefined {
  const within = question.within("l.kommo_created_at");
  const stand = (meant: Parameters<Question["isOneOf"]>[0]) => question.isOneOf(meant, "l.pipeline_id", "l.status_id");
  if (part === "won" || part === "lost") return `${within} AND l.status_id = ${part === "won" ? WON : LOST}`;
  if (part === "other") return `${within} AND l.status_id NOT IN (${WON}, ${LOST}) AND NOT ${stand(stages.mapped())}`;
  const buyingStage = BuyingStage.safeParse(part);
  if (buyingStage.success) return `${within} AND ${stand(stages.of(buyingStage.data))}`;
  const stage = stageIn(part);
  return stage && `${within} AND ${stand([stage])}`;
}

function sumOf(rows: readonly Sum[]): Sum {
  return {
    deals: rows.reduce((sum, row) => sum + row.deals, 0),
    value: rows.reduce((sum, row) => sum + row.value, 0),
  };
}
