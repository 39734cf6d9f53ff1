import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { isUrgent, priorities } from "../queue/priority.ts";

/** How many rows may be claimed: urgent ones, and others. */
export interface Held {
  urgent: number;
  others: number;
}

/** How many rows one process runs at once, all accounts together. A fifth is kept for gates and people waiting. */
@Injectable()
export class Slots {
  private readonly size: number;
  private readonly forOthers: number;
  private taken = 0;
  private takenByOthers = 0;
  private readonly perAccount = new Map<number, number>();

  constructor(@Inject(CONFIG) config: Config) {
    this.size = config.WORK_SLOTS;
    this.forOthers = Math.floor(config.WORK_SLOTS * 0.8);
  }

  /**
   * Holds free slots for an account while it claims, so that turns that claim at the same moment do not claim the same
   * ones. Accounts that run rows share alike, but only when slots get scarce: half of them go to who comes first.
   */
  hold(accountId: number): Held {
    const mine = this.perAccount.get(accountId) ?? 0;
    const sharing = this.perAccount.size + (this.perAccount.has(accountId) ? 0 : 1);
    const fair = Math.ceil(this.forOthers / sharing) - mine;
    const spare = Math.floor(this.forOthers / 2) - this.takenByOthers;
    const free = Math.min(this.forOthers - this.takenByOthers, this.size - this.taken);
    const others = Math.max(0, Math.min(Math.max(fair, spare), free));
    const held = { urgent: Math.max(0, this.size - this.taken), others };
    this.count(accountId, priorities.qualification, others);
    return held;
  }

  /** Gives back what was held and counts what was really claimed. */
  settle(accountId: number, held: Held, claimed: readonly { priority: number }[]) {
    this.count(accountId, priorities.qualification, -held.others);
    for (const { priority } of claimed) this.count(accountId, priority, 1);
  }

  release(accountId: number, priority: number) {
    this.count(accountId, priority, -1);
  }

  private count(accountId: number, priority: number, by: number) {
    this.taken += by;
    if (!isUrgent(priority)) this.takenByOthers += by;
    const mine = (this.perAccount.get(accountId) ?? 0) + by;
    if (mine > 0) this.perAccount.set(accountId, mine);
    else this.perAccount.delete(accountId);
  }
}
