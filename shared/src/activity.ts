import { z } from "zod";
import { Score } from "./qualification.ts";
import { SegmentName } from "./queue.ts";

const time = z.iso.datetime();

export const ActivityKind = z.enum(
  ["received", "decided", "written", "failed"],
  "Choose received, decided, written or failed.",
);
export type ActivityKind = z.infer<typeof ActivityKind>;

export const ACTIVITY_PAGE = 50;

export const ActivityQuery = z.object({
  leadId: z.coerce
    .number("A lead's id is a number.")
    .int("A lead's id is a whole number.")
    .positive("A lead's id is positive.")
    .optional(),
  kind: ActivityKind.optional(),
  /** `next` of the page before. */
  before: z
    .string()
    .max(200)
    .regex(/^[A-Za-z0-9_-]+$/, "This page does not exist.")
    .optional(),
});
export type ActivityQuery = z.infer<typeof ActivityQuery>;

/** One thing that happened. */
export const Happening = z.object({
  /** Unique in the list. */
  id: z.string(),
  at: time,
  kind: ActivityKind,
  /**
   * - received: `lead` (it came in), `message` (of the client), `answer` (of our side), `note`, `stage` (it was moved)
   * - decided: `verdict`, `override`, `clear`
   * - written, failed: `fields` (of a deal), `added_note`, `task`, `task_done`
   * - failed only: `work` (given up after three failures), `delivery` (a webhook that cannot be read)
   */
  what: z.enum([
    "lead",
    "message",
    "answer",
    "note",
    "stage",
    "verdict",
    "override",
    "clear",
    "fields",
    "added_note",
    "task",
    "task_done",
    "work",
    "delivery",
  ]),
  lead: z.object({ id: z.int(), name: z.string() }).nullable(),
  /** Who: the author of a message, who asked for a verdict, who overrode. Empty when nobody did. */
  by: z.string(),
  /** The words in question, shortened: of a message, a note, a task, an override's reason, the kind of work. */
  text: z.string(),
  segment: SegmentName.nullable(),
  score: Score.nullable(),
  /** What of a deal was written: our fields by name, `tags`, `stage`, `responsible`. */
  changes: z.array(z.string()),
  /** `superseded` counts as failed: a person was quicker. */
  outcome: z.enum(["ok", "superseded", "refused", "given_up", "unreadable"]),
  /** Why it failed, in a sentence. */
  reason: z.string().nullable(),
});
export type Happening = z.infer<typeof Happening>;

/** Newest first. A rep finds only what happened to leads he may see. */
export const Activity = z.object({
  happenings: z.array(Happening),
  /** For `before`; null at the end. */
  next: z.string().nullable(),
});
export type Activity = z.infer<typeof Activity>;

/** Something that was given up. */
export const StuckItem = z.object({
  /** Names it in a retry. */
  id: z.string(),
  what: z.enum(["delivery", "work", "write", "customerio"]),
  lead: z.object({ id: z.int(), name: z.string() }).nullable(),
  /**
   * The kind of work, or what should have been written. Of `customerio`: `person`, `event` or `object` that it did not take, or
   * `address`, of which a person has to decide whose it is.
   */
  text: z.string(),
  since: time,
  reason: z.string(),
  /** False: it can never be right, or has been overtaken by something newer. */
  canRetry: z.boolean(),
});
export type StuckItem = z.infer<typeof StuckItem>;

/** What waits for something that is away, and goes on by itself when it is back; a retry of all tries it at once. */
export const Waiting = z.object({
  /** `cap`, `key`, `no_key`, `model`, `quota`, `model_unavailable`, or the name of what else is away. */
  on: z.string(),
  count: z.int().positive(),
  nextTryAt: time,
  /** In a sentence. */
  reason: z.string(),
});
export type Waiting = z.infer<typeof Waiting>;

export const Stuck = z.object({
  /** Newest first, at most 100 of each sort. */
  items: z.array(StuckItem),
  /** Of all of them. */
  total: z.int().nonnegative(),
  waiting: z.array(Waiting),
});
export type Stuck = z.infer<typeof Stuck>;

/** Without `ids` everything that can be. */
export const RetryWish = z.object({ ids: z.array(z.string().max(40)).max(100).optional() }).prefault({});
export type RetryWish = z.infer<typeof RetryWish>;

export const Retried = z.object({ retried: z.int().nonnegative() });
export type Retried = z.infer<typeof Retried>;
