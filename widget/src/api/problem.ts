import type { ApiErrorCode, InputIssue } from "@dealscope/shared/api-error";
import { record, textOf } from "../host/page.ts";

/**
 * Why something asked of the backend did not come. Besides the codes of its API:
 * - offline: this browser has no network
 * - unreachable: the backend did not answer
 * - failed: it answered what we cannot read
 */
export type ProblemCode = ApiErrorCode | "offline" | "unreachable" | "failed";

export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly detail: {
      issues?: InputIssue[];
      /** The server's own sentence, in English. */
      said?: string;
      connectUrl?: string;
      requestId?: string;
      retryAfterSeconds?: number;
      /** It was the trade of a one-time token that failed, which only a person repeats. */
      ofTrade?: boolean;
    } = {},
  ) {
    super(code);
  }
}

const codes: Record<ApiErrorCode, true> = {
  unauthorized: true,
  not_connected: true,
  needs_reconnect: true,
  forbidden: true,
  not_found: true,
  invalid_input: true,
  conflict: true,
  too_soon: true,
  too_many_requests: true,
  unavailable: true,
  internal: true,
};

/** What an answer that is not 2xx means. */
export function problemIn(
  body: unknown,
  { retryAfter = null, ofTrade = false }: { retryAfter?: string | null; ofTrade?: boolean } = {},
): Problem {
  const { code, message, issues, connectUrl, requestId } = record(record(body).error);
  if (!isCode(code)) return new Problem("failed", { ofTrade });
  const named = Array.isArray(issues) ? issues.map((issue) => record(issue)) : [];
  const seconds = Number(retryAfter ?? "");
  return new Problem(code, {
    ofTrade,
    ...(named.length > 0
      ? {
          issues: named.map(({ path, message, code, limit }) => ({
            path: textOf(path),
            message: textOf(message),
            ...(typeof code === "string" ? { code } : {}),
            ...(typeof limit === "number" ? { limit } : {}),
          })),
        }
      : {}),
    ...(message ? { said: textOf(message) } : {}),
    ...(isWebAddress(connectUrl) ? { connectUrl } : {}),
    ...(requestId ? { requestId: textOf(requestId) } : {}),
    ...(seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  });
}

function isCode(code: unknown): code is ApiErrorCode {
  return typeof code === "string" && Object.hasOwn(codes, code);
}

function isWebAddress(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//.test(value);
}

/** No answer at all. */
export function silence(): Problem {
  return new Problem(navigator.onLine === false ? "offline" : "unreachable");
}

/** By its form, because the card and the pages are two files with a class each. */
export function asProblem(error: unknown): Problem {
  return error instanceof Error && "code" in error && "detail" in error ? (error as Problem) : new Problem("failed");
}
