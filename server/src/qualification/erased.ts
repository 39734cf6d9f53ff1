import type { Facts } from "./facts.ts";
import { isFinal } from "./model/patience.ts";

/** Whether a lead's words were erased after it was judged, and nothing has been said or noted since. */
export function hasOnlyLostWords({ erasedAt, last, messages, notes }: Facts): boolean {
  if (!erasedAt || !last || !isFinal(last.verdict) || last.decidedAt > erasedAt) return false;
  return ![...messages, ...notes].some(({ at, text }) => text !== "" && new Date(at) > erasedAt);
}
