import type { Tx } from "../database/tenancy.ts";
import type { Frame, Question } from "./question.ts";

export interface Month {
  /** `2026-11` */
  month: string;
  startsAt: Date;
  endsAt: Date;
}

const USUAL = 12;
const AT_MOST = 36;

/**
 * The months of the period, oldest first, as the account's clocks show them. Without a first day the twelve up to the
 * last; of a longer period than three years the last three. None of a period that has not begun.
 */
export async function monthsOf(tx: Tx, { query, head }: Frame): Promise<Month[]> {
  return tx.query(
    `SELECT to_char(m, 'YYYY-MM') AS month, m AT TIME ZONE $1::text AS "startsAt",
            (m + interval '1 month') AT TIME ZONE $1::text AS "endsAt"
       FROM (SELECT least(date_trunc('month', coalesce($3::timestamp, app_now() AT TIME ZONE $1::text)),
                          date_trunc('month', app_now() AT TIME ZONE $1::text)) AS last) l,
            generate_series(
              greatest(coalesce(date_trunc('month', $2::timestamp), last - interval '${USUAL - 1} months'),
                       last - interval '${AT_MOST - 1} months'),
              last, interval '1 month') m`,
    [head.timezone, query.from ?? null, query.to ?? null],
  );
}

/** Moments at which a statement looks, in their order; as seconds, because numbers are placed among others the quickest. */
export function samplesAt(question: Question, moments: readonly Date[]): string {
  return `${question.place(moments.map((moment) => moment.getTime() / 1000))}::float8[]`;
}

/** How many of the samples are not later than this time, and so the first one that sees what began then. */
export function sampleOf(time: string, samples: string): string {
  return `width_bucket(date_part('epoch', ${time}), ${samples})`;
}
