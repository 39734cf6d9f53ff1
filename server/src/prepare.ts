import { type Config, readConfig } from "./config.ts";
import { migrate, refuseUnmigrated } from "./database/migrate.ts";
import { type EmbeddedStores, startEmbeddedStores } from "./embedded/stores.ts";
import { refuseLostKeys } from "./installation/lost-keys.ts";

export interface Prepared {
  config: Config;
  /** Stops what was started here: the embedded stores, if they were asked for. */
  stop(): Promise<void>;
}

/**
 * What comes before anything of ours can run: a checked configuration and a migrated database.
 * `share`: beside a server that runs with embedded stores already, use its database.
 * @throws ConfigFaults before anything is started
 */
export async function prepare({ embedded, share = false }: { embedded: boolean; share?: boolean }): Promise<Prepared> {
  let stores: EmbeddedStores | undefined;
  let config = readConfig(embedded ? { ...process.env, ...placeholders } : process.env);
  if (embedded) {
    stores = await startEmbeddedStores(".data", { durable: true, share });
    config = readConfig({ ...process.env, ...stores.env });
  }
  try {
    if (config.MIGRATION_DATABASE_URL) await migrate(config.MIGRATION_DATABASE_URL, config.DATABASE_URL);
    else await refuseUnmigrated(config.DATABASE_URL);
    await refuseLostKeys(config);
  } catch (error) {
    await stores?.stop();
    throw error;
  }
  return { config, stop: async () => stores?.stop() };
}

/** Stand in for the addresses of stores that are not started yet, so that all other faults are told first. */
const placeholders = {
  DATABASE_URL: "postgres://embedded",
  MIGRATION_DATABASE_URL: "postgres://embedded",
  REDIS_URL: "redis://embedded",
};
