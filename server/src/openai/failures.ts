/** What is known of a failed call. Never lead text, never a key: these go to logs. */
export interface FailureFacts {
  /** HTTP status; null when no answer came. */
  status: number | null;
  code: string | null;
  requestId: string | null;
}

/** Why a call brought no completion. The class says what to do about it; the text is for people. */
export abstract class ModelFailure extends Error {
  readonly status: number | null;
  readonly code: string | null;
  readonly requestId: string | null;

  constructor(message: string, facts: FailureFacts) {
    super(message);
    this.name = new.target.name;
    this.status = facts.status;
    this.code = facts.code;
    this.requestId = facts.requestId;
  }
}

export type UnavailableReason = "rate_limited" | "server_error" | "timeout" | "network" | "broken_answer";

/** Nobody's fault here: rate limit, 408, 409, 5xx, a page instead of JSON, half an answer, timeout, no connection. */
export class ModelUnavailable extends ModelFailure {
  readonly reason: UnavailableReason;
  /** How long the API asked us to wait; null when it did not say. */
  readonly retryAfterMs: number | null;

  constructor(reason: UnavailableReason, facts: FailureFacts, retryAfterMs: number | null = null) {
    super(`The model is unavailable (${reason}${facts.status === null ? "" : `, status ${facts.status}`}).`, facts);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** No credit left, or a spending cap reached: every call with this key fails until a person acts. */
export class ModelQuotaExhausted extends ModelFailure {
  constructor(facts: FailureFacts) {
    super("The OpenAI account behind the key has no credit left.", facts);
  }
}

/** The key is wrong or revoked, or has no right to this endpoint, model or region. */
export class ModelKeyRefused extends ModelFailure {
  constructor(facts: FailureFacts) {
    super(`The OpenAI key was refused (status ${facts.status}).`, facts);
  }
}

/** The model is retired, misspelt or not open to this key; behind a gateway also: the base URL is wrong. */
export class ModelNotFound extends ModelFailure {
  constructor(facts: FailureFacts) {
    super("The model does not exist at this address, or the key may not use it.", facts);
  }
}

/** Longer than the model's context or than the whole limit of a minute: it fits only when shortened. */
export class PromptTooLong extends ModelFailure {
  constructor(facts: FailureFacts) {
    super("The prompt is too long for the model or for the limit of the key.", facts);
  }
}

/** The API does not accept what this code sends, a schema or a parameter: a fault of a release, not of a lead. */
export class PromptRefused extends ModelFailure {
  /** The path of the refused parameter, e.g. `response_format`. */
  readonly param: string | null;

  constructor(facts: FailureFacts, param: string | null, explanation: string) {
    super(`The request was refused (${param ?? "no parameter named"}): ${explanation}`, facts);
    this.param = param;
  }
}
