import { z } from "zod";
import {
  type ItemComplaint,
  KommoBlocked,
  KommoForbidden,
  KommoNotFound,
  KommoRejected,
  KommoUnauthorized,
  KommoUnavailable,
} from "./errors.ts";
import { askLoopback } from "./loopback.ts";

export interface KommoRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Absolute URL. */
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  timeoutMs: number;
  /** Told how far Kommo's clock is ahead of ours, in milliseconds and to half a second, when the answer says the time. */
  clock?: (aheadMs: number) => void;
}

/** An account must not stand still for hours because of one strange header. */
const RETRY_AFTER_AT_MOST_MS = 60_000;

const problem = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  hint: z.string().optional(),
  "validation-errors": z
    .array(
      z.object({
        request_id: z.union([z.string(), z.number()]).transform(String),
        errors: z.array(
          z.object({ code: z.string().catch(""), path: z.string().catch(""), detail: z.string().catch("") }),
        ),
      }),
    )
    .catch([])
    .optional(),
});

/**
 * Sends one request and reads the answer.
 * @returns the parsed JSON, or `undefined` for "nothing" (204, an empty body)
 * @throws KommoError, by what may be done about it
 */
export async function send(request: KommoRequest): Promise<unknown> {
  const sentAt = Date.now();
  const { status, headers, text } = await exchange(request);
  // The header has whole seconds, cut off; it was written somewhere between asking and hearing.
  const told = Date.parse(headers.get("date") ?? "");
  if (!Number.isNaN(told)) request.clock?.(told + 500 - (sentAt + Date.now()) / 2);
  const what = `${request.method} ${new URL(request.url).pathname}`;
  if (status >= 200 && status < 300) return readBody(text, status, what);
  throw complaint(status, headers, text, what);
}

async function exchange({ method, url, headers, body, timeoutMs }: KommoRequest) {
  const ask = new URL(url).hostname.endsWith(".localhost") ? askLoopback : fetch;
  try {
    const answer = await ask(url, {
      method,
      headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    throw new KommoUnavailable(`Kommo did not answer ${method} ${new URL(url).pathname}: ${reason(error)}`, {
      outcomeUnknown: !neverArrived(error),
    });
  }
}

function readBody(text: string, status: number, what: string): unknown {
  // 202 answers may be plain text; 204 and empty lists have no body at all.
  if (status === 202 || text === "") return undefined;
  try {
    // PostgreSQL cannot store NUL characters, and JSON can carry them.
    return JSON.parse(text.replaceAll("\\u0000", "\\ufffd"));
  } catch {
    throw new KommoUnavailable(`Kommo answered ${what} with something that is not JSON.`, {
      status,
      outcomeUnknown: true,
    });
  }
}

function complaint(status: number, headers: Headers, text: string, what: string): Error {
  const said = problem.safeParse(parseOrUndefined(text));
  const detail = said.success ? (said.data.hint ?? said.data.detail ?? said.data.title ?? "") : "";
  const message = `Kommo answered ${what} with ${status}${detail && `: ${detail}`}`;
  const isProblem = headers.get("content-type")?.includes("json") ?? false;
  if (status === 429 || status >= 500) {
    const seconds = Number(headers.get("retry-after"));
    return new KommoUnavailable(message, {
      status,
      outcomeUnknown: status !== 429 && status !== 503,
      retryAfterMs: seconds > 0 ? Math.min(RETRY_AFTER_AT_MOST_MS, seconds * 1000) : undefined,
    });
  }
  const hint = said.success ? (said.data.hint ?? "") : "";
  if (status === 401) return new KommoUnauthorized(message, status, hint);
  if (status === 403 && !isProblem) return new KommoBlocked(message, status);
  if (status === 402 || status === 403) return new KommoForbidden(message, status);
  if (status === 404) return new KommoNotFound(message, status);
  return new KommoRejected(message, status, said.success ? itemsOf(said.data) : [], hint);
}

function itemsOf(said: z.output<typeof problem>): ItemComplaint[] {
  return (said["validation-errors"] ?? []).map((item) => ({ requestId: item.request_id, errors: item.errors }));
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

/** Only when no connection was made is it certain that Kommo did nothing. */
function neverArrived(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  const code = cause && typeof cause === "object" && "code" in cause ? cause.code : undefined;
  return code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "UND_ERR_CONNECT_TIMEOUT";
}
