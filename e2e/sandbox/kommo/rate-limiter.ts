import type { Clock } from "../clock.ts";
import type { Switches } from "./switches.ts";

export type Verdict = "pass" | "too-many" | "blocked";

interface Unit {
  /** Times of the last requests that passed, at most as many as are allowed in a second. */
  passed: number[];
  overruns: number[];
}

/**
 * Seven requests in any rolling second, counted by some unit. Whoever keeps overrunning gets the address he calls from
 * shut out altogether for a while, with everybody else behind it.
 */
export class RateLimiter {
  readonly #units = new Map<string, Unit>();
  readonly #blockedUntil = new Map<string, number>();
  readonly #clock: Clock;
  readonly #switches: Switches;

  constructor(clock: Clock, switches: Switches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  judge(key: string, address: string): Verdict {
    const { ratePerSecond, overruns, overrunWindowMs, blockMs } = this.#switches;
    const now = this.#clock.now();
    if (now < (this.#blockedUntil.get(address) ?? 0)) return "blocked";
    const unit = this.#units.get(key) ?? { passed: [], overruns: [] };
    this.#units.set(key, unit);
    unit.passed = unit.passed.filter((at) => at > now - 1000);
    if (unit.passed.length < ratePerSecond) {
      unit.passed.push(now);
      return "pass";
    }
    unit.overruns = unit.overruns.filter((at) => at > now - overrunWindowMs);
    unit.overruns.push(now);
    if (unit.overruns.length >= overruns) {
      this.#blockedUntil.set(address, now + blockMs);
      unit.overruns = [];
    }
    return "too-many";
  }

  reset(): void {
    this.#units.clear();
    this.#blockedUntil.clear();
  }
}
