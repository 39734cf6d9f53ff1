import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isDone } from "../stage/progress.ts";
import type { ServerProcess } from "../stage/server-process.ts";
import { pssOf, Stage, type Stores } from "../stage/stage.ts";
import { cardsOf } from "./judged-deals.ts";
import { atRate, updateBody } from "./load.ts";
import { handlesOf, redisInfo } from "./machine.ts";
import { mean, slopeOf } from "./slope.ts";

const ACCOUNTS = 5;
const KNOWN = 100;
const CARDS = 2_000;
const WEBHOOKS_PER_SECOND = 20;
const CARDS_PER_SECOND = 5;
/** A session lasts fifteen minutes. */
const SIGN_IN_EVERY_MS = 10 * 60_000;
const SAMPLES = 180;
/** The first third: caches fill, code is compiled, the heap finds its size. */
const WARM_UP = 1 / 3;
const PER_HOUR = 3_600;

interface Sample {
  /** Seconds since the beginning. */
  at: number;
  mib: number;
  handles: number;
  lagMs: number;
}

export interface ProcessFigures {
  role: string;
  /** On the average of the second and of the last third, and the slope from the end of the first. */
  mibBefore: number;
  mibAtEnd: number;
  mibPerHour: number;
  handlesBefore: number;
  handlesAtEnd: number;
  /** How late the event loop was: the worst p99 of any interval between two looks. */
  worstLagMs: number;
}

export interface SoakFigures {
  minutes: number;
  webhooks: number;
  leads: number;
  cards: number;
  refused: number;
  lost: number;
  processes: ProcessFigures[];
  /** Connections of ours, after the warm-up: the fewest and the most. */
  postgres: { least: number; most: number };
  redis: { least: number; most: number; keys: number; mb: number };
}

/** A working day's load on a web process and a worker, for long: webhooks, new leads and cards of five accounts. */
export async function measureSoak(stores: Stores, seconds: number): Promise<SoakFigures> {
  const token = randomBytes(16).toString("hex");
  const stage = await Stage.open(stores, {
    kommo: { latencyMs: 120 },
    openai: { latencyMs: 800 },
    roles: ["web", "worker"],
    env: { OPERATOR_TOKEN: token, KOMMO_EGRESS_RPS: String(7 * ACCOUNTS) },
  });
  try {
    const accounts = await stage.install(ACCOUNTS, { settleSeconds: 1 });
    const [{ accountId }] = accounts as [(typeof accounts)[0]];
    const cards = await cardsOf(stage, accountId, CARDS);
    const known = new Map<number, number[]>();
    for (const { accountId: account } of accounts) {
      const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", { account, count: KNOWN });
      known.set(account, ids);
    }
    const watch = new Watch(stage, stores, token);
    const renewing = setInterval(() => void cards.signInAgain(), SIGN_IN_EVERY_MS);
    const [webhooks, read, leads] = await Promise.all([
      atRate(
        (n) => {
          const { accountId: account, hookUrl } = accounts[n % ACCOUNTS]!;
          return { url: hookUrl, body: updateBody(account, known.get(account)![n % KNOWN]!, n) };
        },
        WEBHOOKS_PER_SECOND,
        seconds,
      ),
      atRate(cards.shotOf, CARDS_PER_SECOND, seconds),
      oneLeadASecond(
        stage,
        accounts.map((one) => one.accountId),
        seconds,
      ),
      watch.for(seconds),
    ]);
    clearInterval(renewing);
    await stage.until("all is read, judged and written", () => isDone(stage));
    return {
      ...{ minutes: Number((seconds / 60).toFixed(1)), webhooks: webhooks.sent, leads, cards: read.sent },
      refused: webhooks.refused + read.refused,
      lost: webhooks.sent - webhooks.refused - (await stored(stage)) + leads - (await judged(stage)),
      ...(await watch.figures()),
    };
  } finally {
    await stage.close();
  }
}

