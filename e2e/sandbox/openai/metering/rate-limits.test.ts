import { expect, test } from "vitest";
import { ApiError } from "../api-error.ts";
import { goDuration, RateLimits } from "./rate-limits.ts";

function refusal(take: () => void): ApiError {
  try {
    take();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error("it was not refused");
}

test("requests are refused when their bucket is empty, naming the time until one fits", () => {
  const limits = new RateLimits(3, 100_000, 0);
  for (let request = 0; request < 3; request++) limits.take("m", 10, 0);
  const error = refusal(() => limits.take("m", 10, 0));
  expect(error).toMatchObject({ status: 429, code: "rate_limit_exceeded", type: "requests" });
  expect(error.headers).toEqual({ "retry-after-ms": "20000", "retry-after": "20" });
  expect(() => limits.take("m", 10, 20_000)).not.toThrow();
});

test("tokens are refused when their bucket is low, and refill evenly", () => {
  const limits = new RateLimits(100, 6000, 0);
  limits.take("m", 5000, 0);
  expect(refusal(() => limits.take("m", 2000, 0))).toMatchObject({
    type: "tokens",
    headers: { "retry-after-ms": "10000" },
  });
  expect(() => limits.take("m", 2000, 10_000)).not.toThrow();
});

test("a request larger than the whole bucket is refused without a wait, and takes nothing", () => {
  const limits = new RateLimits(100, 1000, 0);
  const error = refusal(() => limits.take("m", 1001, 0));
  expect(error).toMatchObject({ status: 429, type: "tokens", headers: {} });
  expect(limits.headers(0)).toMatchObject({
    "x-ratelimit-remaining-tokens": "1000",
    "x-ratelimit-remaining-requests": "100",
  });
});

test("the headers say how full the buckets are and when they will be full again", () => {
  const limits = new RateLimits(60, 6000, 0);
  limits.take("m", 600, 0);
  expect(limits.headers(0)).toEqual({
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-reset-requests": "1s",
    "x-ratelimit-limit-tokens": "6000",
    "x-ratelimit-remaining-tokens": "5400",
    "x-ratelimit-reset-tokens": "6s",
  });
});

test.each([
  [0, "0ms"],
  [12, "12ms"],
  [1200, "1.2s"],
  [360_000, "6m0s"],
  [61_500, "1m1.5s"],
])("%i ms are written as %s", (ms, text) => {
  expect(goDuration(ms)).toBe(text);
});
