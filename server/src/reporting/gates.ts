import type { Blocking, GatesReport } from "@dealscope/shared/reports";
import type { Tx } from "../database/tenancy.ts";
import { splitPart, stageIn } from "./parts.ts";
import { type Frame, hoursBetween, Question, rounded } from "./question.ts";

type Outcome = keyof GatesReport["holds"]["outcomes"];

interface HoldRow extends Blocking {
  pipelineId: number | null;
  statusId: number | null;
}

interface ReasonRow extends Blocking {
  kind: string | null;
  what: string;
  isRole: boolean;
}

const BLOCKING = `
  count(*) AS times, count(*) FILTER (WHERE ended_at IS NULL) AS open, count(DISTINCT lead_id) AS deals,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS "medianHours", avg(hours) AS "averageHours"`;

const HOURS = (from: string, to: string) => `${hoursBetween(from, `coalesce(${to}, app_now())`)} AS hours`;

/** What keeps deals, how long, and whose approval or presence it is that is missing. */
export async function readGates(tx: Tx, frame: Frame): Promise<GatesReport> {
  const held = new Question(frame);
  const holds: HoldRow[] = await tx.query(
    `SELECT wanted_pipeline_id AS "pipelineId", wanted_status_id AS "statusId", ${BLOCKING}
       FROM (SELECT h.*, ${HOURS("h.since", "h.ended_at")} FROM (${holdsOf(held)}) h) h
      GROUP BY GROUPING SETS ((wanted_pipeline_id, wanted_status_id), ())`,
    held.values,
  );
  const ended = new Question(frame);
  const outcomes: { outcome: Outcome | null; holds: number; value: number }[] = await tx.query(
    `SELECT outcome, count(*) AS holds, sum(price)::float8 AS value FROM (${holdsOf(ended)}) h GROUP BY outcome`,
    ended.values,
  );
  const why = new Question(frame);
  // A reason ends with its hold, whether or not somebody wrote that down.
  const reasons: ReasonRow[] = await tx.query(
    `WITH reasons AS MATERIALIZED (
       SELECT h.lead_id, r.kind, r.what, coalesce(r.ended_at, h.ended_at) AS ended_at,
              r.kind IN ('role', 'approval') AS of_role, ${HOURS("r.since", "coalesce(r.ended_at, h.ended_at)")}
         FROM (${holdsOf(why)}) h JOIN hold_reason r ON r.hold_id = h.id)
     SELECT kind, what, false AS "isRole", ${BLOCKING} FROM reasons GROUP BY kind, what
     UNION ALL
     SELECT NULL, what, true, ${BLOCKING} FROM reasons WHERE of_role GROUP BY what
     ORDER BY kind, what`,
    why.values,
  );
  const all = holds.find((row) => row.pipelineId === null);
  const often = (a: Blocking, b: Blocking) => b.times - a.times || rounded(b.averageHours) - rounded(a.averageHours);
  const roles = new Map(frame.committee.roles.map(({ key, name }) => [key, name]));
  const countOf = (outcome: Outcome) => outcomes.find((row) => row.outcome === outcome)?.holds ?? 0;
  return {
    ...frame.head,
    holds: {
      ...blocking(all ?? NOTHING),
      heldValue: outcomes.find((row) => row.outcome === null)?.value ?? 0,
      outcomes: {
        approved: countOf("approved"),
        overruled: countOf("overruled"),
        given_up: countOf("given_up"),
        released: countOf("released"),
        gone: countOf("gone"),
      },
    },
    reasons: reasons
      .flatMap(({ kind, what, ...row }) => (kind === null ? [] : [{ kind, what, ...blocking(row) }]))
      .sort(often),
    byRole: reasons
      .flatMap(({ isRole, what, ...row }) =>
        isRole ? [{ role: what, name: roles.get(what) ?? what, ...blocking(row) }] : [],
      )
      .sort(often),
    byStage: holds
      .flatMap(({ pipelineId, statusId, ...row }) =>
        pipelineId === null || statusId === null
          ? []
          : [{ ...frame.stages.named({ pipelineId, statusId }), ...blocking(row) }],
      )
      .sort(often),
  };
}

/** Deals that were held in the period: all, those held now, for a role, for one reason, or from one stage. */
export function gatesPart(question: Question, _: Frame, part: string): string | undefined {
  const held = (condition: string) =>
    `EXISTS (SELECT FROM hold h WHERE h.lead_id = l.lead_id AND ${question.within("h.since")} AND ${condition})`;
  const because = (condition: string) =>
    held(`EXISTS (SELECT FROM hold_reason r WHERE r.hold_id = h.id AND ${condition})`);
  const [word, of = ""] = splitPart(part);
  if (part === "all") return held("true");
  if (part === "open") return held("h.ended_at IS NULL");
  if (word === "role") return because(`r.kind IN ('role', 'approval') AND r.what = ${question.place(of)}`);
  if (word === "reason") {
    const [kind, what = ""] = splitPart(of);
    return because(`r.kind = ${question.place(kind)} AND r.what = ${question.place(what)}`);
  }
  const stage = word === "stage" ? stageIn(of) : undefined;
  return stage && held(question.isOneOf([stage], "h.wanted_pipeline_id", "h.wanted_status_id"));
}

/** Holds of the deals meant, begun in the period. */
function holdsOf(question: Question): string {
  return `SELECT h.*, l.price FROM hold h JOIN lead l USING (lead_id)
           WHERE ${question.deals()} AND ${question.within("h.since")}`;
}

function blocking({ times, open, deals, medianHours, averageHours }: Blocking): Blocking {
  return { times, open, deals, medianHours: rounded(medianHours), averageHours: rounded(averageHours) };
}

const NOTHING: Blocking = { times: 0, open: 0, deals: 0, medianHours: 0, averageHours: 0 };
