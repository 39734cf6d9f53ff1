import type { Card, CardVerdict } from "@dealscope/shared/card";

/** When a verdict was made, and by whom. */
export interface Saying {
  at: string;
  judge: CardVerdict["judge"];
}

/**
 * The verdict behind what stands in the deal. While the money is spent, or a person is needed, that is an older one than the last.
 * @returns null before any verdict
 */
export function saidBy({ verdict, standing, history }: Pick<Card, "verdict" | "standing" | "history">): Saying | null {
  if (!verdict) return null;
  const last = { at: verdict.decidedAt, judge: verdict.judge };
  if (verdict.status !== "needs_manual" || standing.segment === null) return last;
  const older = history.find((entry) => entry.kind === "verdict" && entry.status === "qualified");
  return older?.kind === "verdict" ? { at: older.at, judge: older.judge } : last;
}
