import { spawnSync } from "node:child_process";

/**
 * Makes sure a Redis server is on the PATH: on Debian as root it is installed, elsewhere the reader is told what to do.
 * Only the demo and the tests come here; the server itself never installs anything.
 */
export function provideRedis() {
  if (has("redis-server") || has("valkey-server")) return;
  const isDebianRoot = process.getuid?.() === 0 && has("apt-get");
  if (!isDebianRoot) {
    throw new Error("Redis is needed: install redis-server or valkey-server, or set REDIS_URL to a running one.");
  }
  console.log("Installing redis-server with apt-get ...");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["update", "-qq"], { env, stdio: "ignore" });
  const installed = spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "redis-server"], {
    env,
    encoding: "utf8",
  });
  if (installed.status !== 0) throw new Error(`apt-get could not install redis-server: ${installed.stderr}`);
}

function has(command: string): boolean {
  return spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;
}
