import { z } from "zod";

/** Lengths in UTF-16 units, kept by code whatever the model writes. */
export const TEXT_LIMITS = { summary: 280, nextAction: 140, question: 200, quote: 300 } as const;

/** The one segment that is not reached by a score: the model says so and nothing in the lead speaks against it. */
export const SPAM = "spam";

const keyOf = (thing: string) =>
  z
    .string()
    .regex(
      /^[a-z][a-z0-9_]{0,31}$/,
      `The key of a ${thing} must start with a letter and have up to 32 lower-case letters, digits or underscores.`,
    );

const words = (thing: string, max: number) =>
  z.string().trim().min(1, `${thing} must not be empty.`).max(max, `${thing} may have at most ${max} characters.`);

export const SegmentKey = keyOf("segment");
export type SegmentKey = z.infer<typeof SegmentKey>;

export const Score = z
  .int("The score must be a whole number from 0 to 100.")
  .min(0, "The score must not be below 0.")
  .max(100, "The score must not be above 100.");
export type Score = z.infer<typeof Score>;

/** How well one criterion is met, by the anchors of the prompt version. */
export const Level = z.int().min(0).max(5);
export type Level = z.infer<typeof Level>;

export const Criterion = z.object({
  key: keyOf("criterion"),
  name: words("The name of a criterion", 60),
  description: words("The description of a criterion", 300),
  weight: z
    .int("The weight of a criterion must be a whole number.")
    .min(1, "The weight of a criterion must be positive.")
    .max(100, "The weight of a criterion must not be above 100."),
  /** What the levels 0 to 5 look like, in this order. */
  anchors: z
    .array(words("An anchor", 200))
    .length(6, "A criterion must have one anchor for each of the six levels 0 to 5."),
  /** Who finds its level: left out, the model by the lead's words; else we, by what its people did with our mails. */
  judgedBy: z.literal("engagement").optional(),
});
export type Criterion = z.infer<typeof Criterion>;

export const Segment = z.object({
  key: SegmentKey,
  name: words("The name of a segment", 40),
  /** The lowest score of this segment, 0-100; null for spam, which has no threshold. */
  minScore: Score.nullable(),
});
export type Segment = z.infer<typeof Segment>;

const duplicates = (values: readonly unknown[]) => values.filter((value, index) => values.indexOf(value) !== index);

/** Everything an admin may change about how leads are judged. Immutable once published. */
export const PromptVersionContent = z
  .object({
    /** The ideal customer, in the admin's words. */
    icp: words("The description of the ideal customer", 6000),
    criteria: z
      .array(Criterion)
      .min(3, "A prompt version must have at least 3 criteria.")
      .max(8, "A prompt version may have at most 8 criteria."),
    segments: z
      .array(Segment)
      .min(2, "A prompt version must have spam and at least one more segment.")
      .max(12, "A prompt version may have at most 12 segments."),
    /** `lead` writes in the language of the lead; otherwise a language tag such as `es` or `pt-BR`. */
    outputLanguage: z
      .string()
      .regex(/^(lead|[a-z]{2,3}(-[A-Z]{2})?)$/, "The output language must be a tag such as es or pt-BR, or lead."),
    /** Model id; null takes the operator's. */
    model: words("The model", 100).nullable(),
  })
  .superRefine(({ criteria, segments }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });

    for (const key of duplicates(criteria.map(({ key }) => key))) {
      refuse("criteria", `The criterion key ${key} is used twice.`);
    }
    const ofMails = criteria.filter(({ judgedBy }) => judgedBy === "engagement").length;
    if (ofMails > 1) refuse("criteria", "Only one criterion can be about what is done with mails.");
    if (ofMails > 0 && criteria.length - ofMails < 2)
      refuse("criteria", "At least 2 criteria must be about the lead's own words.");
    for (const key of duplicates(segments.map(({ key }) => key))) {
      refuse("segments", `The segment key ${key} is used twice.`);
    }
    const thresholds = segments.flatMap(({ minScore }) => (minScore === null ? [] : [minScore]));
    for (const threshold of duplicates(thresholds)) {
      refuse("segments", `Two segments start at the score ${threshold}.`);
    }
    if (!thresholds.includes(0)) refuse("segments", "One segment must start at the score 0.");
    if (!segments.some(({ key }) => key === SPAM)) refuse("segments", "The segment spam must be there.");
    for (const { key, minScore } of segments) {
      if ((key === SPAM) !== (minScore === null)) {
        refuse("segments", `The segment ${key} ${key === SPAM ? "must not" : "must"} have a lowest score.`);
      }
    }
  });
export type PromptVersionContent = z.infer<typeof PromptVersionContent>;

/**
 * Why a person has to qualify a lead.
 * - model_unavailable, cap, key, no_key, model, quota: the model could not be asked; it is tried again by itself
 * - refused, filtered, cut_off, invalid: it was asked and gave nothing that can be used
 * - kommo, internal: the lead could not be read in Kommo, or not be worked on by us
 * - duplicate: another open lead has the same e-mail or phone
 * - suspected_injection: a text of the lead tries to tell the model how to judge it
 */
