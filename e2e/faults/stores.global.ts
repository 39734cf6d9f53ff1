import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../../server/src/database/migrate.ts";
import { type EmbeddedPostgres, startPostgres } from "../../server/src/embedded/postgres.ts";
import { provideRedis } from "../machine/redis.ts";
import type { Stores } from "../stage/stage.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: Omit<Stores, "redisUrl">;
  }
}

const TEMPLATE = "faults_template";

/** One PostgreSQL for the whole run; each stage has a database of its own in it, cloned from a migrated one. */
export default async function providePostgres(project: TestProject) {
  provideRedis();
  const dir = mkdtempSync(join(tmpdir(), "dealscope-faults-"));
  const postgres = await startPostgres(dir, { durable: false });
  project.provide("postgres", { ownerUrl: postgres.ownerUrl(), appUrl: postgres.appUrl(), template: TEMPLATE });
  const stop = async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await makeTemplate(postgres);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function makeTemplate({ ownerUrl, appUrl }: EmbeddedPostgres) {
  const owner = new pg.Client({ connectionString: ownerUrl() });
  await owner.connect();
  await owner.query(`CREATE DATABASE ${TEMPLATE}`);
  await owner.end();
  await migrate(ownerUrl(TEMPLATE), appUrl(TEMPLATE));
}
