import { z } from "zod";
import { CriterionVerdict, PromptVersionContent, Score, SegmentKey } from "./qualification.ts";
import { SegmentName } from "./queue.ts";

const time = z.iso.datetime();

export const PromptVersion = z.object({
  number: z.int().positive(),
  state: z.enum(["draft", "published", "archived"]),
  content: PromptVersionContent,
  /** Counts the edits of a draft, so that two administrators do not overwrite each other. */
  revision: z.int().positive(),
  /** Why it was put in force, in the words of whoever did. */
  note: z.string(),
  createdBy: z.string(),
  createdAt: time,
  publishedAt: time.nullable(),
});
export type PromptVersion = z.infer<typeof PromptVersion>;

export const PromptVersionNumber = z.object({ number: PromptVersion.shape.number });
export type PromptVersionNumber = z.infer<typeof PromptVersionNumber>;

/** With `revision` an edit is refused when the draft is not the one that was read. */
export const DraftRevision = z.object({ revision: z.coerce.number().int().positive().optional() });
export type DraftRevision = z.infer<typeof DraftRevision>;

export const Publication = z
  .object({ note: z.string().trim().max(500, "A note may have at most 500 characters.").default("") })
  .prefault({});
export type Publication = z.infer<typeof Publication>;

/** Newest first. */
export const PromptVersions = z.object({ versions: z.array(PromptVersion) });
export type PromptVersions = z.infer<typeof PromptVersions>;

const share = z.number().min(0).max(1).nullable();

/**
 * How far a version agrees with people: with those who overrode it, and with the imported labels of experts. Shares are
 * 0-1; null where there is nothing to divide by.
 */
export const Agreement = z.object({
  total: z.int(),
  agreed: z.int(),
  share,
  /** The share's 95 % interval (Wilson): so far it may be off by chance. Null without leads. */
  interval: z.object({ low: z.number().min(0).max(1), high: z.number().min(0).max(1) }).nullable(),
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

/** A lead of which the model thinks otherwise than a person. */
export const Disagreement = z.object({
  leadId: z.int(),
  leadName: z.string(),
  /** What the person said; `reason` is an override's, empty for a label. */
  person: z.object({
    segment: SegmentName,
    name: z.string(),
    reason: z.string(),
    from: z.enum(["override", "label"]),
    at: time,
  }),
  model: z.object({
    segment: SegmentName.nullable(),
    score: Score.nullable(),
    summary: z.string(),
    criteria: z.array(CriterionVerdict.extend({ name: z.string() })),
    /** `back_test`: the version was tried on the lead; `verdict`: it judged it for good. */
    from: z.enum(["verdict", "back_test"]),
  }),
});
export type Disagreement = z.infer<typeof Disagreement>;

/** Newest word of a person first, at most 200. */
export const Disagreements = z.object({ disagreements: z.array(Disagreement) });
export type Disagreements = z.infer<typeof Disagreements>;
