import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { DataSource } from "typeorm";
import { inject } from "vitest";
import { describeDatabase } from "../src/database/data-source.ts";
import { entities } from "../src/entities.ts";

export interface TestDatabase {
  /** What the server gets: the restricted login. */
  appUrl: string;
  ownerUrl: string;
  dataSource: DataSource;
  /** Asks as the superuser, past row-level security: for looking at results only. */
  look<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A fresh, migrated database of its own; `clockScale` makes its app_now() run faster. */
export async function createDatabase(options: { poolSize?: number; clockScale?: number } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const maintenance = inject("ownerUrl");
  await withOwner(maintenance, async (owner) => {
    await owner.query(`CREATE DATABASE ${name} TEMPLATE dealscope_template`);
    if (options.clockScale) await owner.query(`ALTER DATABASE ${name} SET app.clock_scale = '${options.clockScale}'`);
  });
  const appUrl = onDatabase(inject("appUrl"), name);
  const ownerUrl = onDatabase(maintenance, name);
  const dataSource = await new DataSource(describeDatabase(appUrl, options.poolSize ?? 10, { entities })).initialize();
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  return {
    appUrl,
    ownerUrl,
    dataSource,
    look: (sql, parameters) => look(owner, sql, parameters),
    async drop() {
      await owner.end();
      await dataSource.destroy();
      await withOwner(maintenance, async (o) => {
        await closed(o, name);
        await o.query(`DROP DATABASE ${name} WITH (FORCE)`);
      });
    },
  };
}

/** Connections that were ended take a moment to be gone; one that is cut off then would be an error of nobody's. */
async function closed(owner: pg.Client, database: string) {
  for (let looks = 0; looks < 100; looks++) {
    const { rowCount } = await owner.query("SELECT FROM pg_stat_activity WHERE datname = $1", [database]);
    if (rowCount === 0) return;
    await sleep(20);
  }
}

export async function withOwner(url: string, use: (owner: pg.Client) => Promise<unknown>) {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    await use(owner);
  } finally {
    await owner.end();
  }
}

export function onDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** A test's own statement may meet the server's in the wrong order; that is neither's fault, and it is said once more. */
async function look<Row>(owner: pg.Pool, sql: string, parameters?: unknown[]): Promise<Row[]> {
  const ask = async (): Promise<Row[]> => (await owner.query(sql, parameters)).rows;
  return ask().catch((error: { code?: string }) => {
    if (error.code === "40P01") return ask();
    throw error;
  });
}
