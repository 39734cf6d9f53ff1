/**
 * How many calls to the model may be under way at once. A fifth is kept for people who wait at the card: they pass the
 * whole line of a burst.
 */
export class ModelLine {
  private readonly forOthers: number;
  private readonly urgent: (() => void)[] = [];
  private readonly others: (() => void)[] = [];
  private urgentRunning = 0;
  private othersRunning = 0;

  constructor(private readonly size: number) {
    this.forOthers = Math.max(1, Math.floor(size * 0.8));
  }

  async run<T>(isUrgent: boolean, call: () => Promise<T>): Promise<T> {
    await new Promise<void>((admit) => {
      (isUrgent ? this.urgent : this.others).push(admit);
      this.admit();
    });
    try {
      return await call();
    } finally {
      if (isUrgent) this.urgentRunning--;
      else this.othersRunning--;
      this.admit();
    }
  }

  private admit() {
    while (this.urgent.length > 0 && this.urgentRunning + this.othersRunning < this.size) {
      this.urgentRunning++;
      this.urgent.shift()?.();
    }
    while (
      this.others.length > 0 &&
      this.othersRunning < this.forOthers &&
      this.urgentRunning + this.othersRunning < this.size
    ) {
      this.othersRunning++;
      this.others.shift()?.();
    }
  }
}
