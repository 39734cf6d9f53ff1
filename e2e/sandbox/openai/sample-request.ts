import type OpenAI from "openai";

type Request = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

const finding = {
  type: "object",
  properties: { quote: { type: ["string", "null"] }, level: { type: ["integer", "null"], minimum: 0, maximum: 5 } },
  required: ["quote", "level"],
  additionalProperties: false,
};
const criteria = ["budget", "authority", "need", "timeline", "fit"];

export const LEAD_SCHEMA = {
  type: "object",
  properties: {
    criteria: {
      type: "object",
      properties: Object.fromEntries(criteria.map((key) => [key, { $ref: "#/$defs/finding" }])),
      required: criteria,
      additionalProperties: false,
    },
    segment: { type: "string", enum: ["hot", "warm", "cold", "spam"] },
    score: { type: "integer", minimum: 0, maximum: 100 },
    next_action: { type: "string" },
    summary: { type: "string" },
    question: { type: ["string", "null"] },
  },
  required: ["criteria", "segment", "score", "next_action", "summary", "question"],
  additionalProperties: false,
  $defs: { finding },
};

/** Long enough to be cached: more than 1024 tokens. */
export const LONG_RULES = `You qualify leads.\n${"Judge by what stands in the text and by nothing else. ".repeat(110)}`;

export const PROMISING =
  "We need a CRM for 40 people, our budget of 12,000 USD is approved and we start next month. I am the CEO.";

/** A lead's document as the server sends it, with one message. */
export function leadText(text: string): string {
  return JSON.stringify({ card: ["Lead: Website form"], messages: [{ at: "2026-11-20 10:00", from: "client", text }] });
}

/** A request as the server sends it. */
export function sampleRequest(changed: Partial<Request> = {}, text = PROMISING): Request {
  return {
    model: "gpt-6-luna",
    reasoning_effort: "none",
    max_completion_tokens: 600,
    messages: [
      { role: "developer", content: "You qualify leads." },
      { role: "user", content: leadText(text) },
    ],
    response_format: { type: "json_schema", json_schema: { name: "lead_verdict", strict: true, schema: LEAD_SCHEMA } },
    ...changed,
  };
}
