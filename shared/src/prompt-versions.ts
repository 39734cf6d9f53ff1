import { z } from "zod";
import { PromptVersionContent, SegmentKey } from "./qualification.ts";

const time = z.iso.datetime();

export const PromptVersion = z.object({
  number: z.int().positive(),
  state: z.enum(["draft", "published", "archived"]),
  content: PromptVersionContent,
  createdBy: z.string(),
  createdAt: time,
  publishedAt: time.nullable(),
});
export type PromptVersion = z.infer<typeof PromptVersion>;

export const PromptVersionNumber = z.object({ number: PromptVersion.shape.number });
export type PromptVersionNumber = z.infer<typeof PromptVersionNumber>;

/** Newest first. */
export const PromptVersions = z.object({ versions: z.array(PromptVersion) });
export type PromptVersions = z.infer<typeof PromptVersions>;

const share = z.number().min(0).max(1).nullable();

/** How far a version agrees with the people who overrode it. Shares are 0-1; null where there is nothing to divide by. */
export const Agreement = z.object({
  total: z.int(),
  agreed: z.int(),
  share,
  /** The confusion matrix without its zeros. */
  matrix: z.array(z.object({ person: SegmentKey, model: SegmentKey.nullable(), count: z.int() })),
  segments: z.array(z.object({ key: SegmentKey, people: z.int(), precision: share, recall: share })),
});
export type Agreement = z.infer<typeof Agreement>;

/** A version tried on leads that people have judged. Editing the draft throws it away. */
export const BackTest = z.object({
  state: z.enum(["running", "done"]),
  judged: z.int(),
  total: z.int(),
  /** Of the judged, how many got no verdict: gone from Kommo, or no usable answer. They are not in the agreement. */
  wasted: z.int(),
  costMicros: z.int(),
  agreement: Agreement,
  startedAt: time,
});
export type BackTest = z.infer<typeof BackTest>;
