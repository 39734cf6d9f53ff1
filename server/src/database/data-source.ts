import pg from "pg";
import { DataSource, type DataSourceOptions, type MigrationInterface } from "typeorm";
import { migrations } from "./migrations/all.ts";

// Every bigint of ours (Kommo ids, our row ids, micro-dollars) stays far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export type MigrationList = readonly (new () => MigrationInterface)[];

/** Names of this version's migrations, up to this one. */
export function migrationsUpTo(last: string): string[] {
  const names = migrations.map(({ name }) => name);
  return names.slice(0, names.indexOf(last) + 1);
}

/** What a server's connections are called in pg_stat_activity; commands that must not run beside it look for them. */
export const SERVER_CONNECTIONS = { common: "dealscope", door: "dealscope door" };

/** A little longer than a lease: work is taken over by then, and meets no locks of who had it before. */
const IDLE_AT_MOST_MS = 10_000;

/** Classes that TypeORM maps to tables. Their folders own them; the database only carries them. */
export type Entities = (new () => object)[];

/** Describes the database to TypeORM; `poolSize` is the number of connections this process may hold, `name` what they are called there. */
export function describeDatabase(
  url: string,
  poolSize: number,
  { entities = [], name = SERVER_CONNECTIONS.common }: { entities?: Entities; name?: string } = {},
): DataSourceOptions {
  return {
    type: "postgres",
    url,
    entities,
    migrations,
    migrationsTransactionMode: "each",
    applicationName: name,
    poolSize,
    extra: {
      connectionTimeoutMillis: 10_000,
      statement_timeout: 30_000,
      // A process that stands still, or is frozen, in the middle of a transaction gives back what it has locked.
      idle_in_transaction_session_timeout: IDLE_AT_MOST_MS,
      keepAlive: true,
    },
  };
}

/** So long a migration may keep others from a table: Kommo waits two seconds for a webhook to be taken. */
const LOCK_TIMEOUT_MS = 1_000;

/**
 * Without a time limit, as a migration may take long; but whoever waits for a lock has everybody wait behind him.
 * @param which names of the migrations that it is about, unless all; and what comes after our own
 */
export function connectAsOwner(url: string, which: { only?: readonly string[]; later?: MigrationList } = {}) {
  const { only, later = [] } = which;
  const options = describeDatabase(url, 2, { name: "dealscope migrate" });
  return new DataSource({
    ...options,
    migrations: [...(only ? migrations.filter(({ name }) => only.includes(name)) : migrations), ...later],
    extra: {
      ...options.extra,
      statement_timeout: 0,
      idle_in_transaction_session_timeout: 0,
      lock_timeout: LOCK_TIMEOUT_MS,
    },
  });
}
