import type { EngagementEffects } from "@dealscope/shared/engagement";

/** A human open, or a click; `worth`: how many opens it counts for. */
export interface Signal {
  id: string;
  at: Date;
  worth: number;
}

/** What counted together, in its order. */
export interface Window<S extends Signal> {
  signals: S[];
  opens: number;
}

type Rule = Pick<EngagementEffects["call"], "opens" | "hours">;

const HOUR_MS = 3_600_000;

/**
 * The newest span of so many hours in which there were enough opens. Signals may come in any order, late and twice: what
 * counts is when they happened.
 *
 * @param since only spans whose last signal is not before
 */
export function newestWindow<S extends Signal>(signals: readonly S[], rule: Rule, since?: Date): Window<S> | undefined {
  const known = new Map(signals.filter(({ worth }) => worth > 0).map((signal) => [signal.id, signal]));
  const newestFirst = [...known.values()].toSorted((a, b) => +b.at - +a.at);
  let opens = 0;
  // Signals from `first` up to and without `beyond` are in the span that ends with the first one.
  let beyond = 0;
  for (const [first, last] of newestFirst.entries()) {
    if (since && last.at < since) return undefined;
    while (beyond < newestFirst.length && +last.at - +newestFirst[beyond]!.at <= rule.hours * HOUR_MS) {
      opens += newestFirst[beyond]!.worth;
      beyond++;
    }
    if (opens >= rule.opens) return { signals: newestFirst.slice(first, beyond).reverse(), opens };
    opens -= last.worth;
  }
  return undefined;
}
