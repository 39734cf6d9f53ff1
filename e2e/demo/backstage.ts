import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startPostgres } from "../../server/src/embedded/postgres.ts";
import { startRedis } from "../../server/src/embedded/redis.ts";

/**
 * A process of its own that holds the stores and the server, so that nothing outlives the demo, however it ends: when
 * the channel to it closes, everything here is stopped in its order. Being in another group, it is not reached by a
 * terminal's Ctrl-C, which would take the database away from under the server.
 *
 * Its argument is a folder for data and log; its environment is the server's, except for stores that it starts.
 */
export type News =
  | { kind: "stores"; databaseUrl: string; names: string }
  | { kind: "server ended"; status: number | string }
  | { kind: "failed"; why: string };

const MAIN = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));
/** Longer than a turn needs to end; what is left then is in the database. */
const SERVER_STOPS_WITHIN_MS = 8_000;

const dir = process.argv[2]!;
const closers: (() => Promise<unknown>)[] = [];

const started = start().catch((error: Error) => tell({ kind: "failed", why: error.message }));
process.once("disconnect", () => void stop());

async function start() {
  const database = await openDatabase();
  const redis = await openRedis();
  tell({ kind: "stores", databaseUrl: database.DATABASE_URL, names: `${database.name}, ${redis.name}` });
  const { name: _, ...urls } = { ...database, ...redis };
  const server = startServer({ ...process.env, ...urls });
  server.once("exit", (code, signal) => tell({ kind: "server ended", status: code ?? signal ?? "unknown" }));
}

async function openDatabase() {
  const { DATABASE_URL, MIGRATION_DATABASE_URL } = process.env;
  if (DATABASE_URL && MIGRATION_DATABASE_URL) {
    return { DATABASE_URL, MIGRATION_DATABASE_URL, name: "PostgreSQL of DATABASE_URL" };
  }
  const postgres = await startPostgres(dir, { durable: true });
  closers.push(postgres.stop);
  // The cluster is kept from run to run, because making one takes longer than making a database.
  const owner = new pg.Client({ connectionString: postgres.ownerUrl() });
  await owner.connect();
  await owner.query("DROP DATABASE IF EXISTS demo WITH (FORCE)");
  await owner.query("CREATE DATABASE demo");
  await owner.end();
  return {
    DATABASE_URL: postgres.appUrl("demo"),
    MIGRATION_DATABASE_URL: postgres.ownerUrl("demo"),
    // So that a login for BI tools can be tried.
    BI_ADDRESS: new URL(postgres.ownerUrl("demo")).host,
    name: "PostgreSQL",
  };
}

async function openRedis() {
  const { REDIS_URL } = process.env;
  if (REDIS_URL) return { REDIS_URL, name: "Redis of REDIS_URL" };
  const redis = await startRedis();
  closers.push(redis.stop);
  return { REDIS_URL: redis.url, name: "Redis" };
}

function startServer(env: NodeJS.ProcessEnv): ChildProcess {
  const log = openSync(join(dir, "server.log"), "w");
  const server = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", log, log] });
  closers.push(async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill("SIGTERM");
    const late = setTimeout(() => server.kill("SIGKILL"), SERVER_STOPS_WITHIN_MS);
    await once(server, "exit");
    clearTimeout(late);
  });
  return server;
}

async function stop() {
  await started;
  // The server first, then what it uses.
  for (const close of closers.reverse())
    await Promise.race([close().catch(() => {}), sleep(2 * SERVER_STOPS_WITHIN_MS)]);
  process.exit();
}

function tell(news: News) {
  if (process.connected) process.send?.(news);
}
