import { z } from "zod";
import { Score, SegmentKey } from "./qualification.ts";

export const SegmentName = z.object({ key: SegmentKey, name: z.string() });
export type SegmentName = z.infer<typeof SegmentName>;

/** An open lead as a list shows it. */
export const QueueLead = z.object({
  id: z.int(),
  name: z.string(),
  /** Null: nobody could put it into a segment yet. */
  segment: SegmentName.nullable(),
  score: Score.nullable(),
  nextAction: z.string(),
  responsibleUserId: z.int().nullable(),
  /** The client's first message, or else the lead's creation; ISO time. */
  waitingSince: z.iso.datetime().nullable(),
});
export type QueueLead = z.infer<typeof QueueLead>;

export const QUEUE_PAGE = 25;

export const QueueQuery = z.object({
  /** `mine`: the acting user is responsible. `all`: whatever he may see. */
  whose: z.enum(["mine", "all"], "Choose mine or all.").default("mine"),
  page: z.coerce
    .number("The page must be a number.")
    .int("The page must be a whole number.")
    .min(1, "The first page is 1.")
    .max(100, "The queue ends after 100 pages.")
    .default(1),
});
export type QueueQuery = z.infer<typeof QueueQuery>;

/** Open leads in the order in which to work on them. */
export const Queue = z.object({
  /** Highest segment first and spam last; in a segment by score, then whoever has waited longest. */
  leads: z.array(QueueLead),
  hasMore: z.boolean(),
  /** The model could not judge these, so a person has to. Longest waiting first, at most 50. */
  needsManual: z.array(QueueLead),
  /** Too little was said to judge these: their `nextAction` asks the question that would help. As above. */
  notEnough: z.array(QueueLead),
});
export type Queue = z.infer<typeof Queue>;
