import { writtenLeads } from "../stage/progress.ts";
import { Stage, type Stores } from "../stage/stage.ts";
import { updateBody } from "./load.ts";

const SETTLE_SECONDS = 1;
const LEADS = 20;

export interface OneLeadFigures {
  /** Ours: from the creation until written back, settle time and upstream latency taken away; in ms. */
  medianMs: number;
  worstMs: number;
  startToFirstAcceptedMs: number;
  /** Input tokens of one short lead with the default rubric, and how many of them come from the provider's cache. */
  tokens: number;
  cachedTokens: number;
}

/** One lead after the other on an idle system whose upstreams answer at once. */
export async function measureOneLead(stores: Stores): Promise<OneLeadFigures> {
  const stage = await Stage.open(stores);
  try {
    const [account] = await stage.install(1, { settleSeconds: SETTLE_SECONDS });
    const times: number[] = [];
    for (let i = 0; i < LEADS; i++) {
      const lead = {
        name: `Inquiry ${i}`,
        note: "We need it in March and the budget is approved.",
        account: account!.accountId,
      };
      const created = performance.now();
      const { id } = await stage.control<{ id: number }>("leads/create", lead);
      const sent = async () =>
        (await stage.sql("SELECT 1 FROM write WHERE lead_id = $1 AND state = 'sent'", [id])).length > 0;
      await stage.until("the lead is written back", sent, 30_000, 3);
      times.push(performance.now() - created - SETTLE_SECONDS * 1000);
    }
    times.sort((a, b) => a - b);
    const { calls, usage } = await stage.openai<{ calls: number; usage: { prompt: number; cached: number } }>("totals");
    return {
      medianMs: Math.round(times[LEADS >> 1] ?? 0),
      worstMs: Math.round(times.at(-1) ?? 0),
      tokens: Math.round(usage.prompt / calls),
      // The first call writes the cache, the others read it.
      cachedTokens: Math.round(usage.cached / (calls - 1)),
      startToFirstAcceptedMs: await startToFirstAccepted(stage, account!.hookUrl, account!.accountId),
    };
  } finally {
    await stage.close();
  }
}

/** From the start of the process until a webhook is accepted; the database is migrated. */
async function startToFirstAccepted(stage: Stage, hookUrl: string, accountId: number): Promise<number> {
  const first = stage.servers[0]!;
  first.child.kill("SIGKILL");
  const started = performance.now();
  const again = await stage.startServer();
  const url = new URL(new URL(hookUrl).pathname, again.url);
  const answer = await fetch(url, { method: "POST", body: updateBody(accountId, 1, 1) });
  if (answer.status !== 204) throw new Error(`The first webhook was answered with ${answer.status}.`);
  return Math.round(performance.now() - started);
}

export interface TripleFigures {
  leads: number;
  modelCalls: number;
}

/** Every webhook arrives three times: twice while the lead settles, and once more when it is judged and written back. */
export async function measureTriple(stores: Stores, leads = 100): Promise<TripleFigures> {
  const stage = await Stage.open(stores);
  try {
    const [account] = await stage.install(1, { settleSeconds: 2 });
    const { accountId, hookUrl } = account!;
    await stage.control("hooks/weather", { account: accountId, dropRate: 1 });
    const lead = { name: "Inquiry {n}: CRM for 12 sales reps, budget approved, start in March" };
    const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", {
      account: accountId,
      count: leads,
      lead,
    });
    const deliver = async () => {
      for (const [n, id] of ids.entries()) await fetch(hookUrl, { method: "POST", body: updateBody(accountId, id, n) });
    };
    await deliver();
    await deliver();
    await stage.until("every lead is written back", async () => (await writtenLeads(stage)) === leads);
    await deliver();
    const left = async () =>
      (
        await stage.sql<{ n: number }>(
          `SELECT (SELECT count(*) FROM delivery WHERE state = 'new')::int
                + (SELECT count(*) FROM work WHERE kind = 'qualify' AND state = 'open')::int AS n`,
        )
      )[0]?.n;
    await stage.until("the third ones are dealt with", async () => (await left()) === 0);
    const { calls } = await stage.openai<{ calls: number }>("totals");
    return { leads, modelCalls: calls };
  } finally {
    await stage.close();
  }
}
