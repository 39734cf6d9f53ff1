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
import { measuredFilled, measureFilled } from "./filled.ts";
import { measureGate } from "./gate.ts";
import { measureIntake } from "./intake.ts";
import { measureKill } from "./kill.ts";
import { measureManyAccounts } from "./many-accounts.ts";
import { measureOneLead, measureTriple } from "./one-lead.ts";
import { misses, type Results, table } from "./report.ts";
import { measureReports } from "./reports.ts";
import { measureRetention } from "./retention.ts";
import { measureScale } from "./scale.ts";
import { measureSoak } from "./soak.ts";
import { measureFiles } from "./widget-files.ts";

/** Some take a minute as they are, and as long as they should with `--long`. */
type Measure<Figures> = (stores: Stores, isLong: boolean) => Promise<Figures>;

const measures: { [Name in keyof Results]-?: Measure<NonNullable<Results[Name]>> } = {
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
  manyAccounts: (stores, isLong) => measureManyAccounts(stores, isLong ? 300 : 15),
  scale: (stores, isLong) => (isLong ? measureScale(stores, 2_000, 5_000) : measureScale(stores, 100, 500)),
  filled: (stores, isLong) =>
    measureFilled(
      stores,
      isLong ? { deliveries: 1_000_000, leads: 200_000 } : { deliveries: 50_000, leads: 10_000 },
      isLong,
      parts,
    ),
  retention: (stores, isLong) =>
    isLong ? measureRetention(stores, 1_000_000, 300_000) : measureRetention(stores, 20_000, 20_000),
  soak: (stores, isLong) => measureSoak(stores, isLong ? 1_800 : 30),
};

const names = Object.keys(measures) as (keyof Results)[];
const said = withoutDashes(process.argv.slice(2));
const isLong = said.includes("--long");
/** `filled:card` is that one of the measures which `filled` repeats. */
const FILLED = "filled:";
const asked = said.filter((word) => word !== "--long").map((word) => (word.startsWith(FILLED) ? "filled" : word));
const parts = said.filter((word) => word.startsWith(FILLED)).map((word) => word.slice(FILLED.length));
const unknown = [
  ...asked.filter((name) => !names.includes(name as keyof Results)),
  ...parts.filter((name) => !measuredFilled.includes(name)).map((name) => `${FILLED}${name}`),
];
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
    const figures = await measures[name](
      {
        ownerUrl: stores.env.MIGRATION_DATABASE_URL,
        appUrl: stores.env.DATABASE_URL,
        redisUrl: stores.env.REDIS_URL,
      },
      isLong,
    );
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
const missed = misses(results);
for (const miss of missed) console.error(`Missed: ${miss}`);
process.exit(missed.length === 0 ? 0 : 1);
