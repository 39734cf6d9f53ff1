import { z } from "zod";

/** Tokens of one call. `cached` and `cacheWrite` are parts of `prompt`, `reasoning` is a part of `completion`. */
export interface Usage {
  prompt: number;
  cached: number;
  cacheWrite: number;
  completion: number;
  reasoning: number;
}

/**
 * What the model made of a prompt:
 * - answer: `content` is text that should be JSON of the schema; nothing in it has been checked
 * - refusal: the model declined, in its own words
 * - cut_off: the cap on tokens ended the answer; it may succeed with a larger cap
 * - filtered: the provider's content filter ended it
 * - empty: it finished without saying anything
 */
export type Outcome =
  | { outcome: "answer"; content: string }
  | { outcome: "refusal"; text: string }
  | { outcome: "cut_off" }
  | { outcome: "filtered" }
  | { outcome: "empty" };

/** What decides the price of a call. */
export interface Billable {
  /** The id as reported, which may be a dated snapshot of the one asked for. */
  model: string;
  /** Null when the answer carried none, as some gateways do. */
  usage: Usage | null;
  /** `default`, `flex`, `priority`; null when not reported. */
  serviceTier: string | null;
}

const count = z.int().nonnegative();
// Every detail may be missing and new ones appear unannounced, so no more is asked than what we use.
const detail = count.nullish().transform((value) => value ?? 0);

const ChatCompletion = z.object({
  model: z.string(),
  service_tier: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: detail, cache_write_tokens: detail }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: detail }).nullish(),
    })
    .nullish(),
});

/** Reads the body of a chat completion; null when it is not one. */
export function readCompletion(body: unknown): (Billable & Outcome) | null {
  const read = ChatCompletion.safeParse(body);
  if (!read.success) return null;
  const { model, service_tier, choices, usage } = read.data;
  const { finish_reason, message } = choices[0]!;
  return {
    model,
    serviceTier: service_tier ?? null,
    usage: usage
      ? {
          prompt: usage.prompt_tokens,
          cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
          cacheWrite: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
          completion: usage.completion_tokens,
          reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
        }
      : null,
    ...outcomeOf(finish_reason, message.content ?? "", message.refusal ?? ""),
  };
}

function outcomeOf(finishReason: string, content: string, refusal: string): Outcome {
  if (finishReason === "length") return { outcome: "cut_off" };
  if (finishReason === "content_filter") return { outcome: "filtered" };
  if (refusal !== "") return { outcome: "refusal", text: refusal };
  return content.trim() === "" ? { outcome: "empty" } : { outcome: "answer", content };
}
