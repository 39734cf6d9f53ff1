import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { isUrgent } from "../queue/priority.ts";

/** How many rows one process runs at once, all accounts together. A fifth is kept for gates and people waiting. */
@Injectable()
export class Slots {
  private readonly size: number;
  private readonly forOthers: number;
  private taken = 0;
  private takenByOthers = 0;
  private readonly perTurn = new Map<string, number>();

  constructor(@Inject(CONFIG) config: Config) {
    this.size = config.WORK_SLOTS;
    this.forOthers = Math.floor(config.WORK_SLOTS * 0.8);
  }

  /** Free slots for `turn`. Turns that run at the same time share alike, so that a long queue starves nobody. */
  free(turn: string): { urgent: number; others: number } {
    this.perTurn.set(turn, this.perTurn.get(turn) ?? 0);
    const mine = this.perTurn.get(turn) ?? 0;
    const share = Math.max(1, Math.ceil(this.forOthers / this.perTurn.size)) - mine;
    return {
      urgent: this.size - this.taken,
      others: Math.max(0, Math.min(share, this.forOthers - this.takenByOthers, this.size - this.taken)),
    };
  }

  take(turn: string, priority: number) {
    this.count(turn, priority, 1);
  }

  release(turn: string, priority: number) {
    this.count(turn, priority, -1);
  }

  leave(turn: string) {
    this.perTurn.delete(turn);
  }

  private count(turn: string, priority: number, by: 1 | -1) {
    this.taken += by;
    if (!isUrgent(priority)) this.takenByOthers += by;
    const mine = this.perTurn.get(turn);
    if (mine !== undefined) this.perTurn.set(turn, mine + by);
  }
}
