/** The time by which limits refill, caches expire and models retire. Delays of answers are real time. */
export class OpenAiClock {
  readonly #startAheadMs: number;
  #aheadMs: number;
  #frozenAt: number | null = null;

  /** @param startAt ISO time from which it runs; the present without it. */
  constructor(startAt?: string) {
    this.#startAheadMs = startAt === undefined ? 0 : Date.parse(startAt) - Date.now();
    this.#aheadMs = this.#startAheadMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return (this.#frozenAt ?? Date.now()) + this.#aheadMs;
  }

  freeze(): void {
    this.#frozenAt ??= Date.now();
  }

  /** Goes on from where it was frozen. */
  resume(): void {
    if (this.#frozenAt === null) return;
    this.#aheadMs += this.#frozenAt - Date.now();
    this.#frozenAt = null;
  }

  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  reset(): void {
    this.#aheadMs = this.#startAheadMs;
    this.#frozenAt = null;
  }

  get state(): { now: string; frozen: boolean } {
    return { now: new Date(this.now()).toISOString(), frozen: this.#frozenAt !== null };
  }
}
