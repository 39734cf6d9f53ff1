import { setTimeout as sleep } from "node:timers/promises";
import { InjectQueue } from "@nestjs/bull";
import { Injectable, Logger, type OnModuleDestroy } from "@nestjs/common";
import type { Queue } from "bull";
import { tellOfAbsence } from "./tell-of-absence.ts";

export const TURNS = "turns";

/** Alarms are kept this coarse, so that a burst of leads that settle together needs a handful of timers. */
const ALARM_GRAIN_MS = 10;

/**
 * A worker that stood still while Bull handed it a turn writes it down when it goes on, and if another has had that turn meanwhile,
 * it stands in no list and keeps every further ring for the account from being heard. Every true change from list to list is one
 * step in Redis, so what stands in none at one moment is nobody's.
 * KEYS: the lists. ARGV: what keys of turns begin with, accounts. Returns those whose turn was nobody's and is gone.
 */
const clear = `
local gone = {}
for i = 2, #ARGV do
  local turn = ARGV[1] .. ARGV[i]
  if redis.call('EXISTS', turn) == 1 and redis.call('EXISTS', turn .. ':lock') == 0 then
    local isSomewhere = false
    for _, list in ipairs(KEYS) do
      isSomewhere = isSomewhere or redis.call('LPOS', list, ARGV[i])
    end
    if not isSomewhere then
      redis.call('DEL', turn)
      table.insert(gone, ARGV[i])
    end
  end
end
return gone`;

/**
 * Says "account 42 has something to do". A job holds nothing but the account's id, so losing all of Redis loses
 * seconds: the sweep rings again for everything that is due.
 */
@Injectable()
export class Bell implements OnModuleDestroy {
  private readonly log = new Logger("bell");
  private readonly alarms = new Map<string, NodeJS.Timeout>();
  private readonly ringing = new Set<number>();
  private readonly listeners: ((accountId: number) => boolean)[] = [];
  private complained = 0;
  private readonly tellNoMore: () => void;

  constructor(@InjectQueue(TURNS) private readonly queue: Queue) {
    this.tellNoMore = tellOfAbsence(queue.client);
  }

  /** Hears every ring of this process; says whether the account's turn is running here and will see to it. */
  onRing(listener: (accountId: number) => boolean) {
    this.listeners.push(listener);
  }

  /** Fire and forget: never waits for Redis and never fails. */
  ring(accountId: number) {
    // Bull ignores a ring for a turn that is running, so telling Redis would be in vain.
    if (this.listeners.some((hears) => hears(accountId))) return;
    // Rings that come while one is on its way to Redis say nothing new.
    if (this.ringing.has(accountId)) return;
    this.ringing.add(accountId);
    this.queue
      .add({}, { jobId: accountId, removeOnComplete: true, removeOnFail: true })
      .catch((error: Error) => this.complain(error))
      .finally(() => this.ringing.delete(accountId));
  }

  /** Rings for accounts that should have been heard long since; lets go of turns that nobody has. */
  async ringAgain(accountIds: readonly number[]) {
    if (accountIds.length === 0) return;
    const lists = ["wait", "active", "paused"].map((list) => this.queue.toKey(list));
    const gone = await this.queue.client
      .eval(clear, lists.length, ...lists, this.queue.toKey(""), ...accountIds)
      .catch((error: Error) => this.complain(error));
    if (Array.isArray(gone) && gone.length > 0)
      this.log.warn(
        `The turns of accounts ${gone.join(", ")} were nobody's, as after a process stood still; they are rung for anew.`,
      );
    for (const accountId of accountIds) this.ring(accountId);
  }

  /** Rings when something will be due, exactly; if this process dies first, the sweep rings within a second of it. */
  ringIn(accountId: number, delayMs: number) {
    if (delayMs <= 0) return this.ring(accountId);
    const at = Math.ceil((Date.now() + delayMs) / ALARM_GRAIN_MS);
    const key = `${accountId}@${at}`;
    if (this.alarms.has(key)) return;
    const alarm = setTimeout(
      () => {
        this.alarms.delete(key);
        this.ring(accountId);
      },
      // A busy moment may lie between the two looks at the clock.
      Math.max(0, at * ALARM_GRAIN_MS - Date.now()),
    );
    this.alarms.set(key, alarm);
  }

  /** Whether Redis answers within this time. */
  async reaches(withinMs: number): Promise<boolean> {
    const silence = sleep(withinMs, false, { ref: false });
    return Promise.race([
      this.queue.client.ping().then(
        () => true,
        () => false,
      ),
      silence,
    ]);
  }

  onModuleDestroy() {
    this.tellNoMore();
    for (const alarm of this.alarms.values()) clearTimeout(alarm);
    this.alarms.clear();
  }

  private complain(error: Error) {
    // Redis being away is normal for minutes; one line a minute is enough at 3 a.m.
    if (Date.now() - this.complained < 60_000) return;
    this.complained = Date.now();
    this.log.warn(`Redis cannot be rung (${error.message}); the sweep finds the work when it is back.`);
  }
}
