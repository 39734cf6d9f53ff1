import type { Stores } from "../stage/stage.ts";
import { measureBurst } from "./burst.ts";
import { measureCard } from "./card.ts";
import { measureAck, measureCapacity } from "./door.ts";
import { measureEngagement } from "./engagement.ts";
import { measureFairness } from "./fairness.ts";
import { measureGate } from "./gate.ts";
import { type History, type HistorySize, makeHistory } from "./history.ts";
import { measureIntake } from "./intake.ts";
import { measureKill } from "./kill.ts";
import { measureOneLead } from "./one-lead.ts";
import { measureReports } from "./reports.ts";

/** All of them are better when they are smaller. */
type Times = Record<string, number>;

interface Comparison {
  what: string;
  empty: number;
  filled: number;
  ratio: number;
  /** Of so many rounds the median counts. */
  rounds: number;
}

export interface FilledFigures extends HistorySize {
  fillSeconds: number;
  mb: number;
  compared: Comparison[];
}

/** What a measure differs by from one time to the next anyway. */
const AS_QUICK = 1.1;

type Measure = (stores: Stores) => Promise<Times>;

const quick: Record<string, Measure> = {
  ack: async (stores) => {
    const { p50, p95 } = await measureAck(stores, 5);
    return { "webhook acknowledged, p50 ms": p50, "webhook acknowledged, p95 ms": p95 };
  },
  card: async (stores) => {
    const { p50, p95 } = await measureCard(stores, 5, 1_000);
    return { "deal card, p50 ms": p50, "deal card, p95 ms": p95 };
  },
};

/** By the names that the bench has for them. */
const all: Record<string, Measure> = {
  ack: async (stores) => {
    const { p50, p99 } = await measureAck(stores);
    return { "webhook acknowledged, p50 ms": p50, "webhook acknowledged, p99 ms": p99 };
  },
  capacity: async (stores) => ({ "door at its limit, µs a webhook": 1e6 / (await measureCapacity(stores)).perSecond }),
  burst: async (stores) => {
    const { secondsAfterLastWebhook, peakMiB } = await measureBurst(stores);
    return { "burst, s": secondsAfterLastWebhook, "memory in the burst, MiB": peakMiB };
  },
  oneLead: async (stores) => ({ "one lead, median ms": (await measureOneLead(stores)).medianMs }),
  kill: async (stores) => ({
    "worker killed, s until written back": (await measureKill(stores)).secondsUntilAllWritten,
  }),
  card: async (stores) => {
    const { p50, p95 } = await measureCard(stores);
    return { "deal card, p50 ms": p50, "deal card, p95 ms": p95 };
  },
  reports: async (stores) => {
    const { worstMs, export: taken } = await measureReports(stores);
    return {
      "slowest report, ms": Math.max(...Object.values(worstMs)),
      "export, s": taken.seconds,
      "slowest export of what belongs to deals, s": Math.max(...Object.values(taken.othersSeconds)),
    };
  },
  fairByAccount: async (stores) => ({
    "fair by account, s": (await measureFairness(stores, "account")).secondsForTheSmall,
  }),
  fairByAddress: async (stores) => ({
    "fair by address, s": (await measureFairness(stores, "address")).secondsForTheSmall,
  }),
  gate: async (stores) => ({ "gate, p95 ms": (await measureGate(stores)).p95 }),
  intake: async (stores) => ({ "form answered, p95 ms": (await measureIntake(stores)).p95 }),
  engagement: async (stores) => {
    const { ack, newsletter, stageChange } = await measureEngagement(stores);
    return {
      "Customer.io's webhook acknowledged, p99 ms": ack.p99,
      "newsletter acknowledged, p99 ms": newsletter.p99,
      "move until Customer.io has it, p50 ms": stageChange.p50,
    };
  },
};

/** What may be measured beside years of work alone, as it takes an hour to measure all of it. */
export const measuredFilled: readonly string[] = Object.keys(all);

/**
 * The other measures on an empty database and beside years of work, in turn, so that both see the same machine.
 * @param only these of the long ones
 */
export async function measureFilled(
  stores: Stores,
  size: HistorySize,
  long: boolean,
  only: readonly string[] = [],
): Promise<FilledFigures> {
  const history = await makeHistory(stores, size);
  const rounds = long ? 3 : 1;
  try {
    const compared: Comparison[] = [];
    for (const [name, measure] of Object.entries(long || only.length > 0 ? all : quick)) {
      if (only.length === 0 || only.includes(name)) compared.push(...(await compare(stores, history, measure, rounds)));
    }
    return { ...size, fillSeconds: history.seconds, mb: history.mb, compared };
  } finally {
    await history.drop();
  }
}

/** A round in which everything is as quick beside the history is enough; else the median of all rounds counts, not the luckiest. */
async function compare(
  stores: Stores,
  history: History,
  measure: (stores: Stores) => Promise<Times>,
  rounds: number,
): Promise<Comparison[]> {
  const [empty, filled]: [Times[], Times[]] = [[], []];
  for (;;) {
    empty.push(await measure(stores));
    filled.push(await measure(history.stores));
    await history.dropCopies();
    const compared = Object.keys(empty[0]!).map((what) => {
      const [without, beside] = [median(empty, what), median(filled, what)];
      const ratio = Number((beside / without).toFixed(2));
      return { what, empty: without, filled: beside, ratio, rounds: empty.length };
    });
    // It takes the better part of an hour, so each is told as it comes.
    for (const { what, ratio } of compared) console.log(`filled         ${what}: ${ratio}×`);
    if (empty.length === rounds || (empty.length === 1 && compared.every(({ ratio }) => ratio <= AS_QUICK)))
      return compared;
  }
}

function median(rounds: readonly Times[], what: string): number {
  const values = rounds.map((times) => times[what]!).sort((a, b) => a - b);
  return Number(values[values.length >> 1]!.toFixed(1));
}
