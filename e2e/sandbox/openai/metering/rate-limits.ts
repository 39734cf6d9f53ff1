import { ApiError } from "../api-error.ts";

/** A bucket that fills evenly: full again after one minute. */
class Bucket {
  readonly limit: number;
  #level: number;
  #at: number;

  constructor(limit: number, now: number) {
    this.limit = limit;
    this.#level = limit;
    this.#at = now;
  }

  level(now: number): number {
    this.#level = Math.min(this.limit, this.#level + (Math.max(0, now - this.#at) * this.limit) / 60_000);
    this.#at = now;
    return this.#level;
  }

  take(amount: number): void {
    this.#level -= amount;
  }

  msUntil(amount: number, now: number): number {
    return Math.max(0, ((amount - this.level(now)) * 60_000) / this.limit);
  }
}

/** Requests and tokens per minute of one organisation for one model. */
export class RateLimits {
  readonly #requests: Bucket;
  readonly #tokens: Bucket;

  constructor(requestsPerMinute: number, tokensPerMinute: number, now: number) {
    this.#requests = new Bucket(requestsPerMinute, now);
    this.#tokens = new Bucket(tokensPerMinute, now);
  }

  /**
   * Takes one request and the tokens it reserves, prompt and cap together; unused ones are not given back.
   * @throws {ApiError} 429, without having taken anything.
   */
  take(model: string, tokens: number, now: number): void {
    if (tokens > this.#tokens.limit) throw tooLarge(model, this.#tokens.limit, tokens);
    if (this.#requests.level(now) < 1)
      throw limited("requests", model, this.#requests.limit, 1, this.#requests.msUntil(1, now));
    if (this.#tokens.level(now) < tokens) {
      throw limited("tokens", model, this.#tokens.limit, tokens, this.#tokens.msUntil(tokens, now));
    }
    this.#requests.take(1);
    this.#tokens.take(tokens);
  }

  headers(now: number): Record<string, string> {
    return { ...bucketHeaders("requests", this.#requests, now), ...bucketHeaders("tokens", this.#tokens, now) };
  }
}

function bucketHeaders(kind: "requests" | "tokens", bucket: Bucket, now: number): Record<string, string> {
  return {
    [`x-ratelimit-limit-${kind}`]: String(bucket.limit),
    [`x-ratelimit-remaining-${kind}`]: String(Math.max(0, Math.floor(bucket.level(now)))),
    [`x-ratelimit-reset-${kind}`]: goDuration(bucket.msUntil(bucket.limit, now)),
  };
}

export function limited(
  type: "requests" | "tokens",
  model: string,
  limit: number,
  needed: number,
  waitMs: number,
): ApiError {
  const unit = type === "requests" ? "requests per min (RPM)" : "tokens per min (TPM)";
  const wait = Math.max(1, Math.ceil(waitMs));
  return new ApiError(
    429,
    `Rate limit reached for ${model} on ${unit}: Limit ${limit}, Requested ${needed}. Please try again in ${goDuration(wait)}.`,
    {
      code: "rate_limit_exceeded",
      type,
      headers: { "retry-after-ms": String(wait), "retry-after": String(Math.ceil(wait / 1000)) },
    },
  );
}

/** No wait is named, because none would help. */
export function tooLarge(model: string, limit: number, needed: number): ApiError {
  return new ApiError(
    429,
    `Request too large for ${model} on tokens per min (TPM): Limit ${limit}, Requested ${needed}.`,
    {
      code: "rate_limit_exceeded",
      type: "tokens",
    },
  );
}

/** As Go writes durations: `12ms`, `1.2s`, `6m0s`. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 10) / 100;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
