import type { Criterion, Level, Segment, SegmentKey } from "@dealscope/shared/qualification";

/** Levels by criterion key; null or absent is unknown. */
export type Levels = ReadonlyMap<string, Level | null>;

/**
 * What an unknown criterion counts as: a little below the middle. Averaging the known ones alone would make a lead that
 * says one good thing perfect; counting silence as 0 would make every first message cold.
 */
const LEVEL_OF_UNKNOWN = 2;

/** Below this share of known weight there is not enough to judge. */
export const LEAST_KNOWN_SHARE = 0.4;

const HIGHEST_LEVEL = 5;

/**
 * `round(100 · Σ weight · level / (5 · Σ weight))` over all criteria, an unknown level counting as 2: a whole number from
 * 0 to 100. A higher level never lowers it, and learning a level of 2 or more never does either.
 */
export function scoreOf(criteria: readonly Criterion[], levels: Levels): number {
  const reached = sum(criteria, ({ key, weight }) => weight * (levels.get(key) ?? LEVEL_OF_UNKNOWN));
  return Math.round((100 * reached) / (HIGHEST_LEVEL * totalWeight(criteria)));
}

/** The share of the weight, 0-1, that lies on criteria with a known level. */
export function knownShare(criteria: readonly Criterion[], levels: Levels): number {
  return sum(criteria, ({ key, weight }) => ((levels.get(key) ?? null) === null ? 0 : weight)) / totalWeight(criteria);
}

/** The segment with the highest threshold that the score reaches; spam has none and is never found here. */
export function segmentOf(score: number, segments: readonly Segment[]): SegmentKey {
  let best: { key: SegmentKey; minScore: number } | undefined;
  for (const { key, minScore } of segments) {
    if (minScore !== null && minScore <= score && minScore >= (best?.minScore ?? 0)) best = { key, minScore };
  }
  if (!best) throw new Error(`No segment starts at or below the score ${score}.`);
  return best.key;
}

const totalWeight = (criteria: readonly Criterion[]) => sum(criteria, ({ weight }) => weight);

const sum = <T>(items: readonly T[], value: (item: T) => number) =>
  items.reduce((total, item) => total + value(item), 0);
