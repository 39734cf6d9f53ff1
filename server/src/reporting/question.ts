import type { CommitteeSettings, GateSettings } from "@dealscope/shared/committee";
import type { ReportHead, ReportQuery } from "@dealscope/shared/reports";
import { LOST, WON } from "@dealscope/shared/stage-ref";
import type { StageNames } from "./stage-names.ts";

/** Turns a value into its placeholder. */
export type Place = (value: unknown) => string;

/** A condition on rows of `lead l`: which of them somebody may see. */
export type Visible = (place: Place) => string;

/** What a report is read by. */
export interface Frame {
  head: ReportHead;
  committee: CommitteeSettings;
  gates: GateSettings;
  stages: StageNames;
  query: ReportQuery;
  visible: Visible;
}

export const OPEN = "l.closed_at IS NULL";

/** One statement of a report: its values, and the conditions that all reports share. */
export class Question {
  readonly values: unknown[] = [];

  constructor(private readonly frame: Frame) {}

  readonly place: Place = (value) => `$${this.values.push(value)}`;

  /** Leads that have been read, are not gone, may be seen, and are meant. */
  deals(): string {
    const { pipelineId, repId } = this.frame.query;
    return [
      "l.gone IS NULL AND l.kommo_created_at IS NOT NULL",
      ...(pipelineId === undefined ? [] : [`l.pipeline_id = ${this.place(pipelineId)}::bigint`]),
      ...(repId === undefined ? [] : [`l.responsible_user_id = ${this.place(repId)}::bigint`]),
      this.frame.visible(this.place),
    ].join(" AND ");
  }

  /** Whether a time lies in the period, whose days are those of the account: one of them may have 23 hours or 25. */
  within(time: string): string {
    const { from, to } = this.frame.query;
    const midnight = (day: string, later: number) =>
      `((${this.place(day)}::date + ${later})::timestamp AT TIME ZONE ${this.place(this.frame.head.timezone)}::text)`;
    const bounds = [
      ...(from === undefined ? [] : [`${time} >= ${midnight(from, 0)}`]),
      ...(to === undefined ? [] : [`${time} < ${midnight(to, 1)}`]),
    ];
    return bounds.length === 0 ? "true" : `(${bounds.join(" AND ")})`;
  }

  /**
   * Whether the columns `pipeline` and `status` are one of these stages. Few stages, so no list to be joined.
   */
  isOneOf(stages: readonly { pipelineId: number; statusId: number }[], pipeline: string, status: string): string {
    if (stages.length === 0) return "false";
    const pairs = stages.map((s) => `(${this.place(s.pipelineId)}::bigint, ${this.place(s.statusId)}::bigint)`);
    return `(${pipeline}, ${status}) IN (${pairs.join(", ")})`;
  }

  /** Roles that decide. */
  deciding(): string {
    const roles = this.frame.committee.roles.filter((role) => role.decides).map((role) => role.key);
    return `${this.place(roles)}::text[]`;
  }
}

/**
 * Every stay of the deals meant, in one form: `entered_at` is never missing, and `left_at` is only where the deal still
 * stands. A deal that has never moved is where it was made. Won and lost are ends and no stays.
 */
export function stays(question: Question): string {
  const deals = question.deals();
  return `
    SELECT l.lead_id, s.pipeline_id, s.status_id, coalesce(s.entered_at, l.kommo_created_at) AS entered_at,
           coalesce(s.left_at, l.closed_at) AS left_at, l.closed_at, l.status_id AS now_status_id, l.price
      FROM lead l JOIN stage_stay s USING (lead_id)
     WHERE ${deals} AND s.status_id NOT IN (${WON}, ${LOST})
    UNION ALL
    SELECT l.lead_id, l.pipeline_id, l.status_id, l.kommo_created_at, NULL, NULL, l.status_id, l.price
      FROM lead l
     WHERE ${deals} AND ${OPEN}
       AND NOT EXISTS (SELECT FROM stage_stay s WHERE s.lead_id = l.lead_id AND s.left_at IS NULL)`;
}

/** Whether it is known who decides: somebody who is linked to the deal plays such a role. */
export function isIdentified(question: Question): string {
  return `l.lead_id IN (SELECT s.lead_id FROM stakeholder s JOIN deal_person c USING (lead_id, contact_id)
                         WHERE s.role = ANY(${question.deciding()}))`;
}

/**
 * Hours between two times, none when Kommo's clock is ahead of ours. As a plain number: `extract` would count each of 400 000
 * stays in decimals.
 */
export const hoursBetween = (from: string, to: string) => `greatest(0, date_part('epoch', ${to} - ${from})) / 3600`;

/** To the hundredth: what is counted in hours is not more exact than half a minute. */
export function rounded(figure: number | null): number {
  return Math.round((figure ?? 0) * 100) / 100;
}

export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1_000) / 10;
}
