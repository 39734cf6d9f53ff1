import { setTimeout as sleep } from "node:timers/promises";
import { writtenLeads } from "../stage/progress.ts";
import { Stage, type Stores } from "../stage/stage.ts";
import { CALLS_ON_THE_WAY, holdAt, moveWrongly, stagesOf } from "./gated-deals.ts";

const LATENCY_MS = 120;
/** Each leaves a task and a note too: more often, and Kommo's limit is what is measured. */
const EVERY_MS = 2_000;

export interface GateFigures {
  backfilled: number;
  /** Made while the backfill was under way. */
  moves: number;
  /** From the wrong move until the deal is back, Kommo's own time on the way taken away; in ms. */
  p50: number;
  p95: number;
  worst: number;
  /** Of the backfill, when the last deal was back. */
  left: number;
}

/** Deals are moved where they may not be for as long as a backfill of 10 000 leads uses all that Kommo's limit leaves. */
export async function measureGate(stores: Stores, leads = 10_000, most = 60): Promise<GateFigures> {
  const stage = await Stage.open(stores, {
    kommo: { switches: { ratePerSecond: 1_000 } },
    openai: { latencyMs: 800 },
    env: { KOMMO_ACCOUNT_RPS: "7", KOMMO_EGRESS_RPS: "7" },
  });
  try {
    const [account] = await stage.install(1, { settleSeconds: 1 });
    const { accountId } = account!;
    const { pipelineId, first, gated } = await stagesOf(stage, accountId);
    await holdAt(stage, accountId, pipelineId, gated);
    await stage.control("hooks/weather", { dropRate: 1 });
    const deals = await createMany(stage, accountId, most, { name: "Deal {n}", status_id: first });
    const note = "We need it in March and the budget is approved.";
    const queue = await createMany(stage, accountId, leads, { name: "Inquiry {n}", note, status_id: first });
    await stage.control("hooks/weather", {});
    await stage.control("switches/set", { ratePerSecond: 7, latencyMs: LATENCY_MS });
    await stage.sql(
      "INSERT INTO work (account_id, kind, subject, priority, due_at) SELECT $1, 'qualify', unnest($2::bigint[]), 4, now()",
      [accountId, queue],
    );
    await stage.until("the backfill is under way", async () => (await writtenLeads(stage)) > 0);
    const times: number[] = [];
    let left = leads;
    for (const id of deals) {
      const took = await moveWrongly(stage, accountId, id, { first, gated });
      const unjudged = await waiting(stage, queue);
      if (unjudged === 0) break;
      left = unjudged;
      times.push(took - CALLS_ON_THE_WAY * LATENCY_MS);
      await sleep(EVERY_MS);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0);
    return { backfilled: leads, moves: times.length, p50: at(0.5), p95: at(0.95), worst: at(1), left };
  } finally {
    await stage.close();
  }
}

async function waiting(stage: Stage, leads: readonly number[]): Promise<number> {
  const [row] = await stage.sql<{ left: number }>(
    "SELECT count(*)::int AS left FROM work WHERE kind = 'qualify' AND subject = ANY($1)",
    [leads],
  );
  return row?.left ?? 0;
}

async function createMany(stage: Stage, account: number, count: number, lead: object): Promise<number[]> {
  const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", { account, count, lead });
  return ids;
}
