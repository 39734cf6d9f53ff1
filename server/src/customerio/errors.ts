/** Nobody's fault here: 429, 5xx, a page instead of JSON, no answer in time, no connection. What was asked may have been done. */
export class CustomerIoUnavailable extends Error {
  override readonly name = "CustomerIoUnavailable";
  readonly unavailable = true;

  constructor(
    message: string,
    /** What it asked us to wait, in milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The key is wrong, revoked, or one of another kind or region: every call fails until a person acts. */
export class CustomerIoKeyRefused extends Error {
  override readonly name = "CustomerIoKeyRefused";

  constructor(
    message: string,
    readonly key: "track" | "app",
  ) {
    super(message);
  }
}

/** The whole request was not understood; nothing of it was done. */
export class CustomerIoRejected extends Error {
  override readonly name = "CustomerIoRejected";

  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}
