import { Redis } from "ioredis";
import type { Config } from "../config.ts";
import { examined } from "./finding.ts";
import { whyUnreachable } from "./reaching.ts";

const PATIENCE_MS = 5_000;
/** Bull's scripts and the limiter's; Valkey counts on from 7.2. */
const OLDEST_VERSION = 6;
/** Of `maxmemory`; what is held here is small, so somebody else fills it. */
const NEARLY_FULL = 0.8;

export function examineRedis({ REDIS_URL }: Pick<Config, "REDIS_URL">) {
  return examined("Redis", async (chart) => {
    const redis = new Redis(REDIS_URL, {
      lazyConnect: true,
      connectTimeout: PATIENCE_MS,
      commandTimeout: PATIENCE_MS,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    // What `connect` throws says only that there is no connection.
    let reason: Error | undefined;
    redis.on("error", (error: Error) => {
      reason = error;
    });
    try {
      await redis.connect();
      const info = read(await redis.info());
      const [name, version] = info.has("valkey_version")
        ? ["Valkey", info.get("valkey_version")!]
        : ["Redis", info.get("redis_version") ?? ""];
      if (Number.parseInt(version, 10) < OLDEST_VERSION)
        chart.fault(`${name} is ${version}: upgrade it to ${OLDEST_VERSION} or newer.`);
      else chart.ok(`${name} ${version} is reached.`);
      if (info.get("redis_mode") === "cluster")
        chart.fault("This is a cluster of Redis: name a single server in REDIS_URL.");
      if (info.get("role") === "slave") chart.fault("This Redis is a replica and takes no writes: name its primary.");
      const most = Number(info.get("maxmemory") ?? 0);
      const policy = info.get("maxmemory_policy");
      // Which key goes first nobody knows: it may be what keeps us within Kommo's limits.
      if (most > 0 && policy !== "noeviction")
        chart.warning(`Redis throws keys away when it is full (${policy}): set maxmemory-policy to noeviction.`);
      if (most > 0 && Number(info.get("used_memory")) > most * NEARLY_FULL)
        chart.warning("Redis is nearly full: raise maxmemory, or see who else fills it.");
    } catch (error) {
      chart.fault(whyNotOpen(reason ?? (error as Error), new URL(REDIS_URL).host));
    } finally {
      redis.disconnect();
    }
  });
}

function whyNotOpen(error: Error, host: string): string {
  const { message } = error;
  if (/WRONGPASS|NOAUTH/.test(message)) return "Redis refuses the password in REDIS_URL: correct it.";
  if (/NOPERM/.test(message))
    return "The user in REDIS_URL may not do what is needed: give it all commands on all keys.";
  return whyUnreachable(error, host) ?? `${host} is not reached (${message}): check REDIS_URL.`;
}

function read(info: string): Map<string, string> {
  return new Map(
    info.split(/\r?\n/).map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
}
