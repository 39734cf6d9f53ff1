import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";

export interface BudgetOptions {
  /** Calls a second that one account may take. */
  accountRps: number;
  /** Calls a second that leave this address for all accounts together. */
  egressRps: number;
}

export interface Ask {
  accountId: number;
  /** A gate or a waiting person: may use what is kept back from the others. */
  urgent: boolean;
  /** The scan: at most 15 % of the address's calls. */
  scan: boolean;
}

export type Answer =
  /** `answered` is to be called when the call has its answer, or has failed. */
  { granted: true; answered: () => void } | { granted: false; waitMs: number; because: "account" | "address" };

/**
 * Kommo counts arrivals, and nobody knows how long a call is on its way. So a call counts until a second after its answer,
 * which is certainly a second after its arrival; one whose answer takes long is taken to have arrived after this time.
 */
const WINDOW_MS = 1_000;
const ON_ITS_WAY_MS = 1_000;
const KEPT_FOR_URGENT = 2;

/**
 * Counts calls in a sliding second, in Redis for all processes. A fixed window would let twice the limit through at
 * its border, and Kommo answers overruns by blocking the address.
 * KEYS: address, account, scan, pause of the account, processes. ARGV: window, three limits (0 is none), process, call.
 * Returns {granted, wait ms, 1 = account, processes}.
 */
const take = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local window = tonumber(ARGV[1]) * 1000
redis.call('ZADD', KEYS[5], now, ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', now - 60000000)
local processes = redis.call('ZCARD', KEYS[5])
local paused = redis.call('PTTL', KEYS[4])
if paused > 0 then return {0, paused, 1, processes} end
local limits = {tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])}
for i = 1, 3 do
  if limits[i] > 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
    local used = redis.call('ZCARD', KEYS[i])
    if used >= limits[i] then
      local first = redis.call('ZRANGE', KEYS[i], used - limits[i], used - limits[i], 'WITHSCORES')
      return {0, math.ceil((first[2] + window - now) / 1000), i == 2 and 1 or 0, processes}
    end
  end
end
for i = 1, 3 do
  if limits[i] > 0 then
    redis.call('ZADD', KEYS[i], now + ${ON_ITS_WAY_MS} * 1000, ARGV[6])
    redis.call('PEXPIRE', KEYS[i], 5000)
  end
end
return {1, 0, 0, processes}
`;

/** KEYS: address, account, scan. ARGV: call. From now on the call counts for one more second. */
const answered = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
for i = 1, 3 do
  local score = redis.call('ZSCORE', KEYS[i], ARGV[1])
  if score and tonumber(score) > now then redis.call('ZADD', KEYS[i], 'XX', now, ARGV[1]) end
end
`;

/** The two limits that guard every call of Kommo's API (refreshing a token is none). While Redis is away each process keeps to its share by itself. */
export class Budget {
  private readonly process = randomUUID();
  private readonly local = new Map<string, { until: number }[]>();
  private processes = 1;
  private calls = 0;

  constructor(
    private readonly redis: Redis,
    private readonly options: BudgetOptions,
  ) {}

  async take(ask: Ask): Promise<Answer> {
    if (this.redis.status === "ready") {
      try {
        return await this.takeShared(ask);
      } catch {
        // Redis went away in this very moment.
      }
    }
    return this.takeAlone(ask);
  }

  /** Kommo said 429: nobody calls this account for a while. */
  async pause(accountId: number, ms: number) {
    await this.redis.set(`dealscope:kommo:pause:${accountId}`, "1", "PX", Math.ceil(ms)).catch(() => {});
  }

  private async takeShared(ask: Ask): Promise<Answer> {
    const { address, account, scan } = this.limits(ask);
    const call = `${this.process}:${this.calls++}`;
    const counters = ["dealscope:kommo:address", `dealscope:kommo:account:${ask.accountId}`, "dealscope:kommo:scan"];
    const [granted, waitMs, byAccount, processes] = (await this.redis.eval(
      take,
      5,
      ...counters,
      `dealscope:kommo:pause:${ask.accountId}`,
      "dealscope:kommo:processes",
      WINDOW_MS,
      address,
      account,
      scan,
      this.process,
      call,
    )) as [number, number, number, number];
    this.processes = processes;
    if (!granted) return { granted: false, waitMs, because: byAccount ? "account" : "address" };
    // Not said, because Redis is away: then it counts a little longer.
    return { granted: true, answered: () => void this.redis.eval(answered, 3, ...counters, call).catch(() => {}) };
  }

  private takeAlone(ask: Ask): Answer {
    const share = (limit: number) => Math.max(1, Math.floor(limit / this.processes));
    const { address, account, scan } = this.limits(ask);
    const buckets: [string, number][] = [
      ["address", share(address)],
      [`account:${ask.accountId}`, share(account)],
    ];
    if (scan > 0) buckets.push(["scan", 1]);
    const now = Date.now();
    for (const [name, limit] of buckets) {
      const calls = (this.local.get(name) ?? []).filter((call) => call.until > now).sort((a, b) => a.until - b.until);
      this.local.set(name, calls);
      const oldest = calls[calls.length - limit];
      if (oldest) {
        const because = name.startsWith("account") ? "account" : "address";
        return { granted: false, waitMs: oldest.until - now, because };
      }
    }
    const call = { until: now + ON_ITS_WAY_MS + WINDOW_MS };
    for (const [name] of buckets) this.local.get(name)?.push(call);
    return {
      granted: true,
      answered: () => {
        call.until = Math.min(call.until, Date.now() + WINDOW_MS);
      },
    };
  }

  private limits({ urgent, scan }: Ask) {
    const { accountRps, egressRps } = this.options;
    const kept = urgent || egressRps <= KEPT_FOR_URGENT ? 0 : KEPT_FOR_URGENT;
    return {
      address: egressRps - kept,
      account: accountRps,
      scan: scan ? scansOf(egressRps) : 0,
    };
  }
}

/** How many of the address's calls in a second may be scans: what nobody waits for takes nothing from those who do. */
export function scansOf(egressRps: number): number {
  return Math.max(1, Math.floor(egressRps * 0.15));
}
