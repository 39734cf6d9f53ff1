import type { ForecastReport, Sum, Weighted } from "@dealscope/shared/reports";
import { WON } from "@dealscope/shared/stage-ref";
import type { Tx } from "../database/tenancy.ts";
import { monthsOf, sampleOf, samplesAt } from "./months.ts";
import { splitPart } from "./parts.ts";
import { type Frame, Question, rounded, stays } from "./question.ts";

/**
 * Rows are samples' business: `first` is the first sample that sees them, `end` the first that does not any more, and
 * `closed` the first after the deal was closed. Samples are the beginnings of the months, and now.
 */
interface Sampled {
  first: number;
  end: number;
  deals: number;
  value: number;
}

interface StayRow extends Sampled {
  pipelineId: number;
  statusId: number;
  closed: number;
  isWon: boolean;
}

interface DealRow extends Sampled {
  outcome: "won" | "lost" | "open";
}

interface SpanRow extends Sampled {
  roles: string[];
}

/**
 * Deals weighed by their stage and by who is on board, as it was when each month began, against what came of them. What
 * was not known then is not used: how likely a stage is won is counted from deals that had been closed by that time.
 * Only values are today's, because Kommo does not say what they were.
 */
export async function readForecast(tx: Tx, frame: Frame): Promise<ForecastReport> {
  const months = await monthsOf(tx, frame);
  // The end of the last month, for what was won in it, and now.
  const now = new Date(frame.head.now);
  const last = months.at(-1)?.endsAt ?? now;
  const samples = [...months.map((month) => month.startsAt), last < now ? last : now, now];
  const stayRows = await sampledStays(tx, frame, samples);
  const dealRows = await sampledDeals(tx, frame, samples);
  const spanRows = await sampledSpans(tx, frame, samples);
  const weighted = (at: number): Weighted => ({
    open: sumOf(dealRows.filter(seenAt(at))),
    byStage: money(byStage(stayRows, at)),
    byCoverage: money(sumBy(spanRows.filter(seenAt(at)), (row) => row.value * coverage(row.roles, frame))),
  });
  const today = samples.length - 1;
  return {
    ...frame.head,
    months: months.map(({ month }, at) => ({
      month,
      ...weighted(at),
      won: sumOf(dealRows.filter((row) => row.outcome === "won" && row.end === at + 1)),
      became: {
        won: became(dealRows, at, "won"),
        lost: became(dealRows, at, "lost"),
        open: became(dealRows, at, "open"),
      },
    })),
    today: weighted(today),
    rates: frame.stages
      .sorted([...ratesAt(stayRows, today).values()])
      .map(({ rate, closed, ...stage }) => ({ ...frame.stages.named(stage), rate: rounded(rate * 100), closed })),
  };
}

/** Deals that were open when a month began, or were won in it. */
export function forecastPart(question: Question, frame: Frame, part: string): string | undefined {
  const [month, word] = splitPart(part);
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(month) || (word !== "open" && word !== "won")) return undefined;
  const begins = (later: number) =>
    `((${question.place(`${month}-01`)}::date + interval '${later} months') AT TIME ZONE ${question.place(frame.head.timezone)}::text)`;
  return word === "open"
    ? `l.kommo_created_at < ${begins(0)} AND (l.closed_at IS NULL OR l.closed_at >= ${begins(0)})`
    : `l.status_id = ${WON} AND l.closed_at >= ${begins(0)} AND l.closed_at < ${begins(1)}`;
}

async function sampledStays(tx: Tx, frame: Frame, samples: readonly Date[]): Promise<StayRow[]> {
  const question = new Question(frame);
  const at = samplesAt(question, samples);
  return tx.query(
    `SELECT pipeline_id AS "pipelineId", status_id AS "statusId", ${sampleOf("entered_at", at)} AS first,
            ${sampleOf("coalesce(left_at, 'infinity')", at)} AS "end",
            ${sampleOf("coalesce(closed_at, 'infinity')", at)} AS closed, now_status_id = ${WON} AS "isWon",
            count(*) AS deals, sum(price)::float8 AS value
       FROM (${stays(question)}) s GROUP BY 1, 2, 3, 4, 5, 6`,
    question.values,
  );
}

