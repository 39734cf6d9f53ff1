import { z } from "zod";
import { CriterionVerdict, HardRule, ManualReason, PromptVersionContent, Score, VerdictFlag } from "./qualification.ts";
import { SegmentName } from "./queue.ts";

const time = z.iso.datetime();
const count = z.int().nonnegative();
const micros = z.int().nonnegative();

export const ContentToCompile = z.object({ content: PromptVersionContent });
export type ContentToCompile = z.infer<typeof ContentToCompile>;

/** What the model will read, and what that costs. Money in millionths of a dollar; null where the price is not known. */
export const Compiled = z.object({
  /** The developer message, byte for byte. The lead follows it as JSON. */
  developer: z.string(),
  /** The form the answer must have, as a JSON Schema in text. */
  schema: z.string(),
  model: z.string(),
  tokens: z.object({
    /** Exact, for OpenAI's models. */
    developer: count,
    /** Near: how the provider renders a schema is not known. */
    schema: count,
    /** Of a usual lead and a usual answer of this account; of any account while `isMeasured` is false. */
    lead: count,
    answer: count,
  }),
  isMeasured: z.boolean(),
  /** Share of the prompt that is read from the provider's cache, 0-1. */
  cachedShare: z.number().min(0).max(1),
  costPerLeadMicros: micros.nullable(),
  /** Leads the model was asked about in the last 30 days, or what a shorter time promises; null without any. */
  leadsPerMonth: count.nullable(),
  costPerMonthMicros: micros.nullable(),
});
export type Compiled = z.infer<typeof Compiled>;

export const LeadToTry = z.object({
  content: PromptVersionContent,
  leadId: z.int("A lead's id is a whole number.").positive("A lead's id is positive."),
});
export type LeadToTry = z.infer<typeof LeadToTry>;

/** A verdict that nothing came of. */
export const TriedVerdict = z.object({
  status: z.enum(["qualified", "not_enough", "needs_manual"]),
  score: Score.nullable(),
  segment: SegmentName.nullable(),
  summary: z.string(),
  nextAction: z.string(),
  question: z.string().nullable(),
  criteria: z.array(CriterionVerdict.extend({ name: z.string() })),
  flags: z.array(VerdictFlag),
});
export type TriedVerdict = z.infer<typeof TriedVerdict>;

/** What a text would say of one lead. Only its cost is kept. */
export const Tried = z.object({
  lead: z.object({ id: z.int(), name: z.string() }),
  /** Null when the model gave none: `reason` says why. */
  verdict: TriedVerdict.nullable(),
  reason: ManualReason.nullable(),
  /** A hard rule that decides on this lead before any model is asked; here it was asked all the same. */
  rule: HardRule.nullable(),
  /** What stands in the deal now, to compare with. */
  standing: z.object({ score: Score.nullable(), segment: SegmentName.nullable() }),
  costMicros: micros,
  seconds: z.number().nonnegative(),
});
export type Tried = z.infer<typeof Tried>;

export const DryRunWish = z.object({
  /** Null judges by the version in force. */
  content: PromptVersionContent.nullable().default(null),
  leads: z.int().min(1, "Score at least one lead.").max(25, "At most 25 leads can be scored dry.").default(10),
});
export type DryRunWish = z.infer<typeof DryRunWish>;

/** The account's newest leads scored without any effect in Kommo. Kept until the fifth one after it. */
export const DryRun = z.object({
  id: z.int().positive(),
  state: z.enum(["running", "done"]),
  createdBy: z.string(),
  createdAt: time,
  endedAt: time.nullable(),
  /** Newest lead first; empty while they are being looked for. */
  leads: z.array(
    z.object({
      leadId: z.int(),
      name: z.string(),
      /** `waiting` until it is judged; `gone`: deleted meanwhile. */
      state: z.enum(["waiting", "judged", "failed", "gone"]),
      verdict: TriedVerdict.nullable(),
      /** The hard rule that decided, without a model being asked. */
      rule: HardRule.nullable(),
      /** Why it failed. */
      reason: ManualReason.nullable(),
      costMicros: micros,
    }),
  ),
  costMicros: micros,
  /** Why it stands still, in a sentence; null when it does not. */
  waitingFor: z.string().nullable(),
});
export type DryRun = z.infer<typeof DryRun>;

/** Newest first, at most five. */
export const DryRuns = z.object({ dryRuns: z.array(DryRun) });
export type DryRuns = z.infer<typeof DryRuns>;
