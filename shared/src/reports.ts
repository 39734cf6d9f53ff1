import { z } from "zod";
import { BuyingStage, RoleKey } from "./committee.ts";
import { SegmentName } from "./queue.ts";
import { StageRef } from "./stage-ref.ts";

const id = z.int().positive();
const count = z.int().nonnegative();
const time = z.iso.datetime();
const hours = z.number().nonnegative();
/** In the account's currency. */
const money = z.number();
/** Of a hundred, to the tenth; null of nothing. */
const share = z.number().min(0).max(100).nullable();
/** `2026-11`, of the account's time zone. */
const month = z.string();

const givenId = (what: string) =>
  z.coerce.number(`${what} is a number.`).int(`${what} is a whole number.`).positive(`${what} is positive.`);

const day = (what: string) =>
  z.iso
    .date(`The ${what} day of the period is written as 2026-11-28.`)
    .refine((date) => date >= "1970-01-01", `The ${what} day of the period is not before 1970.`);

/** What all reports can be narrowed to. Days are those of the account's time zone, both included. */
export const ReportQuery = z
  .object({
    pipelineId: givenId("The id of a pipeline").optional(),
    /** Who is responsible. */
    repId: givenId("The id of a user").optional(),
    from: day("first").optional(),
    to: day("last").optional(),
  })
  .refine(({ from, to }) => !from || !to || from <= to, {
    message: "The period ends before it begins.",
    path: ["to"],
  });
export type ReportQuery = z.infer<typeof ReportQuery>;

const page = z.coerce
  .number("The page must be a number.")
  .int("The page must be a whole number.")
  .min(1, "The first page is 1.")
  .max(10_000, "The list ends after 10 000 pages.")
  .default(1);

/** What stands on every report. Open stays and holds are counted to `now`. */
const Head = z.object({
  currency: z.string(),
  timezone: z.string(),
  now: time,
  /** False while deals from before the account was connected are still being read: figures are too low until then. */
  pastIsRead: z.boolean(),
});
export type ReportHead = z.infer<typeof Head>;

const Sum = z.object({ deals: count, value: money });
export type Sum = z.infer<typeof Sum>;

const NamedStage = StageRef.extend({ name: z.string() });
export type NamedStage = z.infer<typeof NamedStage>;

/** Deals by where they stand now; the period is that of their creation. */
export const FunnelReport = Head.extend({
  /** In the order of a purchase; `other` are the stages that are no part of it. */
  stages: z.array(
    Sum.extend({
      buyingStage: z.union([BuyingStage, z.literal("other")]),
      parts: z.array(NamedStage.extend(Sum.shape)),
    }),
  ),
  won: Sum,
  lost: Sum,
});
export type FunnelReport = z.infer<typeof FunnelReport>;

const StayFigures = z.object({
  /** How often deals came here. */
  stays: count,
  /** Of these, how many have not left. */
  open: count,
  medianHours: hours,
  averageHours: hours,
});
export type StayFigures = z.infer<typeof StayFigures>;

/** How long deals stay in a stage; the period is that in which they entered it. Won and lost are no stays. */
export const StageTimesReport = Head.extend({
  /** In Kommo's order, those that deals were in. */
  stages: z.array(NamedStage.extend({ buyingStage: BuyingStage.nullable(), ...StayFigures.shape })),
  /** The same by part of the purchase, so that legal review is one figure, whatever stages it takes. */
  buyingStages: z.array(StayFigures.extend({ buyingStage: BuyingStage })),
});
export type StageTimesReport = z.infer<typeof StageTimesReport>;

const Identified = z.object({ deals: count, identified: count, share });
export type Identified = z.infer<typeof Identified>;

/** In how many open deals it is known who decides; the period is that of their creation, and of the months. */
export const DecisionMakersReport = Head.extend({
  all: Identified,
  byStage: z.array(NamedStage.extend(Identified.shape)),
  /** Null: nobody is responsible. */
  byRep: z.array(Identified.extend({ repId: id.nullable(), name: z.string() })),
  /** Of the deals that were open when the month ended, or are now; oldest first. */
  overTime: z.array(Identified.extend({ month })),
});
export type DecisionMakersReport = z.infer<typeof DecisionMakersReport>;

const Blocking = z.object({
  /** How often it held a deal. */
  times: count,
  /** Of these, how many it holds now. */
  open: count,
  deals: count,
  medianHours: hours,
  averageHours: hours,
});
export type Blocking = z.infer<typeof Blocking>;

/** What keeps deals from where they were moved to; the period is that in which they were held. */
export const GatesReport = Head.extend({
  holds: Blocking.extend({
    /** Of the deals that are held now. */
    heldValue: money,
    outcomes: z.object({ approved: count, overruled: count, given_up: count, released: count, gone: count }),
  }),
  /** Most often first. `kind` as in a hold's `missing`; `what` is the role, or the id of the field or stage. */
  reasons: z.array(Blocking.extend({ kind: z.string(), what: z.string() })),
  /** Roles that nobody played or that had not approved. */
  byRole: z.array(Blocking.extend({ role: RoleKey, name: z.string() })),
  /** By the stage that deals were kept from. */
  byStage: z.array(NamedStage.extend(Blocking.shape)),
});
export type GatesReport = z.infer<typeof GatesReport>;

export const STALLED_PAGE = 25;

