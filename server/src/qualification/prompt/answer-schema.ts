import type { PromptVersionContent } from "@dealscope/shared/qualification";
import { z } from "zod";
import { ofWords } from "../judging/engagement.ts";
import type { StrictSchema } from "./strict-schema.ts";

/** Sent as the schema's name; it carries no account's data. */
export const ANSWER_SCHEMA_NAME = "lead_verdict";

/**
 * The strict JSON schema of an answer. The order is the order in which the model writes: evidence before levels, levels
 * before conclusions. Lengths are not in it (the provider refuses `maxLength`); code checks them afterwards.
 */
export function answerSchema(content: PromptVersionContent): StrictSchema {
  const { segments } = content;
  const nullableText: StrictSchema = { type: ["string", "null"] };
  return {
    ...record({
      criteria: record(Object.fromEntries(ofWords(content).map(({ key }) => [key, { $ref: "#/$defs/finding" }]))),
      segment: { type: "string", enum: segments.map(({ key }) => key) },
      next_action: { type: "string" },
      summary: { type: "string" },
      question: nullableText,
    }),
    $defs: { finding: record({ quote: nullableText, level: { type: ["integer", "null"], minimum: 0, maximum: 5 } }) },
  };
}

const record = (properties: Record<string, StrictSchema>): StrictSchema => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

/** The same shape for our side: what the provider promises is checked all the same, unknown keys included. */
export function answerShape(content: PromptVersionContent) {
  const { segments } = content;
  const finding = z.strictObject({ quote: z.string().nullable(), level: z.int().min(0).max(5).nullable() });
  return z.strictObject({
    criteria: z.strictObject(Object.fromEntries(ofWords(content).map(({ key }) => [key, finding]))),
    segment: z.enum(segments.map(({ key }) => key)),
    next_action: z.string(),
    summary: z.string(),
    question: z.string().nullable(),
  });
}
