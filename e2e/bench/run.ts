import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedStores } from "../../server/src/embedded/stores.ts";
import { withoutDashes } from "../arguments.ts";
import { provideRedis } from "../machine/redis.ts";
import type { Stores } from "../stage/stage.ts";
import { measureBurst } from "./burst.ts";
import { measureCard } from "./card.ts";
import { measureCardPaint } from "./card-paint.ts";
import { measureAck, measureCapacity } from "./door.ts";
import { measureEngagement } from "./engagement.ts";
import { measureFairness } from "./fairness.ts";
import { measureGate } from "./gate.ts";
import { measureIntake } from "./intake.ts";
import { measureKill } from "./kill.ts";
import { measureOneLead, measureTriple } from "./one-lead.ts";
import { type Results, table } from "./report.ts";
import { measureReports } from "./reports.ts";
import { measureFiles } from "./widget-files.ts";

const measures: { [Name in keyof Results]-?: (stores: Stores) => Promise<NonNullable<Results[Name]>> } = {
  ack: (stores) => measureAck(stores),
  capacity: (stores) => measureCapacity(stores),
  burst: (stores) => measureBurst(stores),
  oneLead: measureOneLead,
  triple: (stores) => measureTriple(stores),
  kill: (stores) => measureKill(stores),
  cardPaint: measureCardPaint,
  files: measureFiles,
  card: (stores) => measureCard(stores),
  reports: measureReports,
  fairByAccount: (stores) => measureFairness(stores, "account"),
  fairByAddress: (stores) => measureFairness(stores, "address"),
  gate: (stores) => measureGate(stores),
  intake: (stores) => measureIntake(stores),
  engagement: (stores) => measureEngagement(stores),
};

const names = Object.keys(measures) as (keyof Results)[];
const asked = withoutDashes(process.argv.slice(2));
const unknown = asked.filter((name) => !names.includes(name as keyof Results));
if (unknown.length > 0) {
  console.error(`There is no measure called ${unknown.join(", ")}. There are: ${names.join(", ")}.`);
  process.exit(1);
}

provideRedis();
const dir = mkdtempSync(join(tmpdir(), "dealscope-bench-"));
const stores = await startEmbeddedStores(dir, { durable: true });
const results: Results = {};
try {
  for (const name of names) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const figures = await measures[name]({
      ownerUrl: stores.env.MIGRATION_DATABASE_URL,
      appUrl: stores.env.DATABASE_URL,
      redisUrl: stores.env.REDIS_URL,
    });
    Object.assign(results, { [name]: figures });
    console.log(`${name.padEnd(14)} ${JSON.stringify(figures)}`);
  }
} finally {
  await stores.stop();
  rmSync(dir, { recursive: true, force: true });
}
writeFileSync("bench.json", `${JSON.stringify(results, null, 2)}\n`);
console.log(
  `\n${table(results)}\n\nOn ${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}. Also in bench.json.`,
);
process.exit(0);
