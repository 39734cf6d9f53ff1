import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isListening } from "../../server/src/embedded/ports.ts";
import { type EmbeddedPostgres, startPostgres } from "../../server/src/embedded/postgres.ts";
import { type EmbeddedRedis, startRedis } from "../../server/src/embedded/redis.ts";
import type { Stores } from "../stage/stage.ts";
import type { Scene } from "./scene.ts";
import { TcpProxy } from "./tcp-proxy.ts";

/** A PostgreSQL that one case has for itself, because of what it does to it. Servers reach it by a proxy; who looks at results does not. */
export class OwnPostgres {
  readonly proxy: TcpProxy;
  readonly #dir: string;
  #postgres: EmbeddedPostgres;

  private constructor(dir: string, postgres: EmbeddedPostgres, proxy: TcpProxy) {
    this.#dir = dir;
    this.#postgres = postgres;
    this.proxy = proxy;
  }

  /** @param dir for its files; without it a new one, which is removed with them */
  static async open(scene: Scene, dir?: string): Promise<OwnPostgres> {
    const home = dir ?? mkdtempSync(join(tmpdir(), "dealscope-faults-"));
    // Durable, as it is run: what was acknowledged has to be there after a crash.
    const postgres = await startPostgres(home, { durable: true });
    const own = new OwnPostgres(home, postgres, await TcpProxy.before(postgres.appUrl()));
    scene.closing(async () => {
      await own.proxy.stop();
      await own.stop();
      if (!dir) rmSync(home, { recursive: true, force: true });
    });
    return own;
  }

  get stores(): Omit<Stores, "redisUrl"> {
    // The migrated template is in the other one: the first server migrates.
    return {
      ownerUrl: this.#postgres.ownerUrl(),
      appUrl: this.proxy.through(this.#postgres.appUrl()),
      template: "",
    };
  }

  /** As an operator would: whoever is connected is cut off. */
  async stop(): Promise<void> {
    await this.#postgres.stop();
  }

  /** On the port where it was. */
  async start(): Promise<void> {
    this.#postgres = await startPostgres(this.#dir, { durable: true, port: this.#port });
  }

  isRunning(): Promise<boolean> {
    return isListening(this.#port);
  }

  get #port(): number {
    return Number(new URL(this.#postgres.ownerUrl()).port);
  }
}

/** The same of Redis, which keeps nothing. */
export class OwnRedis {
  readonly proxy: TcpProxy;
  #redis: EmbeddedRedis;

  private constructor(redis: EmbeddedRedis, proxy: TcpProxy) {
    this.#redis = redis;
    this.proxy = proxy;
  }

  static async open(scene: Scene): Promise<OwnRedis> {
    const redis = await startRedis();
    const own = new OwnRedis(redis, await TcpProxy.before(redis.url));
    scene.closing(async () => {
      await own.proxy.stop();
      await own.stop();
    });
    return own;
  }

  get url(): string {
    return this.proxy.through(this.#redis.url);
  }

  /** Past the proxy. */
  get itself(): string {
    return this.#redis.url;
  }

  async stop(): Promise<void> {
    await this.#redis.stop();
  }

  async start(): Promise<void> {
    this.#redis = await startRedis({ port: Number(new URL(this.#redis.url).port) });
  }
}
