import { randomUUID } from "node:crypto";
import { Pulse } from "./pulse.ts";

/** One station on the path of data: unpack, work or flush. */
export interface Stage {
  readonly name: string;
  /**
   * Does some of what is due for the account. Resolves to `true` when it did something, to `false` when it found
   * nothing to do; may take as long as its outside calls take.
   */
  step(turn: Turn): Promise<boolean>;
  /** Waits for what the stage has claimed and not yet finished; called once, when the turn is over. */
  finish?(turn: Turn): Promise<void>;
}

/** One account's share of a worker: its stages run side by side until nothing is due or the slice is over. */
export class Turn {
  /** Marks everything this turn has claimed. */
  readonly token = randomUUID();
  readonly pulse = new Pulse();
  /** Rows of work being run: the flush waits for company while there are some. */
  running = 0;
  /** There may be more to do: the slice ended too early, or a bell came too late. */
  wantsMore = false;
  private readonly endsAt: number;
  private idle = 0;
  private ended = false;

  constructor(
    readonly accountId: number,
    private readonly stages: readonly Stage[],
    sliceMs: number,
  ) {
    this.endsAt = performance.now() + sliceMs;
  }

  /** No more claiming: what runs may finish. */
  get over(): boolean {
    return this.ended || performance.now() >= this.endsAt;
  }

  /** A bell rung for this account while its turn is running. */
  ring() {
    if (this.over) this.wantsMore = true;
    else this.pulse.beat();
  }

  end() {
    this.ended = true;
    this.pulse.beat();
  }

  async run(): Promise<void> {
    const ends = await Promise.allSettled(this.stages.map((stage) => this.drive(stage)));
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  }

  private async drive(stage: Stage) {
    try {
      while (!this.over) {
        const seen = this.pulse.count;
        if (await stage.step(this)) this.pulse.beat();
        else if (this.pulse.count === seen) {
          // Nothing here. When all stages say so at the same time, nothing is due and the turn ends.
          this.idle++;
          if (this.idle === this.stages.length) return;
          await this.pulse.next(seen);
          this.idle--;
        }
      }
      this.wantsMore = true;
    } finally {
      this.end();
      await stage.finish?.(this);
    }
  }
}
