import { setTimeout as sleep } from "node:timers/promises";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { spentThisMonth } from "../verdict-rows.ts";

/** The account has spent what it may in this calendar month. */
export class CapReached extends Error {}

/** Money that a call may cost, or has cost and is not in the books yet. */
export class Hold {
  constructor(
    private micros: number,
    private readonly holds: Set<Hold>,
  ) {
    holds.add(this);
  }

  get amount(): number {
    return this.micros;
  }

  /** The call has its answer: from now on it counts what was paid. */
  paid(micros: number) {
    this.micros = micros;
    this.releaseIn(FORGET_MS);
  }

  /** What was paid is in the books, in a transaction that is about to be committed. */
  booked() {
    this.releaseIn(COMMIT_MS);
  }

  release() {
    this.holds.delete(this);
  }

  private releaseIn(ms: number) {
    setTimeout(() => this.release(), ms).unref();
  }
}

/** Far longer than keeping a verdict takes; a verdict that is thrown away must not stop an account for good. */
const FORGET_MS = 30_000;
/** Longer than any commit takes: for a moment money counts twice rather than not at all. */
const COMMIT_MS = 1_000;
const LOOK_AGAIN_MS = 100;

/**
 * Keeps accounts within their monthly caps. A call that runs is not in the books, so each holds what it may cost: of many
 * leads that come at once only those are asked about that the rest of the month's money is there for, and the others wait
 * for what these have really cost. Other processes are seen when they have booked.
 */
@Injectable()
export class Cap {
  private readonly holds = new Map<number, Set<Hold>>();

  constructor(private readonly tenancy: Tenancy) {}

  async isReached(accountId: number, capDollars: number | null): Promise<boolean> {
    return capDollars !== null && (await this.spent(accountId)) >= capDollars * 1_000_000;
  }

  /**
   * Lets `call` run when there is money left, with what it may cost held; waits while only calls under way stand against it.
   * @param run how to run something, such as in a line: what is left is looked at from within
   * @throws CapReached
   */
  async within<T>(
    { accountId, capDollars, atMostMicros }: { accountId: number; capDollars: number | null; atMostMicros: number },
    run: <R>(use: () => Promise<R>) => Promise<R>,
    call: (hold: Hold) => Promise<T>,
  ): Promise<T> {
    for (;;) {
      const done = await run(async () => {
        const hold = await this.hold(accountId, capDollars, atMostMicros);
        return hold && { result: await call(hold) };
      });
      if (done) return done.result;
      await sleep(LOOK_AGAIN_MS);
    }
  }

  private async hold(accountId: number, capDollars: number | null, micros: number): Promise<Hold | undefined> {
    const holds = this.holds.get(accountId) ?? new Set();
    this.holds.set(accountId, holds);
    if (capDollars === null) return new Hold(micros, holds);
    const before = [...holds];
    const left = capDollars * 1_000_000 - (await this.spent(accountId));
    if (left <= 0) throw new CapReached("The account's monthly limit for model costs is reached.");
    // Nothing between this look and the new hold may wait. One that was let go during the read may not be in what was read.
    const held = [...new Set([...before, ...holds])].reduce((sum, { amount }) => sum + amount, 0);
    return held < left ? new Hold(micros, holds) : undefined;
  }

  private async spent(accountId: number): Promise<number> {
    return (await this.tenancy.run(accountId, (tx) => spentThisMonth(tx))).costMicros;
  }
}
