import { z } from "zod";
import { CustomerIoKeyRefused, CustomerIoRejected, CustomerIoUnavailable } from "./errors.ts";

export interface CustomerIoRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  authorization: string;
  body?: unknown;
  timeoutMs: number;
}

/** A workspace must not stand still for hours because of one strange header. */
const RETRY_AFTER_AT_MOST_MS = 60_000;

/** The three forms in which Customer.io complains: of Track v2, of Track v1 and of the App API. */
const complaint = z.object({
  errors: z
    .array(
      z.object({ field: z.string().catch(""), message: z.string().catch(""), detail: z.string().catch("") }).partial(),
    )
    .catch([])
    .optional(),
  meta: z
    .object({ error: z.string().catch(""), errors: z.array(z.string()).catch([]) })
    .partial()
    .catch({})
    .optional(),
  message: z.string().catch("").optional(),
});

/**
 * Reads an answer that has to have this shape. Another one says that somebody else has answered, or that Customer.io is not
 * itself: it is asked again later.
 */
export function readAs<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.output<Schema> {
  const { data, success } = schema.safeParse(answer);
  if (success) return data;
  throw new CustomerIoUnavailable(`Customer.io answered ${what} in a form that is not known.`);
}

/**
 * Sends one request, once: who waits for how long is decided by whoever asks.
 * @returns the parsed JSON, also of 207, where it names what was refused
 */
export async function send({ method, url, authorization, body, timeoutMs }: CustomerIoRequest): Promise<unknown> {
  const what = `${method} ${new URL(url).pathname}`;
  const { status, headers, text } = await exchange(method, url, authorization, body, timeoutMs, what);
  if (status >= 200 && status < 300) return readBody(text, what);
  const message = `Customer.io answered ${what} with ${status}${said(text)}`;
  // Sent on to another host: the keys are those of another region.
  if (status === 401 || status === 403 || status < 400)
    throw new CustomerIoKeyRefused(message, authorization.startsWith("Basic") ? "track" : "app");
  if (status === 408 || status === 429 || status >= 500) {
    const seconds = Number(headers.get("retry-after"));
    throw new CustomerIoUnavailable(
      message,
      seconds > 0 ? Math.min(RETRY_AFTER_AT_MOST_MS, seconds * 1000) : undefined,
    );
  }
  throw new CustomerIoRejected(message, status);
}

async function exchange(
  method: string,
  url: string,
  authorization: string,
  body: unknown,
  timeoutMs: number,
  what: string,
) {
  try {
    const answer = await fetch(url, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? null : JSON.stringify(body),
      // A workspace of another region is sent on; with our data in hand we go nowhere we were not told to by a person.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  } catch (error) {
    throw new CustomerIoUnavailable(`Customer.io did not answer ${what}: ${reason(error)}`);
  }
}

function readBody(text: string, what: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    // PostgreSQL cannot store NUL characters, and JSON can carry them.
    return JSON.parse(text.replaceAll("\\u0000", "\\ufffd"));
  } catch {
    throw new CustomerIoUnavailable(`Customer.io answered ${what} with something that is not JSON.`);
  }
}

function said(text: string): string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return ".";
  }
  const { data } = complaint.safeParse(body);
  const words = [
    ...(data?.errors ?? []).map(({ field, message, detail }) => [field, message || detail].filter(Boolean).join(": ")),
    ...(data?.meta?.errors ?? []),
    data?.meta?.error ?? "",
    data?.message ?? "",
  ].filter(Boolean);
  return words.length > 0 ? `: ${words.join("; ").slice(0, 300)}` : ".";
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
