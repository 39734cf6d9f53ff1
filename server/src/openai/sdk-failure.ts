import { APIConnectionTimeoutError, APIError } from "openai";
import {
  type FailureFacts,
  type ModelFailure,
  ModelKeyRefused,
  ModelNotFound,
  ModelQuotaExhausted,
  ModelUnavailable,
  PromptRefused,
  PromptTooLong,
  type UnavailableReason,
} from "./failures.ts";

/**
 * Whatever the SDK threw, as one of our failures. Goes by status, code and type, never by message text, which changes.
 * @param roughTokens about what the request counts against the limit per minute; tells "too large for ever" from "too large now".
 */
export function failureOf(error: unknown, roughTokens = 0): ModelFailure {
  if (error instanceof APIConnectionTimeoutError) return new ModelUnavailable("timeout", NO_ANSWER);
  // A body that broke off surfaces as the parser's error, a reset while reading as fetch's own.
  if (error instanceof SyntaxError) return new ModelUnavailable("broken_answer", NO_ANSWER);
  if (!(error instanceof APIError) || error.status === undefined) return new ModelUnavailable("network", NO_ANSWER);

  const facts: FailureFacts = {
    status: error.status,
    code: error.code ?? null,
    requestId: error.requestID ?? null,
  };
  const isPage = error.error === undefined;
  switch (error.status) {
    case 401:
      return new ModelKeyRefused(facts);
    case 404:
      return new ModelNotFound(facts);
    case 403:
      // A proxy's page says nothing about the key, and a refused key pauses an account.
      return isPage ? unavailable("server_error", error, facts) : new ModelKeyRefused(facts);
    case 413:
      return new PromptTooLong(facts);
    case 408:
    case 409:
      return unavailable("server_error", error, facts);
    case 429:
      if (error.code === "insufficient_quota" || error.type === "insufficient_quota")
        return new ModelQuotaExhausted(facts);
      return neverFits(error, roughTokens) ? new PromptTooLong(facts) : unavailable("rate_limited", error, facts);
  }
  if (error.status >= 500 || error.status < 400 || isPage) return unavailable("server_error", error, facts);
  if (error.code === "context_length_exceeded") return new PromptTooLong(facts);
  return new PromptRefused(facts, error.param ?? null, error.message.slice(0, 500));
}

const NO_ANSWER: FailureFacts = { status: null, code: null, requestId: null };

/** `x-should-retry: false` says that trying at once is in vain; what is not this lead's fault is tried later all the same. */
const WHEN_IN_VAIN_MS = 60_000;

function unavailable(reason: UnavailableReason, error: APIError, facts: FailureFacts): ModelUnavailable {
  const asked = retryAfterMs(error.headers);
  const isInVain = error.headers?.get("x-should-retry") === "false";
  return new ModelUnavailable(reason, facts, isInVain ? Math.max(asked ?? 0, WHEN_IN_VAIN_MS) : asked);
}

/**
 * A single request above the limit of a minute has the status, code and type of an ordinary rate limit. It names no
 * wait, and was refused although the bucket was full or although it is larger than the whole bucket.
 */
function neverFits(error: APIError, roughTokens: number): boolean {
  if (error.type !== "tokens" || retryAfterMs(error.headers) !== null) return false;
  const limit = numberIn(error.headers, "x-ratelimit-limit-tokens");
  if (limit === null) return false;
  return numberIn(error.headers, "x-ratelimit-remaining-tokens") === limit || roughTokens > limit;
}

/** `retry-after-ms` wins over `retry-after`, which is in seconds or a date. */
export function retryAfterMs(headers: Headers | undefined): number | null {
  const ms = numberIn(headers, "retry-after-ms");
  if (ms !== null) return Math.max(0, ms);
  const seconds = numberIn(headers, "retry-after");
  if (seconds !== null) return Math.max(0, seconds * 1000);
  const date = Date.parse(headers?.get("retry-after") ?? "");
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

function numberIn(headers: Headers | undefined, name: string): number | null {
  const text = headers?.get(name)?.trim();
  if (!text) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
