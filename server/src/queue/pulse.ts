/** Lets one loop wait until another has done something, without losing a change that came just before the wait. */
export class Pulse {
  private beats = 0;
  private waiting: (() => void)[] = [];

  get count(): number {
    return this.beats;
  }

  beat() {
    this.beats++;
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  /** Resolves at once when there was a beat since `seen`, else at the next one. */
  next(seen: number): Promise<void> {
    if (this.beats !== seen) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
