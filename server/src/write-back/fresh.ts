/** What was read longer ago may have been changed by a person since. */
const FRESH_MS = 15_000;

class StaleRead extends Error {
  readonly retryAfterMs = 0;
}

/** @throws StaleRead: it is to be read again rather than to be written over */
export function assertFresh(readAt: number) {
  if (performance.now() - readAt > FRESH_MS) {
    throw new StaleRead("What was read is too old to write by; it is read again.");
  }
}
