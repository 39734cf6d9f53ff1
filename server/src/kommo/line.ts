import { setTimeout as sleep } from "node:timers/promises";
import type { Budget } from "./budget.ts";

/** Priorities as small numbers; smaller goes first. */
export interface LineOptions {
  urgentUpTo: number;
  backfillIs: number;
  scanIs: number;
}

/** To be called when the call has its answer, or has failed: from then on it counts for one more second. */
export type Answered = () => void;

interface Waiter {
  priority: number;
  admit: (answered: Answered) => void;
}

const EVERY = 10;

/**
 * The line in which this process's calls wait for the limits. Accounts take turns, those that only fill in their past behind
 * all others; within an account the urgent go first, and every tenth call admitted is the one that waits at the other end.
 */
export class Line {
  private readonly waiting = new Map<number, Waiter[]>();
  private readonly heldBack = new Map<number, number>();
  private admitted = 0;
  private moving = false;
  private blockedUntil = 0;

  constructor(
    private readonly budget: Budget,
    private readonly options: LineOptions,
  ) {}

  /** Resolves when the call may leave. */
  enter(accountId: number, priority: number): Promise<Answered> {
    return new Promise((admit) => {
      const line = this.waiting.get(accountId) ?? [];
      line.push({ priority, admit });
      this.waiting.set(accountId, line);
      if (!this.moving) void this.move();
    });
  }

  /** Kommo asked this account to slow down. */
  async pause(accountId: number, ms: number) {
    this.heldBack.set(accountId, Date.now() + ms);
    await this.budget.pause(accountId, ms);
  }

  /** Kommo has blocked our address: nothing leaves until then. */
  block(until: number) {
    this.blockedUntil = Math.max(this.blockedUntil, until);
  }

  get isBlocked(): boolean {
    return this.blockedUntil > Date.now();
  }

  get length(): number {
    return [...this.waiting.values()].reduce((sum, line) => sum + line.length, 0);
  }

  private async move() {
    this.moving = true;
    while (this.waiting.size > 0) {
      const blocked = this.blockedUntil - Date.now();
      if (blocked > 0) {
        await sleep(Math.min(blocked, 1_000));
        continue;
      }
      const wait = await this.admitOne();
      // An answer may free a place before it was expected.
      if (wait > 0) await sleep(Math.min(wait, 100));
    }
    this.moving = false;
  }

  /** Admits the first that the limits let through; else says how many ms to wait. */
  private async admitOne(): Promise<number> {
    const otherEnd = this.admitted % EVERY === EVERY - 1;
    const pastFirst = otherEnd && this.admitted % (2 * EVERY) === EVERY - 1;
    let wait = Number.POSITIVE_INFINITY;
    // Once the address refused a call, it refuses every call that is not more urgent.
    let refused = Number.POSITIVE_INFINITY;
    for (const accountId of this.order(otherEnd, pastFirst)) {
      const waiter = this.pick(this.waiting.get(accountId) ?? [], otherEnd);
      const held = (this.heldBack.get(accountId) ?? 0) - Date.now();
      if (held > 0) wait = Math.min(wait, held);
      if (held > 0 || !waiter || this.rank(waiter) >= refused) continue;
      const answer = await this.budget.take({
        accountId,
        urgent: this.rank(waiter) === 0,
        scan: this.rank(waiter) === 2,
      });
      if (answer.granted) {
        this.leave(accountId, waiter, answer.answered);
        return 0;
      }
      wait = Math.min(wait, answer.waitMs);
      if (answer.because === "address") refused = this.rank(waiter);
    }
    return Number.isFinite(wait) ? Math.max(1, wait) : 1;
  }

  /** The three classes the limits know: urgent, ordinary, scan. */
  private rank({ priority }: Waiter): 0 | 1 | 2 {
    if (priority <= this.options.urgentUpTo) return 0;
    return priority >= this.options.scanIs ? 2 : 1;
  }

  /** Accounts with an urgent call first, those with nothing but backfill last; every tenth time the other way, in which both others take turns. */
  private order(otherEnd: boolean, pastFirst: boolean): number[] {
    const [urgent, ordinary, past]: [number[], number[], number[]] = [[], [], []];
    for (const [accountId, line] of this.waiting) {
      if (line.some(({ priority }) => priority <= this.options.urgentUpTo)) urgent.push(accountId);
      else if (line.every(({ priority }) => priority === this.options.backfillIs)) past.push(accountId);
      else ordinary.push(accountId);
    }
    if (pastFirst) return [...past, ...ordinary, ...urgent];
    return otherEnd ? [...ordinary, ...past, ...urgent] : [...urgent, ...ordinary, ...past];
  }

  private pick(line: readonly Waiter[], otherEnd: boolean): Waiter | undefined {
    const sign = otherEnd ? -1 : 1;
    return line.reduce<Waiter | undefined>(
      (best, waiter) => (best && sign * (this.place(waiter) - this.place(best)) >= 0 ? best : waiter),
      undefined,
    );
  }

  /** A scan goes before a backfill: it has a limit of its own, and what it finds may be a lead that nobody has announced. */
  private place({ priority }: Waiter): number {
    return priority === this.options.backfillIs ? this.options.scanIs + 1 : priority;
  }

  private leave(accountId: number, waiter: Waiter, answered: Answered) {
    const line = this.waiting.get(accountId) ?? [];
    line.splice(line.indexOf(waiter), 1);
    // To the end of the accounts' round, or out of it.
    this.waiting.delete(accountId);
    if (line.length > 0) this.waiting.set(accountId, line);
    this.admitted++;
    waiter.admit(answered);
  }
}
