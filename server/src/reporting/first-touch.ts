import type { FirstTouchReport } from "@dealscope/shared/reports";
import type { Tx } from "../database/tenancy.ts";
import { type Frame, hoursBetween, OPEN, Question, rounded } from "./question.ts";

interface Row {
  segment: string | null;
  leads: number;
  touched: number;
  waiting: number;
  median: number | null;
  average: number | null;
}

/** Of leads that came before us nobody knows who wrote to them or called them when. */
const SINCE_CONNECTED = "l.kommo_created_at >= (SELECT connected_at FROM account)";
const WAITS = `l.first_touch_at IS NULL AND ${OPEN}`;

/** How long clients of each segment wait for our first message or call. */
export async function readFirstTouch(
  tx: Tx,
  frame: Frame,
  segments: readonly { key: string; name: string }[],
): Promise<FirstTouchReport> {
  const question = new Question(frame);
  const rows: Row[] = await tx.query(
    `SELECT segment, count(*) AS leads, count(minutes) AS touched, count(*) FILTER (WHERE waits) AS waiting,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes) AS median, avg(minutes) AS average
       FROM (SELECT l.segment, ${WAITS} AS waits,
                    CASE WHEN l.first_touch_at > l.kommo_created_at
                         THEN ${hoursBetween("l.kommo_created_at", "l.first_touch_at")} * 60
                         WHEN l.first_touch_at IS NOT NULL THEN 0 END AS minutes
               FROM lead l
              WHERE ${question.deals()} AND ${SINCE_CONNECTED} AND ${question.within("l.kommo_created_at")}) l
      GROUP BY segment`,
    question.values,
  );
  const place = (key: string | null) => segments.findIndex((segment) => segment.key === key) + 1 || segments.length + 1;
  return {
    ...frame.head,
    segments: rows
      .toSorted((a, b) => place(a.segment) - place(b.segment) || (a.segment ?? "~").localeCompare(b.segment ?? "~"))
      .map(({ segment, leads, touched, waiting, median, average }) => ({
        segment:
          segment === null
            ? null
            : { key: segment, name: segments.find(({ key }) => key === segment)?.name ?? segment },
        ...{ leads, touched, waiting },
        medianMinutes: median === null ? null : rounded(median),
        averageMinutes: average === null ? null : rounded(average),
      })),
  };
}

/** Leads of a segment that were written to, or wait. */
export function firstTouchPart(question: Question, _: Frame, part: string): string | undefined {
  const dot = part.lastIndexOf(".");
  const [segment, word] = [part.slice(0, dot), part.slice(dot + 1)];
  if (dot < 0 || (word !== "touched" && word !== "waiting")) return undefined;
  return `${SINCE_CONNECTED} AND ${question.within("l.kommo_created_at")}
      AND l.segment IS NOT DISTINCT FROM nullif(${question.place(segment)}::text, '')
      AND ${word === "touched" ? "l.first_touch_at IS NOT NULL" : WAITS}`;
}
