import type { Override, Segment, SegmentKey } from "@dealscope/shared/qualification";
import { segmentOf } from "../judging/score.ts";

/** One lead judged twice; `model` is null when the verdict gave no segment. */
export interface JudgedPair {
  person: SegmentKey;
  model: SegmentKey | null;
}

/** Shares are 0-1, and null where there is nothing to divide by. */
export interface Agreement {
  total: number;
  agreed: number;
  share: number | null;
  /** Where the share would lie with ever more leads, 19 times out of 20. */
  interval: { low: number; high: number } | null;
  /** The confusion matrix without its zeros, in the order of the segments; leads without a segment come last. */
  matrix: { person: SegmentKey; model: SegmentKey | null; count: number }[];
  segments: {
    key: SegmentKey;
    /** Leads that people put here. */
    people: number;
    /** Of the leads the model put here, how many people put here too. */
    precision: number | null;
    /** Of the leads people put here, how many the model put here too. */
    recall: number | null;
  }[];
}

/** The segment a person meant: the one they named, or the one their score falls in. */
export function labelOf({ segment, score }: Pick<Override, "segment" | "score">, segments: readonly Segment[]) {
  if (segment !== null) return segment;
  return score === null ? null : segmentOf(score, segments);
}

/** How far the model agrees with people. Labels of segments that are gone count as disagreement. */
export function agreementOf(pairs: readonly JudgedPair[], segments: readonly Segment[]): Agreement {
  const keys = segments.map(({ key }) => key);
  const gone = pairs.flatMap(({ person, model }) => [person, ...(model === null ? [] : [model])]);
  const rows = [...new Set([...keys, ...gone])];
  const count = (isMeant: (pair: JudgedPair) => boolean) => pairs.filter(isMeant).length;
  const agreed = count(({ person, model }) => person === model);
  return {
    total: pairs.length,
    agreed,
    share: ratio(agreed, pairs.length),
    interval: wilson(agreed, pairs.length),
    matrix: rows
      .flatMap((person) => [...rows, null].map((model) => ({ person, model })))
      .map((cell) => ({ ...cell, count: count(({ person, model }) => person === cell.person && model === cell.model) }))
      .filter((cell) => cell.count > 0),
    segments: keys.map((key) => {
      const people = count(({ person }) => person === key);
      const both = count(({ person, model }) => person === key && model === key);
      return {
        key,
        people,
        precision: ratio(
          both,
          count(({ model }) => model === key),
        ),
        recall: ratio(both, people),
      };
    }),
  };
}

/** The 95 % interval of a share, by Wilson: it holds for few leads and near 0 and 1 too. */
function wilson(part: number, whole: number): { low: number; high: number } | null {
  if (whole === 0) return null;
  const z2 = 1.96 ** 2;
  const share = part / whole;
  const middle = share + z2 / (2 * whole);
  const reach = Math.sqrt(z2 * ((share * (1 - share)) / whole + z2 / (4 * whole * whole)));
  const scale = 1 + z2 / whole;
  return { low: Math.max(0, (middle - reach) / scale), high: Math.min(1, (middle + reach) / scale) };
}

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);
