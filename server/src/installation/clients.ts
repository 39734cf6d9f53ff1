import { Inject, Injectable, Logger } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { KommoClient } from "../kommo/client.ts";
import { KommoBlocked, KommoError, KommoUnavailable } from "../kommo/errors.ts";
import { type Answered, Line } from "../kommo/line.ts";
import { accountKommoRequests, kommoRequestSeconds, kommoWaitSeconds } from "../meters.ts";
import { type Priority, priorities } from "../queue/priority.ts";
import { Accounts } from "./accounts.ts";
import { EgressBreaker } from "./egress-breaker.ts";
import { KommoSettings } from "./kommo-settings.ts";
import { Tokens } from "./tokens.ts";

const PAUSE_MS = 1_000;
const PAUSE_AT_MOST_MS = 60_000;

/** "The Kommo client of this installation" is one function. */
@Injectable()
export class Clients {
  private readonly log = new Logger("kommo");
  private readonly made = new Map<string, KommoClient>();
  private readonly clocks = new Map<number, number>();
  private readonly overruns = new Map<number, { times: number; at: number }>();

  constructor(
    private readonly accounts: Accounts,
    private readonly tokens: Tokens,
    private readonly settings: KommoSettings,
    private readonly line: Line,
    private readonly breaker: EgressBreaker,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async of(accountId: number, priority: Priority): Promise<KommoClient> {
    const key = `${accountId} ${priority}`;
    const made = this.made.get(key);
    if (made) return made;
    const client = new KommoClient({
      origin: async () => this.settings.originOf((await this.accounts.get(accountId)).host),
      token: (refused) => this.tokens.of(accountId, refused),
      permission: () => this.permission(accountId, priority),
      unreadable: (what) => this.log.warn(`Account ${accountId} shows something in a form that is not known: ${what}`),
      failed: (error) => this.learn(accountId, error),
      asked: (call) => count(accountId, call),
      clock: (aheadMs) => this.clocks.set(accountId, aheadMs),
      timeoutMs: this.config.KOMMO_TIMEOUT_SECONDS * 1000,
    });
    this.made.set(key, client);
    return client;
  }

  /** A client for somebody who is not installed yet: his own token, the same limits. */
  withToken(host: string, token: string): KommoClient {
    return new KommoClient({
      origin: async () => this.settings.originOf(host),
      token: async () => token,
      permission: () => this.permission(0, "interactive"),
      unreadable: (what) => this.log.warn(`${host} shows something in a form that is not known: ${what}`),
      failed: (error) => this.learn(0, error),
      asked: (call) => count(0, call),
      clock: () => {},
      timeoutMs: this.config.KOMMO_TIMEOUT_SECONDS * 1000,
    });
  }

  /** A call for somebody who is not installed yet that is none of the API's: the same line, and the same is learned from it. */
  async beforeInstalling<T>(call: () => Promise<T>): Promise<T> {
    const answered = await this.permission(0, "qualification");
    try {
      return await call();
    } catch (error) {
      this.learn(0, error);
      throw error;
    } finally {
      answered();
    }
  }

  /** How far Kommo's clock was ahead of ours at the last answer, in milliseconds; undefined before the first. */
  clockAhead(accountId: number): number | undefined {
    return this.clocks.get(accountId);
  }

  private async permission(accountId: number, priority: Priority): Promise<Answered> {
    const waited = kommoWaitSeconds.startTimer({ priority });
    const answered = await this.line.enter(accountId, priorities[priority]);
    waited();
    return answered;
  }

  private learn(accountId: number, error: unknown) {
    if (error instanceof KommoBlocked) return this.breaker.trip(error.message);
    if (!(error instanceof KommoUnavailable) || error.status !== 429) return;
    const before = this.overruns.get(accountId);
    const times = before && Date.now() - before.at < 60_000 ? before.times + 1 : 0;
    this.overruns.set(accountId, { times, at: Date.now() });
    const ms = error.retryAfterMs ?? Math.min(PAUSE_AT_MOST_MS, PAUSE_MS * 2 ** times);
    void this.line.pause(accountId, ms * (1 + Math.random() / 4));
  }
}

function count(accountId: number, { method, error, ms }: { method: string; error: unknown; ms: number }) {
  kommoRequestSeconds.observe({ method, answer: inAWord(error) }, ms / 1000);
  if (accountId !== 0) accountKommoRequests.add(accountId);
}

function inAWord(error: unknown): string {
  if (error === undefined) return "ok";
  if (error instanceof KommoBlocked) return "blocked";
  if (!(error instanceof KommoError) || error.status === undefined) return "none";
  if (error.status === 429) return "too_many";
  // What should have been JSON, and was not.
  if (error.status < 400) return "unreadable";
  return error.status < 500 ? "refused" : "failed";
}
