import type { OverrideWish } from "../api/queries.ts";
import type { Word } from "../i18n/words.ts";

/** Stands for: the segment that the score falls in. Empty, which no key of a segment is. */
export const NO_SEGMENT = "";

export const HOLDS = ["day", "week", "month", "never"] as const;

const DAYS = { day: 1, week: 7, month: 30 };
const DAY_MS = 86_400_000;

/** An override as it is typed. */
export interface Draft {
  segment: string;
  score: string;
  reason: string;
  holds: (typeof HOLDS)[number];
}

/** What has to be mended before it can be saved, by field. */
export function mistakesIn({ segment, score, reason }: Draft): Partial<Record<"segment" | "score" | "reason", Word>> {
  const isScore = /^(100|\d{1,2})$/.test(score.trim());
  return {
    ...(segment === NO_SEGMENT && score.trim() === "" ? { segment: "act.nothing_set" } : {}),
    ...(score.trim() !== "" && !isScore ? { score: "act.score_wrong" } : {}),
    ...(reason.trim() === "" ? { reason: "act.reason_missing" } : {}),
  };
}

/** @param now milliseconds */
export function toWish({ segment, score, reason, holds }: Draft, now: number): OverrideWish {
  return {
    segment: segment === NO_SEGMENT ? null : segment,
    score: score.trim() === "" ? null : Number(score),
    reason: reason.trim(),
    expiresAt: holds === "never" ? null : new Date(now + DAYS[holds] * DAY_MS).toISOString(),
  };
}