async function sampledDeals(tx: Tx, frame: Frame, samples: readonly Date[]): Promise<DealRow[]> {
  const question = new Question(frame);
  const at = samplesAt(question, samples);
  return tx.query(
    `SELECT ${sampleOf("l.kommo_created_at", at)} AS first, ${sampleOf("coalesce(l.closed_at, 'infinity')", at)} AS "end",
            CASE WHEN l.closed_at IS NULL THEN 'open' WHEN l.status_id = ${WON} THEN 'won' ELSE 'lost' END AS outcome,
            count(*) AS deals, sum(l.price)::float8 AS value
       FROM lead l WHERE ${question.deals()} GROUP BY 1, 2, 3`,
    question.values,
  );
}

async function sampledSpans(tx: Tx, frame: Frame, samples: readonly Date[]): Promise<SpanRow[]> {
  const question = new Question(frame);
  const at = samplesAt(question, samples);
  return tx.query(
    `SELECT s.roles, ${sampleOf("greatest(s.from_at, l.kommo_created_at)", at)} AS first,
            ${sampleOf("least(s.until_at, l.closed_at, 'infinity')", at)} AS "end", count(*) AS deals, sum(l.price)::float8 AS value
       FROM lead l JOIN committee_span s USING (lead_id)
      WHERE ${question.deals()} AND s.roles <> '{}' GROUP BY 1, 2, 3`,
    question.values,
  );
}

const seenAt = (at: number) => (row: Sampled) => row.first <= at && at < row.end;

/**
 * How likely deals that stood in a stage were won, from those closed before the sample. One won and one lost deal are
 * added, so that the first deal of a stage does not make it certain, and a stage without any counts half.
 */
function ratesAt(rows: readonly StayRow[], at: number) {
  const stages = Map.groupBy(rows, ({ pipelineId, statusId }) => `${pipelineId}.${statusId}`);
  return new Map(
    [...stages].map(([key, own]) => {
      const closed = own.filter((row) => row.closed <= at);
      const count = sumBy(closed, (row) => row.deals);
      const won = sumBy(closed, (row) => (row.isWon ? row.deals : 0));
      const { pipelineId, statusId } = own[0]!;
      return [key, { pipelineId, statusId, rate: (won + 1) / (count + 2), closed: count }];
    }),
  );
}

function byStage(rows: readonly StayRow[], at: number): number {
  const rates = ratesAt(rows, at);
  return sumBy(
    rows.filter(seenAt(at)),
    (row) => row.value * (rates.get(`${row.pipelineId}.${row.statusId}`)?.rate ?? 0),
  );
}

/** The weight of the roles on board among the weight of all that do not oppose. */
function coverage(onBoard: readonly string[], { committee }: Frame): number {
  const wanted = committee.roles.filter((role) => !role.opposes);
  const whole = sumBy(wanted, (role) => role.weight);
  return whole === 0
    ? 0
    : sumBy(
        wanted.filter((role) => onBoard.includes(role.key)),
        (role) => role.weight,
      ) / whole;
}

function became(rows: readonly DealRow[], at: number, outcome: DealRow["outcome"]): number {
  return money(
    sumBy(
      rows.filter(seenAt(at)).filter((row) => row.outcome === outcome),
      (row) => row.value,
    ),
  );
}

function sumOf(rows: readonly Sampled[]): Sum {
  return { deals: sumBy(rows, (row) => row.deals), value: money(sumBy(rows, (row) => row.value)) };
}

function sumBy<T>(rows: readonly T[], figure: (row: T) => number): number {
  return rows.reduce((sum, row) => sum + figure(row), 0);
}

function money(value: number): number {
  return Math.round(value * 100) / 100;
}
