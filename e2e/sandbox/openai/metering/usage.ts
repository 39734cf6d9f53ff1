import type { Effort } from "../catalogue.ts";
import type { ChatRequest } from "../request/chat-request.ts";
import { countTokens, firstTokens } from "./tokens.ts";

/** Tokens of one call. `cached` and `written` are parts of `prompt`, `reasoning` of `completion`. */
export interface Usage {
  prompt: number;
  cached: number;
  written: number;
  completion: number;
  reasoning: number;
}

/** Hidden tokens by effort: invented, but of the right kind, so that a forgotten effort is noticed. */
const REASONING: Record<Effort, number> = {
  none: 0,
  minimal: 32,
  low: 128,
  medium: 512,
  high: 2048,
  xhigh: 4096,
  max: 8192,
};

/** What fits under the cap: reasoning counts first, and may leave nothing for the answer. */
export function underCap(
  { effort, cap }: ChatRequest,
  content: string,
): { content: string; cutOff: boolean; completion: number; reasoning: number } {
  const reasoning = REASONING[effort];
  const needed = countTokens(content);
  if (cap === null || reasoning + needed <= cap) {
    return { content, cutOff: false, completion: reasoning + needed, reasoning };
  }
  const room = Math.max(0, cap - reasoning);
  return { content: firstTokens(content, room), cutOff: true, completion: cap, reasoning: Math.min(reasoning, cap) };
}

export function usageFields({ prompt, cached, written, completion, reasoning }: Usage, withDetails: boolean) {
  const totals = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  if (!withDetails) return totals;
  return {
    ...totals,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
