import { writtenLeads } from "../stage/progress.ts";
import type { ServerProcess } from "../stage/server-process.ts";
import { Stage, type Stores } from "../stage/stage.ts";
import { atRate, updateBody } from "./load.ts";
import { Busyness, type Meter, postgresMeter, processMeter, redisMeter } from "./machine.ts";

const ACCOUNTS = 10;
/** Faster than any setting works them off. */
const PER_SECOND = 500;
/** So few that a worker mostly waits for the model: what a second one adds is seen on a small machine, too. */
const FEW_CALLS = 16;
const MODEL_TAKES_MS = 800;
const KOMMO_TAKES_MS = 120;

const SETTINGS = [
  { webs: 1, workers: 1 },
  { webs: 1, workers: 2 },
  { webs: 2, workers: 2 },
];

export interface Throughput {
  webs: number;
  workers: number;
  leads: number;
  /** Leads written back, between the tenth and the ninetieth of a hundred. */
  perSecond: number;
  /** Milliseconds of processor time. */
  cpuMsPerLead: { webs: number; workers: number; postgres: number; redis: number };
  /** Of all cores of the machine, what stands in for the outside included; from 0 to 1. */
  busy: number;
}

export interface ScaleFigures {
  modelCallsAtOnce: number;
  /** Each worker waits for the model, of which it asks so many things at once. */
  waiting: Throughput[];
  /** Each worker may ask as much as it likes: the machine is the limit. */
  unbound: Throughput[];
}

/** The same leads for one and two web processes and one and two workers on one PostgreSQL and Redis, Kommo's limits taken away. */
export async function measureScale(stores: Stores, waiting: number, unbound: number): Promise<ScaleFigures> {
  const stage = await Stage.open(stores, {
    kommo: { latencyMs: KOMMO_TAKES_MS, switches: { ratePerSecond: 1_000 } },
    openai: { latencyMs: MODEL_TAKES_MS },
    roles: ["web", "worker"],
    env: { KOMMO_ACCOUNT_RPS: "1000", KOMMO_EGRESS_RPS: "1000" },
  });
  try {
    const accounts = await stage.install(ACCOUNTS, { settleSeconds: 0 });
    // What Kommo would tell is told from here, in turn to each of the web processes.
    await stage.control("hooks/weather", { dropRate: 1 });
    const figures: ScaleFigures = { modelCallsAtOnce: FEW_CALLS, waiting: [], unbound: [] };
    for (const setting of SETTINGS) {
      const servers = await arrange(stage, setting, { MODEL_CALLS_AT_ONCE: String(FEW_CALLS) });
      figures.waiting.push(await throughput(stores, stage, accounts, servers, waiting));
    }
    for (const setting of SETTINGS) {
      const servers = await arrange(stage, setting, {});
      figures.unbound.push(await throughput(stores, stage, accounts, servers, unbound));
    }
    return figures;
  } finally {
    await stage.close();
  }
}

interface Servers {
  webs: ServerProcess[];
  workers: ServerProcess[];
}

/** Ends what runs and starts so many of each. */
async function arrange(
  stage: Stage,
  { webs, workers }: { webs: number; workers: number },
  env: Record<string, string>,
): Promise<Servers> {
  await Promise.all(stage.servers.splice(0).map((server) => server.kill()));
  const start = (role: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => stage.startServer({ ROLE: role, PORT: "0", ...env })));
  return { webs: await start("web", webs), workers: await start("worker", workers) };
}

async function throughput(
  stores: Stores,
  stage: Stage,
  accounts: { accountId: number; hookUrl: string }[],
  { webs, workers }: Servers,
  leads: number,
): Promise<Throughput> {
  const happenings = await makeLeads(stage, accounts, Math.ceil(leads / ACCOUNTS));
  const before = await writtenLeads(stage);
  const last = await newestWrite(stage);
  const meters = {
    webs: sumOf(webs),
    workers: sumOf(workers),
    postgres: await postgresMeter(stage),
    redis: redisMeter(stores),
  };
  const used = await startMeters(meters);
  const machine = new Busyness();
  await atRate(
    (n) => {
      const { account, lead, path } = happenings[n]!;
      return { url: `${webs[n % webs.length]!.url}${path}`, body: updateBody(account, lead, n) };
    },
    PER_SECOND,
    happenings.length / PER_SECOND,
  );
  const done = before + happenings.length;
  await stage.until("every lead is written back", async () => (await writtenLeads(stage)) >= done, 900_000, 200);
  const busy = Number(machine.look().toFixed(2));
  const cpuMsPerLead = await used((seconds) => Number(((1000 * seconds) / happenings.length).toFixed(2)));
  const perSecond = await pace(stage, last);
  return { webs: webs.length, workers: workers.length, leads: happenings.length, perSecond, cpuMsPerLead, busy };
}

async function makeLeads(stage: Stage, accounts: { accountId: number; hookUrl: string }[], each: number) {
  const name = "Inquiry {n}: CRM for 12 sales reps, budget of 20 000 EUR approved, I decide, start in March";
  const made: { account: number; lead: number; path: string }[][] = [];
  for (const { accountId: account, hookUrl } of accounts) {
    const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", {
      ...{ account, count: each, lead: { name } },
    });
    made.push(ids.map((lead) => ({ account, lead, path: new URL(hookUrl).pathname })));
  }
  // One of each account after the other.
  return Array.from({ length: each }, (_, n) => made.map((ofAccount) => ofAccount[n]!)).flat();
}

async function newestWrite(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ id: number }>("SELECT greatest(max(id), 0) AS id FROM write");
  return row?.id ?? 0;
}

/** The first are slow because the line is empty, the last because it ends: neither says how fast it goes. */
async function pace(stage: Stage, last: number): Promise<number> {
  const [row] = await stage.sql<{ rate: number }>(
    `WITH ended AS (SELECT lead_id, extract(epoch FROM min(ended_at)) AS at FROM write
                     WHERE id > $1 AND state = 'sent' GROUP BY lead_id)
     SELECT (0.8 * count(*) / (percentile_cont(0.9) WITHIN GROUP (ORDER BY at)
                             - percentile_cont(0.1) WITHIN GROUP (ORDER BY at)))::float8 AS rate FROM ended`,
    [last],
  );
  return Number((row?.rate ?? 0).toFixed(1));
}

function sumOf(servers: readonly ServerProcess[]): Meter {
  const meters = servers.map(({ child }) => processMeter(child));
  return async () => (await Promise.all(meters.map((meter) => meter()))).reduce((sum, seconds) => sum + seconds, 0);
}

/** Reads the meters now; what it returns reads them again and says what was used meanwhile. */
async function startMeters<Name extends string>(meters: Record<Name, Meter>) {
  const names = Object.keys(meters) as Name[];
  const read = async () => Promise.all(names.map(async (name) => [name, await meters[name]()] as const));
  const before = new Map(await read());
  return async (of: (seconds: number) => number) => {
    const now = await read();
    return Object.fromEntries(now.map(([name, seconds]) => [name, of(seconds - before.get(name)!)])) as Record<
      Name,
      number
    >;
  };
}
