import { createHash } from "node:crypto";
import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";

const KEPT_FROM_CHARACTERS = 1000;
const KEPT_TEXTS = 500;
const kept = new Map<string, number[]>();

// A lead may write `<|endoftext|>`: to the API that is text like any other.
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Tokens of the o200k vocabulary. Long texts are remembered, because prompts share their long beginning. */
export function tokensOf(text: string): number[] {
  if (text.length < KEPT_FROM_CHARACTERS) return encode(text, AS_TEXT);
  const known = kept.get(text);
  if (known) return known;
  const tokens = encode(text, AS_TEXT);
  if (kept.size >= KEPT_TEXTS) kept.delete(kept.keys().next().value!);
  kept.set(text, tokens);
  return tokens;
}

export function countTokens(text: string): number {
  return tokensOf(text).length;
}

/** The first `count` tokens as text. */
export function firstTokens(text: string, count: number): string {
  return decode(tokensOf(text).slice(0, count));
}

export function digest(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}
