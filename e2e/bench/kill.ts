import { setTimeout as sleep } from "node:timers/promises";
import { Stage, type Stores } from "./stage.ts";

export interface KillFigures {
  leads: number;
  /** From the kill until the first lead that the dead worker held was decided by another, in seconds. */
  secondsUntilItsLeadsGoOn: number;
  written: number;
  /** Answers of the model that were bought again although one was kept. */
  boughtTwice: number;
}

/** Two workers in a burst; one of them is killed with SIGKILL. */
export async function measureKill(stores: Stores, leads = 400): Promise<KillFigures> {
  const stage = await Stage.open(stores, {
    kommo: { latencyMs: 120 },
    openai: { latencyMs: 800 },
    roles: ["web", "worker", "worker"],
  });
  try {
    const [account] = await stage.install(1, { settleSeconds: 1 });
    const lead = { name: "Inquiry {n}", note: "We need it in March and the budget is approved." };
    await stage.control("leads/create-many", { account: account!.accountId, count: leads, lead, over_ms: 2_000 });
    await stage.until("work is under way", async () => (await leased(stage)).length > 10, 30_000, 10);
    await sleep(500);
    const victim = await busier(stage);
    const held = await leased(stage);
    victim.child.kill("SIGKILL");
    const killed = performance.now();
    const decided = async () =>
      (await stage.sql<{ n: number }>("SELECT count(*)::int AS n FROM verdict WHERE lead_id = ANY($1)", [held]))[0]
        ?.n ?? 0;
    const before = await decided();
    await stage.until("its leads go on", async () => (await decided()) > before, 60_000, 25);
    const seconds = (performance.now() - killed) / 1000;
    const written = async () =>
      (await stage.sql<{ n: number }>("SELECT count(DISTINCT lead_id)::int AS n FROM write WHERE state = 'sent'"))[0]
        ?.n ?? 0;
    await stage.until("every lead is written back", async () => (await written()) >= leads);
    const [twice] = await stage.sql<{ n: number }>(
      "SELECT (count(*) - count(DISTINCT (lead_id, input_hash)))::int AS n FROM verdict WHERE model IS NOT NULL",
    );
    return {
      leads,
      secondsUntilItsLeadsGoOn: Number(seconds.toFixed(1)),
      written: await written(),
      boughtTwice: twice?.n ?? 0,
    };
  } finally {
    await stage.close();
  }
}

async function leased(stage: Stage): Promise<number[]> {
  const rows = await stage.sql<{ subject: number }>(
    "SELECT subject FROM work WHERE kind = 'qualify' AND leased_until > now()",
  );
  return rows.map((row) => Number(row.subject));
}

/** One account's turn is with one worker: the one that uses more processor time. */
async function busier(stage: Stage) {
  const { readFileSync } = await import("node:fs");
  const ticks = (pid: number | undefined) => Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[13]);
  return stage.servers.slice(1).reduce((a, b) => (ticks(a.child.pid) >= ticks(b.child.pid) ? a : b));
}
