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
  private readonly perAccount = new Map<number, number>();

  constructor(@Inject(CONFIG) config: Config) {
    this.size = config.WORK_SLOTS;
    this.forOthers = Math.floor(config.WORK_SLOTS * 0.8);
  }

  /** Free slots for an account. Accounts that run rows at the same time share alike: a long queue starves nobody. */
  free(accountId: number): { urgent: number; others: number } {
    const mine = this.perAccount.get(accountId) ?? 0;
    const sharing = this.perAccount.size + (this.perAccount.has(accountId) ? 0 : 1);
    const share = Math.ceil(this.forOthers / sharing) - mine;
    return {
      urgent: this.size - this.taken,
      others: Math.max(0, Math.min(share, this.forOthers - this.takenByOthers, this.size - this.taken)),
    };
  }

  take(accountId: number, priority: number) {
    this.count(accountId, priority, 1);
  }

  release(accountId: number, priority: number) {
    this.count(accountId, priority, -1);
  }

  private count(accountId: number, priority: number, by: 1 | -1) {
    this.taken += by;
    if (!isUrgent(priority)) this.takenByOthers += by;
    const mine = (this.perAccount.get(accountId) ?? 0) + by;
    if (mine > 0) this.perAccount.set(accountId, mine);
    else this.perAccount.delete(accountId);
  }
}