export const StalledQuery = ReportQuery.safeExtend({
  which: z
    .enum(["stalled", "single_thread", "no_decision_maker"], "Choose stalled, single_thread or no_decision_maker.")
    .default("stalled"),
  page,
});
export type StalledQuery = z.infer<typeof StalledQuery>;

/** Who or what keeps a deal, and for how long. */
export const StandingReason = z.object({
  kind: z.enum(["role", "approval", "coverage", "field", "skipped", "moved_back", "objection", "silence"]),
  contactId: id.nullable(),
  contactName: z.string(),
  role: RoleKey.nullable(),
  /** The objection, or what is missing; empty where the kind says it all. */
  text: z.string(),
  days: count,
});
export type StandingReason = z.infer<typeof StandingReason>;

export const ReportDeal = z.object({
  id,
  name: z.string(),
  stage: NamedStage,
  value: money,
  repId: id.nullable(),
  repName: z.string(),
  createdAt: time,
  closedAt: time.nullable(),
  /** Whole days in the stage where it stands. */
  daysInStage: count,
});
export type ReportDeal = z.infer<typeof ReportDeal>;

/** Open deals that do not move, hang on one person or on nobody who decides; the period is that of their creation. */
export const StalledReport = Head.extend({
  stalled: Sum,
  singleThread: Sum,
  noDecisionMaker: Sum,
  /** Days without a move from which on a deal stands still. */
  standstillDays: count,
  /** Those asked for, longest standing first; what weighs on each in the order of days. */
  deals: z.array(
    ReportDeal.extend({
      marks: z.array(z.enum(["stalled", "single_thread", "no_decision_maker"])),
      because: z.array(StandingReason),
    }),
  ),
  hasMore: z.boolean(),
});
export type StalledReport = z.infer<typeof StalledReport>;

const Weighted = z.object({
  /** Deals that were open then, with the value that they have now. */
  open: Sum,
  /** Each deal counts as likely as deals that were in its stage had been won until then. */
  byStage: money,
  /** Each deal counts by the weight of the roles on board among all that do not oppose. */
  byCoverage: money,
});
export type Weighted = z.infer<typeof Weighted>;

/** What was to be expected when each month began, and what came of it. */
export const ForecastReport = Head.extend({
  months: z.array(
    Weighted.extend({
      month,
      /** Won in that month, whenever it came in. */
      won: Sum,
      /** What has become until now of the deals that were open when it began. */
      became: z.object({ won: money, lost: money, open: money }),
    }),
  ),
  today: Weighted,
  /** How likely deals in a stage are won, in percent, as counted for today. */
  rates: z.array(NamedStage.extend({ rate: z.number(), closed: count })),
});
export type ForecastReport = z.infer<typeof ForecastReport>;

/**
 * How long clients wait for our first message, or for a call that Kommo notes at the deal. Of leads created since the account
 * was connected; the period is that of creation.
 */
export const FirstTouchReport = Head.extend({
  segments: z.array(
    z.object({
      /** Null: in no segment. */
      segment: SegmentName.nullable(),
      leads: count,
      touched: count,
      /** Open, and neither written to nor called. */
      waiting: count,
      /** Of those touched; null of none. */
      medianMinutes: z.number().nonnegative().nullable(),
      averageMinutes: z.number().nonnegative().nullable(),
    }),
  ),
});
export type FirstTouchReport = z.infer<typeof FirstTouchReport>;

export const DEALS_PAGE = 25;

export const REPORTS = [
  "funnel",
  "stage_times",
  "decision_makers",
  "gates",
  "stalled",
  "forecast",
  "first_touch",
] as const;

/**
 * The deals behind a figure, with the same filters as the report. `part` names the figure:
 * - funnel: a buying stage, `other`, `won` or `lost`, or a stage as `pipeline.status`
 * - stage_times: a buying stage, or a stage as `pipeline.status`
 * - decision_makers: `identified` or `missing`, also of one stage or rep: `missing.pipeline.status`, `missing.rep`
 *   (0 for nobody)
 * - gates: `all`, `open` for those held now, a role as `role.lawyer`, a reason as `reason.field.123`, a stage as `stage.pipeline.status`
 * - stalled: `stalled`, `single_thread` or `no_decision_maker`
 * - forecast: a month and `open` or `won`: `2026-11.won`
 * - first_touch: a segment (empty for none) and `touched` or `waiting`: `hot.waiting`
 */
export const ReportDealsQuery = ReportQuery.safeExtend({
  report: z.enum(REPORTS, `Choose one of the reports: ${REPORTS.join(", ")}.`),
  part: z.string("Name the figure whose deals you want.").regex(/^[a-z0-9_.-]{1,100}$/, "There is no such figure."),
  page,
});
export type ReportDealsQuery = z.infer<typeof ReportDealsQuery>;

/** Highest value first. */
export const ReportDeals = z.object({ deals: z.array(ReportDeal), hasMore: z.boolean() });
export type ReportDeals = z.infer<typeof ReportDeals>;

/** What can be exported, with one row a thing. */
export const EXPORTS = ["deals", "stage_stays", "stakeholders", "holds", "hold_reasons", "verdicts"] as const;

/** The period is that of the deals' creation. */
export const ExportQuery = ReportQuery.safeExtend({
  table: z.enum(EXPORTS, `Choose one of ${EXPORTS.join(", ")}.`).default("deals"),
  format: z.enum(["csv", "jsonl"], "Choose csv or jsonl.").default("csv"),
});
export type ExportQuery = z.infer<typeof ExportQuery>;
