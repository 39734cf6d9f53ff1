import type { Card, HistoryEntry } from "@dealscope/shared/card";

export type Judged = Extract<HistoryEntry, { kind: "verdict" }>;

/** What another verdict says otherwise. */
export interface Changes {
  score: { from: number | null; to: number | null } | null;
  segment: { from: Judged["segment"]; to: Judged["segment"] } | null;
  /** Criteria whose level moved, by key; null is unknown. */
  levels: { key: string; from: number | null; to: number | null }[];
}

export function changesBetween(before: Judged, after: Judged): Changes {
  const keys = Object.keys(after.levels).filter((key) => key in before.levels);
  return {
    score: before.score === after.score ? null : { from: before.score, to: after.score },
    segment: before.segment?.key === after.segment?.key ? null : { from: before.segment, to: after.segment },
    levels: keys
      .map((key) => ({ key, from: before.levels[key] ?? null, to: after.levels[key] ?? null }))
      .filter(({ from, to }) => from !== to),
  };
}

export function isUnchanged({ score, segment, levels }: Changes): boolean {
  return score === null && segment === null && levels.length === 0;
}

/** The verdict that stood when a person asked anew, and the one that came of it; undefined until it is there. */
export function newerThan(card: Card, verdictId: number | null): { before: Judged; after: Judged } | undefined {
  const judged = card.history.filter((entry) => entry.kind === "verdict");
  const [after] = judged;
  const before = judged.find(({ id }) => id === verdictId);
  return before && after && after.id !== before.id ? { before, after } : undefined;
}
