import { inject } from "vitest";
import { type EmbeddedRedis, startRedis } from "../../server/src/embedded/redis.ts";
import { Stage, type StageOptions, type Stores } from "../stage/stage.ts";
import { Random } from "./random.ts";

/** No limit but the processor's: a case is about faults, unless it says otherwise. */
const UNLIMITED = { KOMMO_ACCOUNT_RPS: "500", KOMMO_EGRESS_RPS: "500" };

/** Where one case takes place: its chances, and its own database, Redis, outside and servers, closed when it ends. */
export class Scene {
  readonly seed: number;
  readonly isQuick: boolean;
  readonly random: Random;
  readonly #toClose: (() => Promise<unknown>)[] = [];
  readonly #stages: Stage[] = [];

  constructor(seed: number, isQuick: boolean) {
    this.seed = seed;
    this.isQuick = isQuick;
    this.random = new Random(seed);
  }

  /** How much of something: less of it in `pnpm test`. */
  amount(quick: number, all: number): number {
    return this.isQuick ? quick : all;
  }

  /** @param stores instead of own ones, such as addresses of a proxy */
  async open(options: StageOptions = {}, stores: Partial<Stores> = {}): Promise<Stage> {
    const stage = await Stage.open(
      { ...inject("postgres"), redisUrl: stores.redisUrl ?? (await this.redis()).url, ...stores },
      {
        ...options,
        kommo: {
          keepBodies: true,
          seed: this.seed,
          ...options.kommo,
          switches: { ratePerSecond: 1_000, ...options.kommo?.switches },
        },
        env: { ...UNLIMITED, LOG_LEVEL: "warn", ...options.env },
      },
    );
    this.#stages.push(stage);
    this.closing(() => stage.close());
    return stage;
  }

  async redis(): Promise<EmbeddedRedis> {
    const redis = await startRedis();
    this.closing(() => redis.stop());
    return redis;
  }

  /** What has to be stopped when the case ends, the last first. */
  closing(close: () => Promise<unknown>) {
    this.#toClose.unshift(close);
  }

  async close() {
    for (const close of this.#toClose) await close();
  }

  /** The last words of every server. */
  said(): string {
    const servers = this.#stages.flatMap((stage) => stage.servers);
    return servers.map(({ name, said }) => `--- ${name}\n${said.split("\n").slice(-15).join("\n")}`).join("\n");
  }
}
