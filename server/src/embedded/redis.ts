import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, isListening } from "./ports.ts";

export interface EmbeddedRedis {
  url: string;
  process: ChildProcess;
  stop(): Promise<void>;
}

/** The name of the Redis (or Valkey) server on the PATH, if there is one. */
function findRedis(): string | undefined {
  return ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);
}

/** Starts a private Redis that keeps nothing on disk: it only rings, PostgreSQL remembers. */
export async function startRedis(options: { port?: number; databases?: number } = {}): Promise<EmbeddedRedis> {
  const binary = findRedis();
  if (!binary) {
    throw new Error("No redis-server or valkey-server is on the PATH. Install one, or set REDIS_URL.");
  }
  const chosen = options.port ?? (await freePort());
  const databases = String(options.databases ?? 16);
  const child = spawn(
    binary,
    ["--port", String(chosen), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--databases", databases],
    {
      stdio: "ignore",
      // A group of its own: Ctrl-C in a terminal must not end it while the server still finishes its work.
      detached: true,
    },
  );
  for (let tries = 0; !(await isListening(chosen)); tries++) {
    if (child.exitCode !== null || tries > 200) throw new Error(`${binary} did not start on port ${chosen}.`);
    await sleep(20);
  }
  return {
    url: `redis://127.0.0.1:${chosen}`,
    process: child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, "exit");
    },
  };
}
