import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lane } from "./lane.ts";
import { Pulse } from "./pulse.ts";

/** One station on the path of data: unpack, work or flush. */
export interface Stage {
  readonly name: string;
  /** Looks at most this often: what comes meanwhile shares a transaction. The first look of a turn waits for nothing. */
  readonly paceMs: number;
  /**
   * Does some of what is due for the account. Resolves to `true` when it did something, to `false` when it found
   * nothing to do; may take as long as its outside calls take.
   */
  step(turn: Turn): Promise<boolean>;
}

/** Rows of one account being run by this process. They may outlive the turn that has claimed them. */
export interface Load {
  running: number;
  /** Lanes in which a batch is on its way to Kommo, or waits for its limit. */
  flushing: Set<Lane>;
}

/** One account's share of a worker: its stages run side by side until nothing is due or the slice is over. */
export class Turn {
  /** Marks everything this turn has claimed. */
  readonly token = randomUUID();
  readonly pulse = new Pulse();
  /** There may be more to do: the slice ended too early, or a bell came too late. */
  wantsMore = false;
  private idle = 0;
  private ended = false;

  constructor(
    readonly accountId: number,
    readonly load: Load,
    private readonly stages: readonly Stage[],
    private readonly sliceMs: number,
  ) {}

  /** No more claiming. What runs goes on, and rings when it has an outcome. */
  get over(): boolean {
    return this.ended;
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
    const slice = setTimeout(() => this.cut(), this.sliceMs);
    const ends = await Promise.allSettled(this.stages.map((stage) => this.drive(stage)));
    clearTimeout(slice);
    const failed = ends.find((end) => end.status === "rejected");
    if (failed) throw failed.reason;
  }

  private cut() {
    this.wantsMore = true;
    this.end();
  }

  private async drive(stage: Stage) {
    try {
      while (!this.over) {
        const seen = this.pulse.count;
        const mayLookAgainAt = performance.now() + stage.paceMs;
        if (await stage.step(this)) this.pulse.beat();
        else if (this.pulse.count === seen) {
          // Nothing here. When all stages say so at the same time, nothing is due and the turn ends.
          this.idle++;
          if (this.idle === this.stages.length) return;
          await this.pulse.next(seen);
          this.idle--;
        }
        const early = mayLookAgainAt - performance.now();
        if (early > 0 && !this.over) await sleep(early);
      }
    } finally {
      this.end();
    }
  }
}
