import { Inject, Injectable, Logger } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { KommoClient } from "../kommo/client.ts";
import { KommoBlocked, KommoUnavailable } from "../kommo/errors.ts";
import { Line } from "../kommo/line.ts";
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
      permission: () => this.line.enter(accountId, priorities[priority]),
      unreadable: (what) => this.log.warn(`Account ${accountId} shows something in a form that is not known: ${what}`),
      failed: (error) => this.learn(accountId, error),
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
      permission: () => this.line.enter(0, priorities.interactive),
      unreadable: (what) => this.log.warn(`${host} shows something in a form that is not known: ${what}`),
      failed: (error) => this.learn(0, error),
      clock: () => {},
      timeoutMs: this.config.KOMMO_TIMEOUT_SECONDS * 1000,
    });
  }

  /** A call for somebody who is not installed yet that is none of the API's: the same line, and the same is learned from it. */
  async beforeInstalling<T>(call: () => Promise<T>): Promise<T> {
    const answered = await this.line.enter(0, priorities.qualification);
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