export const ManualReason = z.enum([
  "model_unavailable",
  "refused",
  "filtered",
  "cut_off",
  "invalid",
  "cap",
  "key",
  "no_key",
  "model",
  "quota",
  "kommo",
  "internal",
  "duplicate",
  "suspected_injection",
]);
export type ManualReason = z.infer<typeof ManualReason>;

/** A verdict that needed no model. */
export const HardRule = z.enum(["own_staff", "blocklist", "duplicate", "empty"]);
export type HardRule = z.infer<typeof HardRule>;

/**
 * Reasons to look twice.
 * - disagreement: the model's own segment (`modelSegment`) is not the computed one
 * - suspected_injection: a text of the lead tries to command the model; what stands in such a sentence proves nothing
 * - unsupported_quote: the model quoted something that is not in the lead, or is a command in it; that level became unknown
 * - repeated_quote: the model gave one quote for three criteria or more; their levels became unknown
 */
export const VerdictFlag = z.enum(["disagreement", "suspected_injection", "unsupported_quote", "repeated_quote"]);
export type VerdictFlag = z.infer<typeof VerdictFlag>;

/** Where a quote stands: `ref` is the id of a message or note, or the name of a field; `at` is an ISO time in UTC. */
export const Source = z.object({
  kind: z.enum(["message", "note", "field"]),
  ref: z.string(),
  at: z.string().nullable(),
});
export type Source = z.infer<typeof Source>;

/** `level` null: unknown. A known level always has a quote and its source. */
export const CriterionVerdict = z.object({
  key: Criterion.shape.key,
  level: Level.nullable(),
  quote: z.string().max(TEXT_LIMITS.quote).nullable(),
  source: Source.nullable(),
});
export type CriterionVerdict = z.infer<typeof CriterionVerdict>;

const anyVerdict = {
  criteria: z.array(CriterionVerdict),
  summary: z.string().max(TEXT_LIMITS.summary),
  nextAction: z.string().max(TEXT_LIMITS.nextAction),
  flags: z.array(VerdictFlag),
  /** The segment the model itself chose; null when it was not asked or did not answer. */
  modelSegment: SegmentKey.nullable(),
  /** The hard rule that decided; null when the model was asked. */
  rule: HardRule.nullable(),
  /** Model id as reported by the provider; null when none was asked. */
  model: z.string().nullable(),
  promptVersion: z.int().positive(),
};

/** How a step begins that is to ask the verdict's question. */
export const ASK = "Ask: ";

const question = z.string().max(TEXT_LIMITS.question);

/** What is known of a lead after qualification. */
export const Verdict = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("qualified"),
    reason: z.null(),
    score: Score,
    segment: SegmentKey,
    question: question.nullable(),
    ...anyVerdict,
  }),
  z.object({
    status: z.literal("not_enough"),
    reason: z.null(),
    score: z.null(),
    segment: z.null(),
    /** The one question whose answer would help most. */
    question,
    ...anyVerdict,
    /** Asks the question, so it may be as long. */
    nextAction: z.string().max(ASK.length + TEXT_LIMITS.question),
  }),
  z.object({
    status: z.literal("needs_manual"),
    reason: ManualReason,
    score: z.null(),
    segment: z.null(),
    question: z.null(),
    ...anyVerdict,
  }),
]);
export type Verdict = z.infer<typeof Verdict>;

/** One thing that nobody could look at who judged a lead. */
export const UnseenPart = z.object({
  what: z.enum([
    "lead",
    "chat_history",
    "before_connection",
    "message_texts",
    "card_lines",
    "older_messages",
    "message_ends",
    "older_notes",
    "note_ends",
  ]),
  /** How many there are; null where that is not known. */
  count: z.int().nullable(),
  /** Days between which it was said; null where the kind says it. */
  from: z.iso.date().nullable(),
  to: z.iso.date().nullable(),
});
export type UnseenPart = z.infer<typeof UnseenPart>;

/** Sources that could not be read, and what was too long. */
export const Unseen = z.object({ missing: z.array(UnseenPart), cut: z.array(UnseenPart) });
export type Unseen = z.infer<typeof Unseen>;

/** A person's word against the model's: it holds until it expires or is cleared. */
export const Override = z
  .object({
    segment: SegmentKey.nullable(),
    score: Score.nullable(),
    reason: words("The reason of an override", 500),
    /** ISO time in UTC; null holds until somebody clears it. */
    expiresAt: z.iso.datetime("The expiry must be an ISO time in UTC.").nullable(),
  })
  .refine(
    ({ segment, score }) => segment !== null || score !== null,
    "An override must set a segment, a score or both.",
  );
export type Override = z.infer<typeof Override>;

/** Senders and words an account never wants to see judged. */
export const Blocklist = z.object({
  domains: z.array(words("A blocked domain", 253)).max(1000, "At most 1000 domains can be blocked."),
  emails: z.array(words("A blocked e-mail", 320)).max(1000, "At most 1000 e-mails can be blocked."),
  phones: z.array(words("A blocked phone", 40)).max(1000, "At most 1000 phones can be blocked."),
  words: z.array(words("A blocked word", 80)).max(200, "At most 200 words can be blocked."),
});
export type Blocklist = z.infer<typeof Blocklist>;
