import type { ManualReason, Verdict } from "@dealscope/shared/qualification";

/** An unavailable model is asked again after these, then after a minute doubling to an hour. */
const QUICK_TRIES_MS = [1_000, 4_000, 15_000];
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

const NEEDS_THE_OPERATOR: ReadonlySet<ManualReason> = new Set(["key", "no_key", "model", "quota"]);

/** When to try again; undefined: the same text would get the same answer, and the call would be paid again. */
export function delayMs(reason: ManualReason, times: number): number | undefined {
  if (reason === "cap") return HOUR_MS;
  if (NEEDS_THE_OPERATOR.has(reason)) return 5 * MINUTE_MS;
  if (reason !== "model_unavailable") return undefined;
  return QUICK_TRIES_MS[times] ?? Math.min(HOUR_MS, MINUTE_MS * 2 ** (times - QUICK_TRIES_MS.length));
}

/** Whether the same text would be judged the same: what may pass (an outage, a cap, a key) is no answer to it. */
export function isFinal({ reason }: Verdict): boolean {
  return reason === null || delayMs(reason, 0) === undefined;
}
