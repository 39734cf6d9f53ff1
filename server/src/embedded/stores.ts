import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";

export interface EmbeddedStores {
  /** DATABASE_URL, MIGRATION_DATABASE_URL and REDIS_URL of the private servers. */
  env: Record<"DATABASE_URL" | "MIGRATION_DATABASE_URL" | "REDIS_URL", string>;
  stop(): Promise<void>;
}

/**
 * A private PostgreSQL and Redis; the data of the former stays under `dir`. With `share` a PostgreSQL that runs there
 * already is used; Redis only rings, so an own one does.
 */
export async function startEmbeddedStores(
  dir: string,
  options: { durable: boolean; share?: boolean },
): Promise<EmbeddedStores> {
  const home = resolve(dir);
  mkdirSync(home, { recursive: true });
  const postgres = await startPostgres(home, options);
  try {
    const redis = await startRedis();
    return {
      env: { DATABASE_URL: postgres.appUrl(), MIGRATION_DATABASE_URL: postgres.ownerUrl(), REDIS_URL: redis.url },
      async stop() {
        await redis.stop();
        await postgres.stop();
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}
