import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedStores } from "../../server/src/embedded/stores.ts";
import { provideRedis } from "../machine/redis.ts";
import { measureBurst } from "./burst.ts";
import { measureAck, measureCapacity } from "./door.ts";
import { measureFairness } from "./fairness.ts";
import { measureKill } from "./kill.ts";
import { measureOneLead, measureTriple } from "./one-lead.ts";
import type { Stores } from "./stage.ts";

const measures: Record<string, (stores: Stores) => Promise<object>> = {
  ack: (stores) => measureAck(stores),
  capacity: (stores) => measureCapacity(stores),
  burst: (stores) => measureBurst(stores),
  oneLead: (stores) => measureOneLead(stores),
  triple: (stores) => measureTriple(stores),
  kill: (stores) => measureKill(stores),
  fairByAccount: (stores) => measureFairness(stores, "account"),
  fairByAddress: (stores) => measureFairness(stores, "address"),
};

const wanted = process.argv.slice(2).filter((name) => name in measures);
provideRedis();
const dir = mkdtempSync(join(tmpdir(), "dealscope-bench-"));
const stores = await startEmbeddedStores(dir, { durable: true });
const results: Record<string, object> = {};
try {
  for (const [name, measure] of Object.entries(measures)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    results[name] = await measure({
      ownerUrl: stores.env.MIGRATION_DATABASE_URL,
      appUrl: stores.env.DATABASE_URL,
      redisUrl: stores.env.REDIS_URL,
    });
    console.log(name, results[name]);
  }
} finally {
  await stores.stop();
  rmSync(dir, { recursive: true, force: true });
}
writeFileSync("bench.json", `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);
