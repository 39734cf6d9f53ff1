/** What happens to webhooks on their way, where Kommo promises neither order nor exactly-once. */
export interface Weather {
  /** 0 to 1: never sent at all. */
  dropRate: number;
  /** 0 to 1: sent twice. */
  duplicateRate: number;
  delayMs: number;
  /** Each is held back by a random time up to this one, so that they overtake each other. */
  reorderWithinMs: number;
}

export const FAIR_WEATHER: Weather = { dropRate: 0, duplicateRate: 0, delayMs: 0, reorderWithinMs: 0 };

/** Delays (ms) of the copies to send: none for a lost one, two for a doubled one. */
export function forecast(weather: Weather, random: () => number): number[] {
  if (weather.dropRate > 0 && random() < weather.dropRate) return [];
  const copies = weather.duplicateRate > 0 && random() < weather.duplicateRate ? 2 : 1;
  return Array.from({ length: copies }, () => weather.delayMs + random() * weather.reorderWithinMs);
}

/** A repeatable stand-in for Math.random (mulberry32): the same seed gives the same weather. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
