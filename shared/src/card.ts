import { z } from "zod";
import { Committee } from "./committee.ts";
import { EngagementPanel } from "./engagement-panel.ts";
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

/** Where a quote stands, in the words of whoever looks for it. */
export const QuotePlace = z.object({
  kind: z.enum(["message", "note", "field"]),
  /** The field's name; null for messages and notes. */
  field: z.string().nullable(),
  /** Whose words: the client's or our side's. Null for fields and notes. */
  from: z.enum(["client", "us"]).nullable(),
  /** Name of the person who wrote it; null where it is not known. */
  author: z.string().nullable(),
  /** Kommo's name of the channel a message came by, such as `waba`; null where it is not known. */
  channel: z.string().nullable(),
  at: time.nullable(),
  /** The whole text, or 600 characters of it around the quote; null for fields, and when it is not kept any more. */
  text: z.string().nullable(),
});
export type QuotePlace = z.infer<typeof QuotePlace>;

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
  /** `name` as in the prompt version that judged; `place` is null where there is no quote. */
  criteria: z.array(CriterionVerdict.extend({ name: z.string(), place: QuotePlace.nullable() })),
  flags: z.array(VerdictFlag),
  unseen: Unseen,
  judge: Judge,
  decidedAt: time,
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

/** The next action as somebody made it a task in Kommo; of an earlier verdict if that said the same and is not due yet. */
export const CardTask = z.object({
  text: z.string(),
  dueAt: time,
  /** Whose task it is; null where the name is not known. */
  responsibleName: z.string().nullable(),
  byName: z.string(),
  /** `due`: on its way. `dead`: Kommo refuses it, `outcome` says why, and it may be asked for again. */
  state: z.enum(["due", "sent", "superseded", "dead"]),
  outcome: z.string().nullable(),
  madeAt: time,
});
export type CardTask = z.infer<typeof CardTask>;

/** Asks for a task in Kommo. */
export const TaskWish = z.object({
  /** Null takes the verdict's next action. */
  text: z
    .string()
    .trim()
    .min(1, "The text of a task must not be empty.")
    .max(500, "The text of a task may have at most 500 characters.")
    .nullable()
    .default(null),
  /** From now to its deadline. */
  minutes: z
    .int("The deadline must be a whole number of minutes.")
    .min(5, "A task is due after 5 minutes at the earliest.")
    .max(43_200, "A task is due after 30 days at the latest.")
    .default(60),
});
export type TaskWish = z.infer<typeof TaskWish>;

/** What would stand in the deal if dry run were off, by the settings of now. What is null would be left or cleared. */
export const WouldWrite = z.object({
  /** What our four fields would show. */
  fields: z.object({
    score: Score.nullable(),
    segment: SegmentName.nullable(),
    summary: z.string().nullable(),
    nextAction: z.string().nullable(),
  }),
  /** The one tag of ours the deal would have. */
  tag: z.string().nullable(),
  /** The next three happen once, when the lead enters its segment. */
  stage: z
    .object({
      pipelineId: z.int(),
      statusId: z.int(),
      pipelineName: z.string().nullable(),
      statusName: z.string().nullable(),
    })
    .nullable(),
  /** Who would become responsible. */
  owner: z.object({ userId: z.int(), name: z.string().nullable() }).nullable(),
  task: z.object({ text: z.string(), minutes: z.int() }).nullable(),
});
export type WouldWrite = z.infer<typeof WouldWrite>;

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

/** Everything the deal card shows, in one answer. */
export const Card = z.object({
  /** The server's time: ages are counted from here, whatever the browser's clock says. */
  at: time,
  lead: z.object({ id: z.int(), name: z.string(), mayEdit: z.boolean() }),
  /** What an override may choose from, best first and spam last. */
  segments: z.array(SegmentName),
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
  /** The task made of the verdict's next action; null while nobody has asked for one. */
  task: CardTask.nullable(),
  /** Null while dry run is off, and before there is a verdict or an override. */
  wouldWrite: WouldWrite.nullable(),
  /** Newest first, at most 50. */
  history: z.array(HistoryEntry),
  /** The acting user's best open leads, without this one. */
  next: z.array(QueueLead).max(3),
  account: AccountBanner,
  /** The last ten writes, newest first. */
  activity: z.array(ActivityEntry),
  committee: Committee,
  /** What came back from campaigns; null in an account that is not connected to Customer.io. */
  engagement: EngagementPanel.nullable(),
});
export type Card = z.infer<typeof Card>;
