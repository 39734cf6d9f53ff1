import { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import { describe, expect, test } from "vitest";
import { failureOf, retryAfterMs } from "./sdk-failure.ts";

interface Answer {
  code?: string | null;
  type?: string;
  param?: string | null;
}

function answered(status: number, error: Answer | "page", headers: Record<string, string> = {}) {
  const envelope = error === "page" ? undefined : { error: { message: "text that changes", ...error } };
  return APIError.generate(status, envelope, undefined, new Headers({ "x-request-id": "req_1", ...headers }));
}

describe("a failed answer", () => {
  test.each<[string, number, Answer | "page", string, object]>([
    ["400 of a bad schema", 400, { param: "response_format" }, "PromptRefused", { param: "response_format" }],
    ["400 of too long a prompt", 400, { code: "context_length_exceeded" }, "PromptTooLong", {}],
    ["413", 413, "page", "PromptTooLong", {}],
    ["401", 401, { code: "invalid_api_key" }, "ModelKeyRefused", { status: 401 }],
    ["401 without an envelope", 401, "page", "ModelKeyRefused", {}],
    ["403 of the API", 403, { code: null }, "ModelKeyRefused", {}],
    ["403 of a proxy", 403, "page", "ModelUnavailable", { reason: "server_error" }],
    ["404", 404, { code: "model_not_found" }, "ModelNotFound", { code: "model_not_found" }],
    ["408", 408, {}, "ModelUnavailable", { reason: "server_error" }],
    ["409", 409, {}, "ModelUnavailable", { reason: "server_error" }],
    [
      "429 of a rate limit",
      429,
      { code: "rate_limit_exceeded", type: "requests" },
      "ModelUnavailable",
      { reason: "rate_limited" },
    ],
    [
      "429 of an empty account",
      429,
      { code: "insufficient_quota", type: "insufficient_quota" },
      "ModelQuotaExhausted",
      {},
    ],
    ["500", 500, {}, "ModelUnavailable", { reason: "server_error", requestId: "req_1" }],
    ["502 with a page", 502, "page", "ModelUnavailable", { reason: "server_error", code: null }],
    ["a page instead of a 400", 400, "page", "ModelUnavailable", { reason: "server_error" }],
  ])("%s", (_, status, error, name, facts) => {
    expect(failureOf(answered(status, error))).toMatchObject({ name, ...facts });
  });

  test("names neither the key nor text of the prompt", () => {
    const error = APIError.generate(401, { error: { message: "Incorrect key sk-abc" } }, undefined, new Headers());
    expect(failureOf(error).message).not.toContain("sk-abc");
  });

  test("is not tried again at once when the API says so", () => {
    expect(failureOf(answered(500, {}, { "x-should-retry": "false" }))).toMatchObject({ retryAfterMs: 60_000 });
    const asked = { "x-should-retry": "false", "retry-after": "90" };
    expect(failureOf(answered(500, {}, asked))).toMatchObject({ retryAfterMs: 90_000 });
  });
});

describe("a 429 for tokens without a wait", () => {
  const limits = (remaining: string) => ({
    "x-ratelimit-limit-tokens": "1000",
    "x-ratelimit-remaining-tokens": remaining,
  });
  const tokens = { code: "rate_limit_exceeded", type: "tokens" };

  test("will never fit when the bucket was full", () => {
    expect(failureOf(answered(429, tokens, limits("1000"))).name).toBe("PromptTooLong");
  });

  test("will never fit when the prompt is larger than the bucket", () => {
    expect(failureOf(answered(429, tokens, limits("400")), 1500).name).toBe("PromptTooLong");
  });

  test("may fit later when a proxy has dropped the headers", () => {
    expect(failureOf(answered(429, tokens), 1500).name).toBe("ModelUnavailable");
  });

  test("may fit later when the API names a wait after all", () => {
    const headers = { ...limits("1000"), "retry-after": "1" };
    expect(failureOf(answered(429, tokens, headers))).toMatchObject({ name: "ModelUnavailable", retryAfterMs: 1000 });
  });
});

test.each([
  ["a timeout", new APIConnectionTimeoutError(), "timeout"],
  ["no connection", new APIConnectionError({ message: "refused" }), "network"],
  ["a connection that broke while reading", new TypeError("terminated"), "network"],
  ["half a body", new SyntaxError("Unexpected end of JSON input"), "broken_answer"],
])("%s is unavailability without a status", (_, error, reason) => {
  expect(failureOf(error)).toMatchObject({
    name: "ModelUnavailable",
    reason,
    status: null,
    retryAfterMs: null,
  });
});

test.each<[string, Record<string, string>, number | null]>([
  ["milliseconds before seconds", { "retry-after-ms": "1200", "retry-after": "90" }, 1200],
  ["seconds", { "retry-after": "90" }, 90_000],
  ["a date that has passed as no wait", { "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT" }, 0],
  ["nothing in nothing", {}, null],
  ["nothing in nonsense", { "retry-after": "soon" }, null],
])("the wait is read from the headers: %s", (_, headers, wait) => {
  expect(retryAfterMs(new Headers(headers))).toBe(wait);
});
