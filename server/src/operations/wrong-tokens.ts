import { Injectable, Logger } from "@nestjs/common";
import { LRUCache } from "lru-cache";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { networkOf } from "../http/network-of.ts";

/** Whoever pastes the wrong token notices before the tenth time. */
const WRONG_AT_MOST = 10;
const COUNTED_FOR_MS = 300_000;
/** Bounds the memory. Beyond these the network is forgotten that has been quiet for longest, never one that goes on sending. */
const NETWORKS_AT_MOST = 20_000;
const WRITTEN_DOWN = { points: 600, duration: 60 };

/** Too many wrong tokens came from there; the right one is not looked at either, or it could be told from the wrong ones. */
export class TooManyWrongTokens extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super("Too many wrong tokens came from your address.");
  }
}

/** Where a token is given. A scraper with an old one must not keep the operator from signing in. */
export type Entrance = "header" | "form" | "metrics";
const NAMES: Record<Entrance, string> = {
  header: "the operator's API",
  form: "the operator's pages",
  metrics: "/metrics",
};

/** Keeps tokens from being guessed: how many wrong ones each network has sent, whatever the others send. */
@Injectable()
export class WrongTokens {
  private readonly log = new Logger("operator");
  private readonly counts = new LRUCache<string, number>({
    max: NETWORKS_AT_MOST,
    ttl: COUNTED_FOR_MS,
    noUpdateTTL: true,
  });
  private readonly lines = new RateLimiterMemory(WRITTEN_DOWN);

  /**
   * Lets `find` look at a token that has come from this address.
   * @returns what it finds; where it finds nothing, the token was a wrong one
   * @throws TooManyWrongTokens
   */
  async look<Found>(address: string, entrance: Entrance, find: () => Found | undefined): Promise<Found | undefined> {
    const network = networkOf(address);
    const place = `${entrance} ${network}`;
    const count = this.counts.get(place) ?? 0;
    if (count >= WRONG_AT_MOST) throw new TooManyWrongTokens(Math.ceil(this.counts.getRemainingTTL(place) / 1000));
    const found = find();
    if (found === undefined) {
      this.counts.set(place, count + 1);
      await this.writeDown(entrance, network);
    }
    return found;
  }

  /** Not each of a flood: it would fill the disk. */
  private async writeDown(entrance: Entrance, network: string) {
    const isWritten = await this.lines.consume("all").then(
      () => true,
      () => false,
    );
    if (isWritten) this.log.warn(`A wrong token for ${NAMES[entrance]} came from ${network}.`);
  }
}
