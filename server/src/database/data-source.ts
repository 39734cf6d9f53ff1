import pg from "pg";
import { DataSource, type DataSourceOptions } from "typeorm";
import { migrations } from "./migrations/all.ts";

// Every bigint of ours (Kommo ids, our row ids, micro-dollars) stays far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

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

/**
 * Without a time limit: a migration, or waiting for another server's, may take long.
 * @param only names of the migrations that it is about; unless given, all
 */
export function connectAsOwner(url: string, only?: readonly string[]) {
  const options = describeDatabase(url, 2);
  return new DataSource({
    ...options,
    migrations: only ? migrations.filter(({ name }) => only.includes(name)) : migrations,
    extra: { ...options.extra, statement_timeout: 0 },
  });
}
