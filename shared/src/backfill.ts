import { z } from "zod";
import { StageRef } from "./stage-ref.ts";

const time = z.iso.datetime();
const count = z.int().nonnegative();

/** Which existing leads are meant; only open ones, whatever else is asked. */
export const BackfillFilter = z.object({
  /** Empty: every stage of every pipeline. */
  stages: z.array(StageRef).max(50, "Choose at most 50 stages.").default([]),
  createdFrom: time.nullable().default(null),
  createdTo: time.nullable().default(null),
  /** Leave out leads that have a verdict already. */
  onlyUnjudged: z.boolean().default(true),
});
export type BackfillFilter = z.infer<typeof BackfillFilter>;

/** Existing leads being qualified, behind everything that comes in. */
export const Backfill = z.object({
  id: z.int().positive(),
  /** `counting` reads which leads are meant; `ready` waits for a person's start. */
  state: z.enum(["counting", "ready", "running", "paused", "done", "cancelled"]),
  filter: BackfillFilter,
  createdBy: z.string(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  /** Leads the filter has found so far. */
  total: count,
  judged: count,
  /** They need a person: the model could not judge them. */
  failed: count,
  /** Deleted or merged meanwhile. */
  gone: count,
  /** What it has cost so far, and what all of it is expected to cost; millionths of a dollar. */
  costMicros: count,
  expectedCostMicros: count,
  /** Leads a minute over the last minutes; null before there is anything to measure. */
  perMinute: z.number().nonnegative().nullable(),
  /** Until the last lead, at this rate or the expected one; in seconds. Null when nothing is left. */
  secondsLeft: count.nullable(),
  /** Why it stands still (the money cap, the model away), in a sentence; null when it does not. */
  waitingFor: z.string().nullable(),
});
export type Backfill = z.infer<typeof Backfill>;

/** Newest first, at most ten. */
export const Backfills = z.object({ backfills: z.array(Backfill) });
export type Backfills = z.infer<typeof Backfills>;
