import type { Clock } from "../../clock.ts";
import type { Ledger } from "../../ledger.ts";
import { call } from "../../post.ts";
import { FAIR_WEATHER, forecast, type Weather } from "../../weather.ts";
import type { Account } from "../state/account.ts";
import type { Webhook } from "../state/settings.ts";
import type { Switches } from "../switches.ts";

const MINUTE = 60_000;
/** Wait before attempt 2, 3, 4 and 5. The last two are only for 499 and 5xx. */
const LADDER = [5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 60 * MINUTE];
const FAILURES_KEPT_MS = 120 * MINUTE;
const FAILURES_ALLOWED = 100;

interface Delivery {
  account: Account;
  hook: Webhook;
  codes: readonly string[];
  body: string;
  attempt: number;
  requestId: string;
}

export interface SenderOptions {
  clock: Clock;
  ledger: Ledger;
  switches: Switches;
  random: () => number;
  timeoutMs: number;
  /** The retry ladder runs so many times faster. */
  timeScale: number;
  /** Webhooks under way at once. */
  concurrency: number;
}

/** Delivers webhooks: two seconds for an answer, the retry ladder, and switching off a hook that fails too often. */
export class WebhookSender {
  readonly weather = new Map<Account | "all", Weather>();
  #waiting: Delivery[] = [];
  #underWay = 0;
  #stopped = false;
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Nothing waits and nothing is under way; retries that wait for their time do not count. */
  get idle(): boolean {
    return this.#underWay === 0 && this.#waiting.length === 0;
  }

  post(account: Account, hook: Webhook, codes: readonly string[], body: string): void {
    const weather = this.weather.get(account) ?? this.weather.get("all") ?? FAIR_WEATHER;
    const delays = forecast(weather, this.#options.random);
    if (delays.length === 0) this.#note({ account, hook, codes, body, attempt: 0, requestId: "" }, 0, "dropped");
    for (const delay of delays) {
      const delivery = { account, hook, codes, body, attempt: 1, requestId: crypto.randomUUID() };
      if (delay === 0) this.#enqueue(delivery);
      else this.#options.clock.after(delay, () => this.#enqueue(delivery));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
  }

  #enqueue(delivery: Delivery): void {
    if (this.#stopped) return;
    this.#waiting.push(delivery);
    this.#pump();
  }

  #pump(): void {
    while (this.#underWay < this.#options.concurrency) {
      const delivery = this.#waiting.shift();
      if (!delivery) return;
      this.#underWay += 1;
      void this.#attempt(delivery).finally(() => {
        this.#underWay -= 1;
        this.#pump();
      });
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    if (delivery.hook.disabled) return;
    const status = await call({
      method: "POST",
      url: delivery.hook.destination,
      headers: {
        "User-Agent": "amoCRM-Webhooks/3.0",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-AmoCRM-RequestId": delivery.requestId,
        "Accept-Encoding": "gzip",
      },
      body: delivery.body,
      timeoutMs: this.#options.timeoutMs,
    });
    this.#note(delivery, status);
    if (status < 100 || status >= 300) this.#failed(delivery, status);
  }

  #failed(delivery: Delivery, status: number): void {
    const { clock, timeScale, switches } = this.#options;
    const { hook, attempt } = delivery;
    const now = clock.now();
    hook.failures = hook.failures.filter((at) => at > now - FAILURES_KEPT_MS);
    hook.failures.push(now);
    if (hook.failures.length > FAILURES_ALLOWED) hook.disabled = true;
    const wait = LADDER[attempt - 1];
    const earnsLongLadder = status === 499 || (status >= 500 && status < 600);
    if (hook.disabled || wait === undefined || (attempt >= 3 && !earnsLongLadder)) return;
    const requestId = switches.hookRequestIdRepeats ? delivery.requestId : crypto.randomUUID();
    clock.after(wait / timeScale, () => this.#enqueue({ ...delivery, attempt: attempt + 1, requestId }));
  }

  #note(delivery: Delivery, status: number, effect?: string): void {
    this.#options.ledger.add({
      at: this.#options.clock.now(),
      method: "POST",
      route: delivery.codes.join("+"),
      path: delivery.hook.destination,
      status,
      account: delivery.account.id,
      query: { attempt: delivery.attempt, request_id: delivery.requestId },
      body: delivery.body,
      effects: effect ? [effect] : [],
    });
  }
}
