import pg from "pg";
import { DataSource, type DataSourceOptions, type MigrationInterface } from "typeorm";
import { migrations } from "./migrations/all.ts";

// Every bigint of ours (Kommo ids, our row ids, micro-dollars) stays far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export type MigrationList = readonly (new () => MigrationInterface)[];

/** Those of this version that bear these names, in their order. */
export function migrationsCalled(names: readonly string[]): MigrationList {
  return migrations.filter(({ name }) => names.includes(name));
}

/** Classes that TypeORM maps to tables. Their folders own them; the database only carries them. */
export type Entities = (new () => object)[];

/** Describes the database to TypeORM; `poolSize` is the number of connections this process may hold. */
export function describeDatabase(url: string, poolSize: number, entities: Entities = []): DataSourceOptions {
  return {
    type: "postgres",
    url,
    entities,
    migrations,
    migrationsTransactionMode: "each",
    applicationName: "dealscope",
    poolSize,
    extra: { connectionTimeoutMillis: 10_000, statement_timeout: 30_000, keepAlive: true },
  };
}

/** So long a migration may keep others from a table: Kommo waits two seconds for a webhook to be taken. */
const LOCK_TIMEOUT_MS = 1_000;

/** Without a time limit, as a migration may take long; but whoever waits for a lock has everybody wait behind him. */
export function connectAsOwner(url: string, later: MigrationList = []) {
  const options = describeDatabase(url, 2);
  const extra = { ...options.extra, statement_timeout: 0, lock_timeout: LOCK_TIMEOUT_MS };
  return new DataSource({ ...options, migrations: [...migrations, ...later], extra });
}
