import type { Clock } from "../clock.ts";

/** Counts requests within each second of the clock. */
export class PerSecond {
  readonly #clock: Clock;
  readonly #counts = new Map<number, { second: number; count: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `limit` 0 allows any number. */
  allows(workspace: number, limit: number): boolean {
    const second = this.#clock.seconds();
    const known = this.#counts.get(workspace);
    const current = known?.second === second ? known : { second, count: 0 };
    this.#counts.set(workspace, current);
    current.count += 1;
    return limit === 0 || current.count <= limit;
  }
}
