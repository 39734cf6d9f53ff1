/** One complaint of Kommo about one item of a request. */
export interface ItemComplaint {
  /** The `request_id` of the item, or its index as a string when we sent none. */
  requestId: string;
  errors: { code: string; path: string; detail: string }[];
}

/** What Kommo said to a request, or that it said nothing. */
export abstract class KommoError extends Error {
  constructor(
    message: string,
    readonly status: number | undefined,
    /** The request may have been applied: the answer was lost, not the request refused. */
    readonly outcomeUnknown = false,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** Rate limit, server fault, timeout, broken connection: the same request may succeed later. */
export class KommoUnavailable extends KommoError {
  readonly unavailable = true;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { status?: number; outcomeUnknown: boolean; retryAfterMs?: number | undefined },
  ) {
    super(message, options.status, options.outcomeUnknown);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A 403 that is not problem+json: Kommo has blocked our address, for every account. */
export class KommoBlocked extends KommoError {
  readonly unavailable = true;
  readonly retryAfterMs = 60_000;
}

/** The token is missing, expired or revoked. `hint` is the only part that is not in the account's language. */
export class KommoUnauthorized extends KommoError {
  constructor(
    message: string,
    status: number,
    readonly hint: string,
  ) {
    super(message, status);
  }
}

const UNPAID_MS = 10 * 60_000;

/**
 * The token's user, scope or plan does not allow this (402, 403 as problem+json). A 402 that nobody has reckoned with means
 * that the account is not paid for: it passes when somebody pays.
 */
export class KommoForbidden extends KommoError {
  get unavailable(): boolean {
    return this.status === 402;
  }

  get retryAfterMs(): number | undefined {
    return this.unavailable ? UNPAID_MS : undefined;
  }
}

export class KommoNotFound extends KommoError {}

/**
 * The request is wrong (400, 405, 422); sending it again would not help. `items` names what is wrong, if Kommo said.
 * `hint` as in {@link KommoUnauthorized}.
 */
export class KommoRejected extends KommoError {
  constructor(
    message: string,
    status: number,
    readonly items: readonly ItemComplaint[],
    readonly hint: string,
  ) {
    super(message, status);
  }
}
