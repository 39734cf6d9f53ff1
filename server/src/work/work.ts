import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from "@nestjs/common";
import { isPassingFailure } from "../database/passing-failure.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { workRunSeconds, workRuns } from "../meters.ts";
import { Bell } from "../queue/bell.ts";
import type { Stage, Turn } from "../queue/turn.ts";
import { Turns } from "../queue/turns.ts";
import { newTrace, traced } from "../tracing.ts";
import { backoffMs, isUnavailability, SubjectGone } from "./failure.ts";
import { type Held, Slots } from "./slots.ts";
import {
  type Decision,
  rightAway,
  type Timing,
  type WorkItem,
  type WorkKind,
  type WorkRequest,
  waitsFor,
} from "./work-kind.ts";
import { claim, complete, giveUp, LeaseLost, renew, schedule } from "./work-rows.ts";

const ATTEMPTS = 3;
const RENEW_MS = 2_000;

/** Second stage of a turn: due work is read for, decided and kept, many rows at once. */
@Injectable()
export class Work implements Stage, OnModuleInit, OnApplicationBootstrap {
  readonly name = "work";
  readonly paceMs = 20;
  private readonly log = new Logger("work");
  private readonly kinds = new Map<string, WorkKind>();
  private readonly asked = new Set<string>();
  private readonly leased = new Map<string, Set<number>>();
  private claimed = 0;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly turns: Turns,
    private readonly bell: Bell,
    private readonly slots: Slots,
  ) {}

  onModuleInit() {
    this.turns.register(this);
  }

  /** A feature says that it will ask for this kind. The boot fails when nobody does it. */
  expect(kind: string) {
    this.asked.add(kind);
  }

  register(kind: WorkKind) {
    if (this.kinds.has(kind.kind)) throw new Error(`Two handlers do the work "${kind.kind}".`);
    this.kinds.set(kind.kind, kind);
    workRuns.inc({ kind: kind.kind, outcome: "given_up" }, 0);
  }

  onApplicationBootstrap() {
    const undone = [...this.asked].filter((kind) => !this.kinds.has(kind));
    if (undone.length > 0) throw new Error(`Nobody does the work ${undone.join(", ")}.`);
  }

  /** Asks for work in the transaction of what caused it, and rings when it will be due. */
  async schedule(tx: Tx, accountId: number, requests: readonly WorkRequest[], timing: Timing = rightAway) {
    for (const { kind, subject, trace, to } of await schedule(tx, accountId, requests, timing)) {
      this.log.log({ text: `This goes on as ${to}, which waits to do ${kind} ${subject}.`, account: accountId, trace });
    }
    // A little late rather than before the commit; what is missed here the sweep finds within a second.
    this.bell.ringIn(accountId, Math.max(5, timing.settleMs));
  }

  /** Asks for work that goes on by itself: a row that is there already keeps its time, unless it is dead. */
  async ensure(tx: Tx, accountId: number, request: WorkRequest) {
    const open = await tx.query("SELECT 1 FROM work WHERE kind = $1 AND subject = $2 AND state = 'open'", [
      request.kind,
      request.subject,
    ]);
    if (open.length === 0) await this.schedule(tx, accountId, [request]);
  }

  async step(turn: Turn): Promise<boolean> {
    const seen = turn.pulse.count;
    const items = await this.claim(turn);
    for (const item of items) void traced(this.traceFor(item), () => this.run(item, turn));
    if (turn.load.running === 0) return false;
    // Slots are refilled row by row: wake when one is free, or when another stage has made work.
    await turn.pulse.next(seen);
    return true;
  }

  private async claim(turn: Turn): Promise<WorkItem[]> {
    if (turn.over) return [];
    const held = this.slots.hold(turn.accountId);
    let items: WorkItem[] = [];
    try {
      if (held.urgent > 0) items = await this.tenancy.run(turn.accountId, (tx) => this.claimRows(tx, turn, held));
    } finally {
      this.slots.settle(turn.accountId, held, items);
    }
    this.claimed += items.length;
    turn.load.running += items.length;
    if (items.length > 0) this.keepLease(turn, items);
    return items;
  }

  private async claimRows(tx: Tx, { accountId, token }: Turn, held: Held): Promise<WorkItem[]> {
    const of = (atMost: number, urgentOnly: boolean, lowestFirst: boolean) =>
      claim(tx, accountId, token, atMost, { urgentOnly, lowestFirst });
    if (held.others === 0) return of(held.urgent, true, false);
    // Every tenth row claimed is the lowest kind that waits.
    const tenths = Math.floor((this.claimed + held.others) / 10) - Math.floor(this.claimed / 10);
    const promised = await of(tenths, false, true);
    return [...promised, ...(await of(held.others - promised.length, false, false))];
  }

  /** One statement renews all leases of the turn, for as long as one of its rows runs. */
  private keepLease({ accountId, token }: Turn, items: readonly WorkItem[]) {
    const running = this.leased.get(token);
    if (running) {
      for (const item of items) running.add(item.id);
      return;
    }
    const rows = new Set(items.map((item) => item.id));
    this.leased.set(token, rows);
    const timer = setInterval(() => {
      if (rows.size > 0) {
        // Not renewed means lost: the fence in `complete` throws the results away.
        this.tenancy.run(accountId, (tx) => renew(tx, token, [...rows])).catch(() => {});
      } else {
        clearInterval(timer);
        this.leased.delete(token);
      }
    }, RENEW_MS);
  }

  private traceFor({ kind, traceId }: WorkItem): string {
    return this.kinds.get(kind)?.recurs ? newTrace() : traceId;
  }

  private async run(item: WorkItem, turn: Turn) {
    const ended = workRunSeconds.startTimer();
    try {
      const decision = await this.decide(item);
      await this.tenancy.run(item.accountId, async (tx) => {
        // What is kept locks the lead, as unpacking does before it asks for work: the same order everywhere.
        await decision.keep?.(tx);
        await complete(tx, item, turn.token, decision.again);
      });
      const ms = Math.round(ended() * 1000);
      count(item, decision.again?.counts === "wait" ? "waits" : decision.again ? "goes_on" : "done");
      if (decision.again) this.bell.ringIn(item.accountId, decision.again.afterMs);
      else this.log.log({ text: `${name(item)} is done.`, account: item.accountId, ms });
    } catch (error) {
      await this.fail(item, turn, error as Error).catch((worse: Error) =>
        this.log.warn(`${name(item)} could not be put back (${worse.message}); its lease runs out.`),
      );
    } finally {
      this.leased.get(turn.token)?.delete(item.id);
      this.slots.release(item.accountId, item.priority);
      turn.load.running--;
      // The turn may be over by now; then another one refills the slot and flushes what was decided.
      if (turn.over) this.bell.ring(item.accountId);
      else turn.pulse.beat();
    }
  }

  private async decide(item: WorkItem): Promise<Decision> {
    const kind = this.kinds.get(item.kind);
    if (!kind) throw new Error(`Nobody does the work "${item.kind}".`);
    try {
      return await kind.run(item);
    } catch (error) {
      if (error instanceof SubjectGone) return {};
      if (!isUnavailability(error)) throw error;
      const afterMs = backoffMs(waitsFor(item, error.name), error.retryAfterMs);
      return { again: { afterMs, counts: "wait", on: error.name, why: error.message } };
    }
  }

  /** The row's own fault, or a bug: three times, then it is dead and shown. */
  private async fail(item: WorkItem, turn: Turn, error: Error) {
    if (error instanceof LeaseLost) {
      count(item, "taken_over");
      return this.log.debug(`${name(item)} was taken over by another worker.`);
    }
    if (isPassingFailure(error)) {
      count(item, "waits");
      const afterMs = backoffMs(waitsFor(item, "database"), undefined);
      const again = { afterMs, counts: "wait", on: "database", why: error.message } as const;
      return this.tenancy.run(item.accountId, (tx) => complete(tx, item, turn.token, again));
    }
    this.log.warn(`${name(item)} failed (${item.attempts + 1} of ${ATTEMPTS}): ${error.stack}`);
    const isDead = await this.tenancy.run(item.accountId, async (tx) => {
      if (item.attempts + 1 < ATTEMPTS) {
        const again = { afterMs: backoffMs(item.attempts, undefined), counts: "attempt", why: error.message } as const;
        await complete(tx, item, turn.token, again);
        return false;
      }
      const isDead = await giveUp(tx, item, turn.token, error.message);
      if (isDead) await this.kinds.get(item.kind)?.onDead?.(tx, item, error);
      return isDead;
    });
    count(item, isDead ? "given_up" : "failed");
  }
}

function name(item: WorkItem): string {
  return `Work ${item.kind} ${item.subject} of account ${item.accountId}`;
}

function count({ kind }: WorkItem, outcome: "done" | "goes_on" | "waits" | "taken_over" | "failed" | "given_up") {
  workRuns.inc({ kind, outcome });
}
