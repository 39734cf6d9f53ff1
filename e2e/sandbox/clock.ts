interface Timer {
  due: number;
  run: () => void;
  handle: NodeJS.Timeout;
}

/** The time of a stand-in. Whatever waits or expires asks this clock, so that a test can push it forward. */
export class Clock {
  #aheadMs = 0;
  readonly #timers = new Set<Timer>();

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#aheadMs;
  }

  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  after(ms: number, run: () => void): void {
    const timer: Timer = { due: this.now() + ms, run, handle: setTimeout(() => this.#fire(timer), ms) };
    this.#timers.add(timer);
  }

  /** Everything that falls due in between happens at once, in the order of its due time. */
  advance(ms: number): void {
    this.#aheadMs += ms;
    const now = this.now();
    for (const timer of [...this.#timers].sort((a, b) => a.due - b.due)) {
      clearTimeout(timer.handle);
      if (timer.due <= now) this.#fire(timer);
      else timer.handle = setTimeout(() => this.#fire(timer), timer.due - now);
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer.handle);
    this.#timers.clear();
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    timer.run();
  }
}
