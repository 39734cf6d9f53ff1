import { DEALS_PAGE, type ReportDeals, type ReportDealsQuery } from "@dealscope/shared/reports";
import type { Tx } from "../database/tenancy.ts";
import { dealsOf } from "./deal-rows.ts";
import { decisionMakersPart } from "./decision-makers.ts";
import { firstTouchPart } from "./first-touch.ts";
import { forecastPart } from "./forecast.ts";
import { funnelPart } from "./funnel.ts";
import { gatesPart } from "./gates.ts";
import { type Frame, Question } from "./question.ts";
import { stageTimesPart } from "./stage-times.ts";
import { stalledPart } from "./stalled.ts";

/** The figure that was asked for is none of the report's. */
export class NoSuchPart extends Error {}

type Part = (question: Question, frame: Frame, part: string) => string | undefined;

const parts: Record<ReportDealsQuery["report"], Part> = {
  funnel: funnelPart,
  stage_times: stageTimesPart,
  decision_makers: decisionMakersPart,
  gates: gatesPart,
  stalled: stalledPart,
  forecast: forecastPart,
  first_touch: firstTouchPart,
};

/**
 * The deals behind a figure of a report, highest value first.
 * @throws NoSuchPart
 */
export async function readDeals(tx: Tx, frame: Frame, wish: ReportDealsQuery): Promise<ReportDeals> {
  const question = new Question(frame);
  const part = parts[wish.report](question, frame, wish.part);
  if (part === undefined) throw new NoSuchPart("This report has no such figure.");
  const offset = (wish.page - 1) * DEALS_PAGE;
  // One more than a page tells whether there is another.
  const found: { lead_id: number }[] = await tx.query(
    `SELECT l.lead_id FROM lead l WHERE ${question.deals()} AND ${part}
      ORDER BY l.price DESC, l.lead_id DESC LIMIT ${DEALS_PAGE + 1} OFFSET ${question.place(offset)}`,
    question.values,
  );
  const ids = found.slice(0, DEALS_PAGE).map((row) => row.lead_id);
  return { deals: await dealsOf(tx, frame, ids), hasMore: found.length > DEALS_PAGE };
}
