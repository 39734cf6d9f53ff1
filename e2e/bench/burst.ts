import { setTimeout as sleep } from "node:timers/promises";
import { writtenLeads } from "../stage/progress.ts";
import { pssOf, Stage, type Stores } from "../stage/stage.ts";

const SETTLE_SECONDS = 5;

export interface BurstFigures {
  leads: number;
  /** From the last webhook until the last lead is written back, settle time excluded. */
  secondsAfterLastWebhook: number;
  kommoCallsPerLead: number;
  modelCallsPerLead: number;
  lost: number;
  rateLimited: number;
  idleMiB: number;
  peakMiB: number;
}

const note =
  "We need a CRM for 12 sales reps, the budget of 20 000 EUR is approved. I decide, and we want to start in March.";

/** 2 000 leads in 10 s in one account; Kommo takes 120 ms a call and 7 calls a second, the model 800 ms. */
export async function measureBurst(stores: Stores, leads = 2_000): Promise<BurstFigures> {
  const stage = await Stage.open(stores, { kommo: { latencyMs: 120 }, openai: { latencyMs: 800 } });
  try {
    const [account] = await stage.install(1, { settleSeconds: SETTLE_SECONDS });
    await stage.control("ledger/reset");
    const server = stage.servers[0]!.child;
    const idleMiB = pssOf(server);
    let peakMiB = idleMiB;
    const watch = setInterval(() => {
      peakMiB = Math.max(peakMiB, pssOf(server));
    }, 500);
    const inquiries = Array.from({ length: leads }, (_, n) => ({
      name: `Inquiry ${n}`,
      note,
      contact: { name: `Ana Reyes ${n}`, email: `ana@client${n}.test` },
    }));
    await stage.control("leads/create-many", { account: account!.accountId, leads: inquiries, over_ms: 10_000 });
    const last = performance.now();
    await stage.until("every lead is written back", async () => (await writtenLeads(stage)) >= leads, 300_000, 200);
    const seconds = (performance.now() - last) / 1000 - SETTLE_SECONDS;
    // Echoes of our own writes are part of the cost.
    await sleep(3_000);
    clearInterval(watch);
    return {
      ...(await countCalls(stage, account!.accountId, leads)),
      secondsAfterLastWebhook: round(seconds),
      idleMiB,
      peakMiB,
    };
  } finally {
    await stage.close();
  }
}

interface Summary {
  requests: { total: { requests: number; byStatus: Record<string, number> } };
}

async function countCalls(stage: Stage, account: number, leads: number) {
  const { requests } = await stage.control<Summary>("ledger/summary", { account });
  const calls = requests.total.requests;
  const rateLimited = requests.total.byStatus["429"] ?? 0;
  const { calls: modelCalls } = await stage.openai<{ calls: number }>("totals");
  const states = await stage.control<Record<string, { fields: Record<string, unknown> }>>("leads/read", { account });
  const done = Object.values(states).filter((lead) => lead.fields.DEALSCOPE_SUMMARY).length;
  return {
    leads,
    kommoCallsPerLead: round(calls / leads, 3),
    modelCallsPerLead: round(modelCalls / leads, 3),
    lost: leads - done,
    rateLimited,
  };
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
