import type { DecisionMakersReport, Identified } from "@dealscope/shared/reports";
import type { Tx } from "../database/tenancy.ts";
import { monthsOf, sampleOf, samplesAt } from "./months.ts";
import { repIn, splitPart, stageIn } from "./parts.ts";
import { type Frame, isIdentified, OPEN, Question, shareOf } from "./question.ts";

interface Row {
  pipelineId: number;
  statusId: number;
  repId: number | null;
  deals: number;
  identified: number;
}

/** How many deals there are between two samples: from the sample `first` on, up to but without `end`. */
interface SpanRow {
  first: number;
  end: number;
  deals: number;
  isIdentified: boolean;
}

/** In how many open deals it is known who decides: now, by stage and by rep, and at the end of each month. */
export async function readDecisionMakers(tx: Tx, frame: Frame): Promise<DecisionMakersReport> {
  const question = new Question(frame);
  // Kommo says 0 of a deal that nobody is responsible for.
  const rows: Row[] = await tx.query(
    `SELECT l.pipeline_id AS "pipelineId", l.status_id AS "statusId", l.responsible_user_id AS "repId",
            count(*) AS deals, count(*) FILTER (WHERE is_identified) AS identified
       FROM (SELECT l.pipeline_id, l.status_id, l.responsible_user_id,
                    ${isIdentified(question)} AS is_identified
               FROM lead l WHERE ${question.deals()} AND ${OPEN} AND ${question.within("l.kommo_created_at")}) l
      GROUP BY 1, 2, 3`,
    question.values,
  );
  const users: { id: number; name: string }[] = await tx.query("SELECT user_id AS id, name FROM kommo_user");
  const names = new Map(users.map(({ id, name }) => [id, name]));
  const byStage = [...Map.groupBy(rows, ({ pipelineId, statusId }) => `${pipelineId}.${statusId}`).values()];
  const byRep = [...Map.groupBy(rows, ({ repId }) => repId)];
  return {
    ...frame.head,
    all: added(rows),
    byStage: frame.stages.sorted(byStage.map((own) => ({ ...frame.stages.named(own[0]!), ...added(own) }))),
    byRep: byRep
      .map(([repId, own]) => ({ repId, name: repId === null ? "" : (names.get(repId) ?? `#${repId}`), ...added(own) }))
      .sort((a, b) => b.deals - a.deals || (a.repId ?? 0) - (b.repId ?? 0)),
    overTime: await overTime(tx, frame),
  };
}

/** Deals in which it is known, or not, who decides; of all, of one stage, or of one rep. */
export function decisionMakersPart(question: Question, _: Frame, part: string): string | undefined {
  const [word, of] = splitPart(part);
  if (word !== "identified" && word !== "missing") return undefined;
  const stage = of === undefined ? undefined : stageIn(of);
  const rep = of === undefined ? undefined : repIn(of);
  if (of !== undefined && stage === undefined && rep === undefined) return undefined;
  return [
    `${OPEN} AND ${question.within("l.kommo_created_at")}`,
    `${word === "missing" ? "NOT " : ""}${isIdentified(question)}`,
    ...(stage ? [question.isOneOf([stage], "l.pipeline_id", "l.status_id")] : []),
    ...(rep === undefined ? [] : [`l.responsible_user_id IS NOT DISTINCT FROM ${question.place(rep || null)}::bigint`]),
  ].join(" AND ");
}

async function overTime(tx: Tx, frame: Frame): Promise<DecisionMakersReport["overTime"]> {
  const months = await monthsOf(tx, frame);
  const question = new Question(frame);
  const ends = samplesAt(
    question,
    months.map((month) => month.endsAt),
  );
  const deals = question.deals();
  const rows: SpanRow[] = await tx.query(
    `SELECT first, end_ AS "end", count(*) AS deals, "isIdentified"
       FROM (SELECT ${sampleOf("l.kommo_created_at", ends)} AS first,
                    ${sampleOf("coalesce(l.closed_at, 'infinity')", ends)} AS end_, false AS "isIdentified"
               FROM lead l WHERE ${deals}
             UNION ALL
             SELECT ${sampleOf("greatest(s.from_at, l.kommo_created_at)", ends)},
                    ${sampleOf("least(s.until_at, l.closed_at, 'infinity')", ends)}, true
               FROM lead l JOIN committee_span s USING (lead_id)
              WHERE ${deals} AND s.roles && ${question.deciding()}) spans
      WHERE first < end_ GROUP BY 1, 2, 4`,
    question.values,
  );
  return months.map(({ month }, at) => {
    const open = rows.filter(({ first, end }) => first <= at && at < end);
    const count = (known: boolean) => open.reduce((sum, row) => sum + (row.isIdentified === known ? row.deals : 0), 0);
    return { month, ...identified(count(false), count(true)) };
  });
}

function added(rows: readonly Row[]): Identified {
  return identified(
    rows.reduce((sum, row) => sum + row.deals, 0),
    rows.reduce((sum, row) => sum + row.identified, 0),
  );
}

function identified(deals: number, known: number): Identified {
  return { deals, identified: known, share: shareOf(known, deals) };
}