async function oneLeadASecond(stage: Stage, accounts: readonly number[], seconds: number): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < seconds; n++) {
    const account = accounts[n % accounts.length];
    await stage.control("leads/create", { account, name: `Soak ${n}`, note: "We need it in March, and I decide." });
    await sleep(Math.max(0, started + (n + 1) * 1_000 - performance.now()));
  }
  return seconds;
}

async function stored(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>("SELECT count(*) AS n FROM delivery WHERE body LIKE '%910003%'");
  return row?.n ?? 0;
}

async function judged(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>(
    `SELECT count(*) AS n FROM lead l WHERE name LIKE 'Soak %'
        AND EXISTS (SELECT FROM verdict v WHERE v.account_id = l.account_id AND v.lead_id = l.lead_id AND v.model IS NOT NULL)`,
  );
  return row?.n ?? 0;
}

/** Looks at what the servers hold, at even intervals. */
class Watch {
  readonly #stage: Stage;
  readonly #stores: Stores;
  readonly #token: string;
  readonly #samples = new Map<ServerProcess, Sample[]>();
  readonly #postgres: number[] = [];
  readonly #redis: number[] = [];

  constructor(stage: Stage, stores: Stores, token: string) {
    this.#stage = stage;
    this.#stores = stores;
    this.#token = token;
    for (const server of stage.servers) this.#samples.set(server, []);
  }

  async for(seconds: number) {
    const started = performance.now();
    for (let n = 1; n <= SAMPLES; n++) {
      await sleep(Math.max(0, started + (n * seconds * 1_000) / SAMPLES - performance.now()));
      const at = (performance.now() - started) / 1_000;
      for (const [server, samples] of this.#samples) {
        const { child } = server;
        samples.push({ at, mib: pssOf(child), handles: handlesOf(child), lagMs: await this.#lagOf(server) });
      }
      this.#postgres.push(await this.#postgresConnections());
      this.#redis.push(Number((await redisInfo(this.#stores, "clients")).connected_clients));
    }
  }

  async figures(): Promise<Pick<SoakFigures, "processes" | "postgres" | "redis">> {
    const [keyspace, memory] = [await redisInfo(this.#stores, "keyspace"), await redisInfo(this.#stores, "memory")];
    const keys = Number(/keys=(\d+)/.exec(keyspace.db0 ?? "")?.[1] ?? 0);
    return {
      processes: [...this.#samples].map(([{ name }, samples]) => processFigures(name, samples)),
      postgres: range(this.#postgres),
      redis: { ...range(this.#redis), keys, mb: Number((Number(memory.used_memory) / 1e6).toFixed(1)) },
    };
  }

  /** p99 since it was asked the last time, as the server tells it to Prometheus. */
  async #lagOf({ url }: ServerProcess): Promise<number> {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${this.#token}` } });
    const seconds = /^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(await answer.text())?.[1];
    if (seconds === undefined) throw new Error(`${url}/metrics does not tell how late the event loop is.`);
    return 1_000 * Number(seconds);
  }

  async #postgresConnections(): Promise<number> {
    const [row] = await this.#stage.sql<{ n: number }>(
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'dealscope%'",
    );
    return row?.n ?? 0;
  }
}

function processFigures(role: string, samples: readonly Sample[]): ProcessFigures {
  const third = Math.floor(samples.length * WARM_UP);
  const warm = samples.slice(third);
  const [second, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  const average = (part: readonly Sample[], of: (sample: Sample) => number) => Number(mean(part.map(of)).toFixed(1));
  return {
    role,
    mibBefore: average(second, ({ mib }) => mib),
    mibAtEnd: average(last, ({ mib }) => mib),
    mibPerHour: Number((slopeOf(warm.map(({ at, mib }) => ({ x: at, y: mib }))) * PER_HOUR).toFixed(1)),
    handlesBefore: average(second, ({ handles }) => handles),
    handlesAtEnd: average(last, ({ handles }) => handles),
    worstLagMs: Math.round(Math.max(...warm.map(({ lagMs }) => lagMs))),
  };
}

function range(values: readonly number[]) {
  const warm = values.slice(Math.floor(values.length * WARM_UP));
  return { least: Math.min(...warm), most: Math.max(...warm) };
}
