/**
 * Errors of the clients say by themselves whether something outside is away (then the row waits and has not failed)
 * and how long they were asked to wait.
 */
export interface Unavailability extends Error {
  readonly unavailable: true;
  readonly retryAfterMs?: number | undefined;
}

export function isUnavailability(error: unknown): error is Unavailability {
  return error instanceof Error && "unavailable" in error && error.unavailable === true;
}

/** The subject does not exist any more (deleted, merged): the work ends quietly. */
export class SubjectGone extends Error {}

/** 1 s doubling to a minute, with jitter so that a burst does not come back as a burst. */
export function backoffMs(times: number, asked: number | undefined, random = Math.random): number {
  const doubled = Math.min(60_000, 1_000 * 2 ** Math.min(times, 6));
  return Math.max(asked ?? 0, doubled * (0.75 + random() / 2));
}
