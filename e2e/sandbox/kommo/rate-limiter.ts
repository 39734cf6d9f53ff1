import type { Clock } from "../clock.ts";
import type { Switches } from "./switches.ts";

export type Verdict = "pass" | "too-many" | "blocked";

interface Unit {
  /** Times of the last requests that passed, at most as many as are allowed in a second. */
  passed: number[];
  overruns: number[];
  blockedUntil: number;
}

/** Seven requests in any rolling second; who keeps overrunning is shut out altogether for a while. */
export class RateLimiter {
  readonly #units = new Map<string, Unit>();
  readonly #clock: Clock;
  readonly #switches: Switches;

  constructor(clock: Clock, switches: Switches) {
    this.#clock = clock;
    this.#switches = switches;
  }

  judge(key: string): Verdict {
    const { ratePerSecond, overruns, overrunWindowMs, blockMs } = this.#switches;
    const now = this.#clock.now();
    const unit = this.#units.get(key) ?? { passed: [], overruns: [], blockedUntil: 0 };
    this.#units.set(key, unit);
    if (now < unit.blockedUntil) return "blocked";
    unit.passed = unit.passed.filter((at) => at > now - 1000);
    if (unit.passed.length < ratePerSecond) {
      unit.passed.push(now);
      return "pass";
    }
    unit.overruns = unit.overruns.filter((at) => at > now - overrunWindowMs);
    unit.overruns.push(now);
    if (unit.overruns.length >= overruns) {
      unit.blockedUntil = now + blockMs;
      unit.overruns = [];
    }
    return "too-many";
  }

  reset(): void {
    this.#units.clear();
  }
}
