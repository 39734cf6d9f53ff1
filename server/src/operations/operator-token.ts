import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { Inject, Injectable, Logger } from "@nestjs/common";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { CONFIG, type Config } from "../config.ts";
import { networkOf } from "../http/network-of.ts";

/** Whoever pastes the wrong token notices before the tenth time. */
const WRONG_OF_A_NETWORK = { points: 10, duration: 300 };
/** Beyond these nobody's mistakes are counted one by one: who has whole networks would fill the memory with them. */
const WRONG_AT_ALL = { points: 600, duration: 60 };

/** Too many wrong tokens came from there; the right one is not looked at either, or it could be told from the wrong ones. */
export class TooManyWrongTokens extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super("Too many wrong tokens came from your address.");
  }
}

/** Where the token is given. A scraper with an old token must not keep the operator from signing in. */
export type Entrance = "header" | "form";

/** The one secret of whoever runs this server. */
@Injectable()
export class OperatorToken {
  private readonly log = new Logger("operator");
  private readonly wrongOfNetworks = new RateLimiterMemory(WRONG_OF_A_NETWORK);
  private readonly wrongAtAll = new RateLimiterMemory(WRONG_AT_ALL);

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, "OPERATOR_TOKEN">) {}

  /** Where none is set, there is nothing to open. */
  get isSet(): boolean {
    return this.config.OPERATOR_TOKEN !== undefined;
  }

  /** @throws TooManyWrongTokens */
  async isRight(given: string, address: string, entrance: Entrance): Promise<boolean> {
    const { OPERATOR_TOKEN } = this.config;
    const network = `${entrance} ${networkOf(address)}`;
    const past = await this.wrongOfNetworks.get(network);
    if (past && past.consumedPoints >= WRONG_OF_A_NETWORK.points)
      throw new TooManyWrongTokens(Math.ceil(past.msBeforeNext / 1000));
    // Digests are of one length, so the comparison tells nothing about the token, not even how long it is.
    if (OPERATOR_TOKEN !== undefined && timingSafeEqual(digest(given), digest(OPERATOR_TOKEN))) return true;
    const isCounted = await this.wrongAtAll.consume("all").then(
      () => true,
      () => false,
    );
    if (!isCounted) return false;
    this.log.warn(`A wrong operator token came from ${networkOf(address)}.`);
    await this.wrongOfNetworks.penalty(network);
    return false;
  }

  /** Keys that die with the token: changing it ends every session. */
  bind(keys: readonly Buffer[]): Buffer[] {
    return keys.map((key) =>
      createHmac("sha256", key)
        .update(this.config.OPERATOR_TOKEN ?? "")
        .digest(),
    );
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
