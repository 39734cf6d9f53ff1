const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** After which a webhook is given up. */
export const EXPIRY_MS = 7 * 24 * HOUR;
/** 0 is a fault of the connection. A hang-up of ours after the time limit (499) is not among them. */
const HOUR_FIRST = new Set([0, 400, 401, 402, 403, 404, 405, 410, 429, 500, 502, 521]);

/** How long to wait after a failed attempt, the first being 1. Its steps are not documented, only the hour. */
export function waitAfter(status: number, attempt: number): number {
  const first = HOUR_FIRST.has(status) ? HOUR : MINUTE;
  return Math.min(first * 2 ** (attempt - 1), 12 * HOUR);
}
