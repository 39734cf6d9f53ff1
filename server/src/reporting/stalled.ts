import { SPAM } from "@dealscope/shared/qualification";
import {
  STALLED_PAGE,
  type StalledQuery,
  type StalledReport,
  type StandingReason,
  type Sum,
} from "@dealscope/shared/reports";
import type { Tx } from "../database/tenancy.ts";
import { dealsOf } from "./deal-rows.ts";
import { type Frame, isIdentified, OPEN, Question } from "./question.ts";
import { reasonsOf } from "./standing-reasons.ts";

type Mark = StalledQuery["which"];

interface SumRow {
  stalled: number;
  stalled_value: number;
  single_thread: number;
  single_thread_value: number;
  no_decision_maker: number;
  no_decision_maker_value: number;
  /** One deal more than a page tells whether there is another. */
  page: MarkedRow[];
}

type MarkedRow = { id: number } & Record<Mark, boolean>;

const MARKS: readonly Mark[] = ["stalled", "single_thread", "no_decision_maker"];

/** Open deals, spam left out, that do not move, or hang on one person, or on nobody who decides; and for a page of them, why. */
export async function readStalled(tx: Tx, frame: Frame, { which, page }: StalledQuery): Promise<StalledReport> {
  const question = new Question(frame);
  const sum = (mark: Mark) =>
    `count(*) FILTER (WHERE ${mark}) AS ${mark}, coalesce(sum(price) FILTER (WHERE ${mark}), 0)::float8 AS ${mark}_value`;
  const [sums]: [SumRow] = await tx.query(
    `WITH marked AS MATERIALIZED (${markedDeals(question, frame)})
     SELECT ${MARKS.map(sum).join(", ")},
            (SELECT coalesce(jsonb_agg(p ORDER BY since, id), '[]')
               FROM (SELECT lead_id AS id, since, ${MARKS.join(", ")} FROM marked WHERE ${which} ORDER BY since, lead_id
                      LIMIT ${STALLED_PAGE + 1} OFFSET ${question.place((page - 1) * STALLED_PAGE)}) p) AS page
       FROM marked`,
    question.values,
  );
  const shown = sums.page.slice(0, STALLED_PAGE);
  const ids = shown.map((row) => row.id);
  const deals = await dealsOf(tx, frame, ids);
  const reasons = await reasonsOf(tx, frame, ids);
  return {
    ...frame.head,
    stalled: sumIn(sums, "stalled"),
    singleThread: sumIn(sums, "single_thread"),
    noDecisionMaker: sumIn(sums, "no_decision_maker"),
    standstillDays: frame.committee.standstillDays,
    deals: deals.map((deal) => ({
      ...deal,
      marks: MARKS.filter((mark) => shown.find((row) => row.id === deal.id)?.[mark]),
      because: reasons.get(deal.id) ?? ([] as StandingReason[]),
    })),
    hasMore: sums.page.length > STALLED_PAGE,
  };
}

/** Deals with one of the marks. */
export function stalledPart(question: Question, frame: Frame, part: string): string | undefined {
  const mark = MARKS.find((one) => one === part);
  return mark && `l.lead_id IN (SELECT d.lead_id FROM (${markedDeals(question, frame)}) d WHERE d.${mark})`;
}

/** Open deals with their marks; nobody waits for spam. Standing still is counted from the last move, or from creation. */
function markedDeals(question: Question, { committee }: Frame): string {
  // Not from deal_standing, which would read all deals a second time.
  const since = "stands_since(l.closed_at, s.entered_at, l.kommo_created_at)";
  return `
    SELECT l.lead_id, l.price, ${since} AS since,
           ${since} <= app_now() - ${question.place(committee.standstillDays)}::int * interval '1 day' AS stalled,
           coalesce(p.people, 0) < 2 AS single_thread, NOT ${isIdentified(question)} AS no_decision_maker
      FROM lead l
      LEFT JOIN stage_stay s ON s.lead_id = l.lead_id AND s.left_at IS NULL
      LEFT JOIN (SELECT lead_id, count(*) AS people FROM deal_person GROUP BY lead_id) p ON p.lead_id = l.lead_id
     WHERE ${question.deals()} AND ${OPEN} AND l.segment IS DISTINCT FROM '${SPAM}'
       AND ${question.within("l.kommo_created_at")}`;
}

function sumIn(row: SumRow, mark: Mark): Sum {
  return { deals: row[mark], value: row[`${mark}_value`] };
}
