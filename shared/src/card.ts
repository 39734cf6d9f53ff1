import { z } from "zod";
import { CriterionVerdict, HardRule, ManualReason, Score, Unseen, VerdictFlag } from "./qualification.ts";
import { QueueLead, SegmentName } from "./queue.ts";

const time = z.iso.datetime();
const VerdictStatus = z.enum(["qualified", "not_enough", "needs_manual"]);

/** Who judged: a model by the rubric of a prompt version, or a hard rule before any model was asked. */
const Judge = z.object({
  model: z.string().nullable(),
  rule: HardRule.nullable(),
  promptVersion: z.int(),
  /** `events`, or the name of the person who wanted the lead judged again. */
  askedBy: z.string(),
});

/** What the model (or a hard rule) says now, whether or not a person has overridden it. */
export const CardVerdict = z.object({
  id: z.int(),
  status: VerdictStatus,
  reason: ManualReason.nullable(),
  score: Score.nullable(),
  segment: SegmentName.nullable(),
  summary: z.string(),
  nextAction: z.string(),
  question: z.string().nullable(),
  /** `name` as in the prompt version that judged. */
  criteria: z.array(CriterionVerdict.extend({ name: z.string() })),
  flags: z.array(VerdictFlag),
  unseen: Unseen,
  judge: Judge,
  decidedAt: time,
  /** What became of the next action as a task, if somebody has made it one: on its way to Kommo, there, or refused. */
  task: z.enum(["due", "sent", "dead"]).nullable(),
});
export type CardVerdict = z.infer<typeof CardVerdict>;

/** A person's word, which holds until it expires or is cleared. */
export const CardOverride = z.object({
  id: z.int(),
  segment: SegmentName,
  score: Score.nullable(),
  reason: z.string(),
  byName: z.string(),
  at: time,
  expiresAt: time.nullable(),
});
export type CardOverride = z.infer<typeof CardOverride>;

/** A verdict on its way. */
export const Pending = z.object({
  /** `stuck`: given up after three failures, and asked for again by a re-qualify. */
  state: z.enum(["waiting", "running", "stuck"]),
  dueAt: time,
  /** The person who asked, if one did. */
  askedBy: z.string().nullable(),
  attempts: z.int(),
  waits: z.int(),
  lastError: z.string().nullable(),
});
export type Pending = z.infer<typeof Pending>;

export const HistoryEntry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("verdict"),
    id: z.int(),
    at: time,
    status: VerdictStatus,
    reason: ManualReason.nullable(),
    score: Score.nullable(),
    segment: SegmentName.nullable(),
    judge: Judge,
    /** Levels by criterion key, to show which reasons moved; null is unknown. */
    levels: z.record(z.string(), z.int().nullable()),
  }),
  z.object({
    kind: z.literal("override"),
    id: z.int(),
    at: time,
    /** Null where only a score was given. */
    segment: SegmentName.nullable(),
    score: Score.nullable(),
    reason: z.string(),
    byName: z.string(),
    expiresAt: time.nullable(),
  }),
  z.object({ kind: z.literal("clear"), id: z.int(), at: time, byName: z.string() }),
]);
export type HistoryEntry = z.infer<typeof HistoryEntry>;

/** One write into Kommo: what was decided, and what came of it. */
export const ActivityEntry = z.object({
  id: z.int(),
  origin: z.enum(["gate", "rep", "qualification", "engagement"]),
  target: z.enum(["lead", "note", "task", "task_done"]),
  /** What of a lead changes: our fields by name, `tags`, `stage`, `responsible`. */
  changes: z.array(z.string()),
  /** `superseded`: a person was quicker. `dead`: Kommo refuses it, `outcome` says why. */
  state: z.enum(["due", "sent", "superseded", "dead"]),
  outcome: z.string().nullable(),
  attempts: z.int(),
  waits: z.int(),
  lastError: z.string().nullable(),
  at: time,
  endedAt: time.nullable(),
});
export type ActivityEntry = z.infer<typeof ActivityEntry>;

/** What keeps the account from working as a rep expects. */
export const AccountBanner = z.object({
  needsReconnect: z.boolean(),
  capReached: z.boolean(),
  /** Verdicts are shown here and not written into Kommo. */
  dryRun: z.boolean(),
  /** The plan gives no webhooks: changes are seen by the scan, up to 30 seconds later. */
  noWebhooks: z.boolean(),
});
export type AccountBanner = z.infer<typeof AccountBanner>;

/** What a verdict would have changed in Kommo, were it not a dry run. Null stays as it is. */
export const WouldWrite = z.object({
  /** Our fields by the name they have in Kommo. */
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
  tag: z.string().nullable(),
  /** Name of the stage. */
  stage: z.string().nullable(),
  /** A person, or several of whom one would be chosen. */
  responsible: z.string().nullable(),
  task: z.string().nullable(),
});
export type WouldWrite = z.infer<typeof WouldWrite>;

/** Everything the deal card shows, in one answer. */
export const Card = z.object({
  /** The server's time: ages are counted from here, whatever the browser's clock says. */
  at: time,
  lead: z.object({ id: z.int(), name: z.string(), mayEdit: z.boolean() }),
  /**
   * What holds now and stands in the deal's fields: the rep's word if there is one, else that of the last verdict that was
   * more than a pause. While the money is spent this is older than `verdict`.
   */
  standing: z.object({
    segment: SegmentName.nullable(),
    score: Score.nullable(),
    by: z.enum(["rep", "verdict", "nobody"]),
  }),
  verdict: CardVerdict.nullable(),
  override: CardOverride.nullable(),
  pending: Pending.nullable(),
  /** Newest first, at most 50. */
  history: z.array(HistoryEntry),
  /** The acting user's best open leads, without this one. */
  next: z.array(QueueLead).max(3),
  account: AccountBanner,
  /** Those of the published prompt version, best first and spam last: what an override may choose. */
  segments: z.array(SegmentName),
  /** Null unless the account is in a dry run. */
  wouldWrite: WouldWrite.nullable(),
  /** The last ten writes, newest first. */
  activity: z.array(ActivityEntry),
});
export type Card = z.infer<typeof Card>;

/** Which verdict's next action is to be a task: a newer one may have come while the card was read. */
export const TaskWish = z.object({ verdictId: z.int("The verdict must be named by its number.") });
export type TaskWish = z.infer<typeof TaskWish>;
