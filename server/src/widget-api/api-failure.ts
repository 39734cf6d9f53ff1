import type { ApiErrorCode, InputIssue } from "@dealscope/shared/api-error";

export const statusOf: Record<ApiErrorCode, number> = {
  unauthorized: 401,
  not_connected: 409,
  needs_reconnect: 503,
  forbidden: 403,
  not_found: 404,
  invalid_input: 400,
  conflict: 409,
  too_soon: 429,
  too_many_requests: 429,
  unavailable: 503,
  internal: 500,
};

interface Particulars {
  issues?: InputIssue[];
  connectUrl?: string;
  currentVersion?: number;
  retryAfterSeconds?: number;
}

/** An answer that is not 2xx. `message` is one sentence for people and holds nothing that the asker may not know. */
export class ApiFailure extends Error {
  constructor(
    readonly code: ApiErrorCode,
    message: string,
    readonly particulars: Particulars = {},
  ) {
    super(message);
  }
}

/** The same words whatever is wrong with a token, so that nobody learns from the difference. */
export function unauthorized(): ApiFailure {
  return new ApiFailure("unauthorized", "This session is not valid. Please open the widget again.");
}

export function notFound(): ApiFailure {
  return new ApiFailure("not_found", "There is nothing here, or you are not allowed to see it.");
}

interface SchemaIssue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[] | undefined;
  /** Zod says these besides. */
  code?: unknown;
  minimum?: unknown;
  maximum?: unknown;
  /** Of a rule of our own: `reason` says which it is. */
  params?: { reason?: unknown } | undefined;
}

/** Names every wrong value, in the words of the schema. */
export function wrongInput(issues: readonly SchemaIssue[]): ApiFailure {
  const named = issues.map(({ path = [], message, code: kind, params, minimum, maximum }) => {
    const code = params?.reason ?? kind;
    const limit = minimum ?? maximum;
    return {
      path: path.map((step) => String(typeof step === "object" ? step.key : step)).join("."),
      message,
      ...(typeof code === "string" ? { code } : {}),
      ...(typeof limit === "number" ? { limit } : {}),
    };
  });
  return new ApiFailure("invalid_input", named.map(({ message }) => message).join(" "), { issues: named });
}
