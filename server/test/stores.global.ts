import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { provideRedis } from "../../e2e/machine/redis.ts";
import { migrate } from "../src/database/migrate.ts";
import { startPostgres } from "../src/embedded/postgres.ts";
import { startRedis } from "../src/embedded/redis.ts";

declare module "vitest" {
  export interface ProvidedContext {
    ownerUrl: string;
    appUrl: string;
    redisUrl: string;
  }
}

/** One PostgreSQL and one Redis for the whole run; each test file clones the migrated template for itself. */
export default async function provideStores(project: TestProject) {
  const dir = mkdtempSync(join(tmpdir(), "dealscope-test-"));
  const given = process.env.DATABASE_URL && process.env.MIGRATION_DATABASE_URL;
  const postgres = given ? undefined : await startPostgres(dir, { durable: false });
  const ownerUrl = postgres?.ownerUrl() ?? process.env.MIGRATION_DATABASE_URL!;
  const appUrl = postgres?.appUrl() ?? process.env.DATABASE_URL!;

  if (!process.env.REDIS_URL) provideRedis();
  const redis = process.env.REDIS_URL ? undefined : await startRedis({ databases: 1_000 });

  const stop = async () => {
    await redis?.stop();
    await postgres?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(ownerUrl, appUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide("ownerUrl", ownerUrl);
  project.provide("appUrl", appUrl);
  project.provide("redisUrl", redis?.url ?? process.env.REDIS_URL!);

  return stop;
}

async function makeTemplate(ownerUrl: string, appUrl: string) {
  const { onDatabase, withOwner } = await import("./database.ts");
  await withOwner(ownerUrl, async (owner) => {
    await owner.query("DROP DATABASE IF EXISTS dealscope_template");
    await owner.query("CREATE DATABASE dealscope_template");
  });
  await migrate(onDatabase(ownerUrl, "dealscope_template"), onDatabase(appUrl, "dealscope_template"));
}
