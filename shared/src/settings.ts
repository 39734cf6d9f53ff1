import { z } from "zod";
import { CommitteeSettings, GateSettings } from "./committee.ts";
import { EngagementSettings } from "./engagement.ts";
import { IntakeSettings } from "./intake.ts";
import { Blocklist, SegmentKey } from "./qualification.ts";
import { StageRef } from "./stage-ref.ts";

const id = z.int().positive();

/** Who becomes responsible for a lead of a segment. */
export const Assignment = z.discriminatedUnion("how", [
  z.object({ how: z.literal("fixed"), userId: id }),
  z.object({ how: z.literal("round_robin"), userIds: z.array(id).min(1, "Name at least one user to take turns.") }),
  z.object({ how: z.literal("by_load"), userIds: z.array(id).min(1, "Name at least one user to choose from.") }),
]);
export type Assignment = z.infer<typeof Assignment>;

/** What happens to a lead when it enters a segment, besides the fields and the tag. */
export const SegmentAction = z.object({
  assign: Assignment.nullable().default(null),
  moveTo: StageRef.nullable().default(null),
  task: z
    .object({
      text: z
        .string()
        .trim()
        .min(1, "The text of a task must not be empty.")
        .max(500, "The text of a task may have at most 500 characters."),
      /** From the verdict to the task's deadline. */
      minutes: z
        .int()
        .min(5, "A task is due after 5 minutes at the earliest.")
        .max(43_200, "A task is due after 30 days at the latest."),
    })
    .nullable()
    .default(null),
});
export type SegmentAction = z.infer<typeof SegmentAction>;

/** When a lead is qualified. */
export const Triggers = z.object({
  /** Only leads in these pipelines; empty is all. A person may have any lead judged. */
  pipelineIds: z.array(id).max(50, "At most 50 pipelines can be chosen.").default([]),
  onCreation: z.boolean().default(true),
  onFirstMessage: z.boolean().default(true),
  /** Anything the model would be told has changed. */
  onContentChange: z.boolean().default(true),
  onStages: z.array(StageRef).max(50, "At most 50 stages can start a qualification.").default([]),
  /** Our own moves start nothing unless this is chosen. */
  onOwnMoves: z.boolean().default(false),
});
export type Triggers = z.infer<typeof Triggers>;

/**
 * What an administrator has gone through of the first-time path. The path is a help, not a gate: an account works from
 * the start by its settings; the page turns `dryRun` on when the path is begun and off with its last step.
 */
export const FirstTime = z.object({
  /** Pipelines and triggers were looked through. */
  triggers: z.boolean().default(false),
  /** The ideal customer was described, or the default kept. */
  icp: z.boolean().default(false),
  switchedOn: z.boolean().default(false),
});
export type FirstTime = z.infer<typeof FirstTime>;

/** An account's settings. Every part has a default, so an empty object is a working account. */
export const Settings = z.object({
  triggers: Triggers.prefault({}),
  /** Wait this long after the last event, so that a card can fill; 0 is at once. */
  settleSeconds: z
    .number()
    .min(0, "The settle time must not be negative.")
    .max(30, "The settle time is 30 seconds at most.")
    .default(5),
  settleAtMostSeconds: z.number().min(0).max(300, "A lead waits 5 minutes at most.").default(30),
  actions: z.record(SegmentKey, SegmentAction).default({}),
  /** A task for the responsible user when the model cannot judge a lead. */
  taskWhenManual: z.boolean().default(false),
  /** Dollars a calendar month (UTC) for model calls; null is no limit of the account's own. */
  monthlyCapDollars: z.number().min(0, "The monthly cap must not be negative.").nullable().default(null),
  blocklist: Blocklist.prefault({ domains: [], emails: [], phones: [], words: [] }),
  /** Judge and show, but write nothing into Kommo. */
  dryRun: z.boolean().default(false),
  firstTime: FirstTime.prefault({}),
  committee: CommitteeSettings.prefault({}),
  gates: GateSettings.prefault({}),
  intake: IntakeSettings.prefault({}),
  engagement: EngagementSettings.prefault({}),
});
export type Settings = z.infer<typeof Settings>;
