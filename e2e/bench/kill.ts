import { setTimeout as sleep } from "node:timers/promises";
import { Stage, type Stores } from "../stage/stage.ts";

export interface KillFigures {
  leads: number;
  /** Leads that the dead worker was working on. */
  held: number;
  /** From the kill until each of them was taken up by the other worker, in seconds. */
  secondsUntilAllGoOn: number;
  /** From the kill until each of them was written back, in seconds. */
  secondsUntilAllWritten: number;
  written: number;
  /** Answers of the model that were bought again although one was kept. */
  boughtTwice: number;
}

/** A burst, two workers; the one that has it is killed with SIGKILL. */
export async function measureKill(stores: Stores, leads = 400): Promise<KillFigures> {
  const stage = await Stage.open(stores, {
    kommo: { latencyMs: 120 },
    openai: { latencyMs: 800 },
    roles: ["web", "worker", "worker"],
  });
  try {
    const [account] = await stage.install(1, { settleSeconds: 1 });
    const [, victim, other] = stage.servers;
    // So that every lease is the victim's.
    other?.child.kill("SIGSTOP");
    const lead = { name: "Inquiry {n}", note: "We need it in March and the budget is approved." };
    await stage.control("leads/create-many", { account: account!.accountId, count: leads, lead, over_ms: 2_000 });
    await stage.until("work is under way", async () => (await leased(stage)).length > 10, 30_000, 10);
    await sleep(500);
    victim?.child.kill("SIGKILL");
    const killed = performance.now();
    const held = await leased(stage);
    other?.child.kill("SIGCONT");
    const passed = () => Number(((performance.now() - killed) / 1000).toFixed(1));
    const tokens = held.map((row) => row.token);
    await stage.until(
      "its leads go on",
      async () => !(await leased(stage)).some(({ token }) => tokens.includes(token)),
    );
    const secondsUntilAllGoOn = passed();
    const writtenOf = async (ids: number[] | null) =>
      (
        await stage.sql<{ n: number }>(
          `SELECT count(DISTINCT lead_id)::int AS n FROM write
            WHERE state = 'sent' AND id > 0 AND ($1::bigint[] IS NULL OR lead_id = ANY($1))`,
          [ids],
        )
      )[0]?.n ?? 0;
    const theirs = held.map((row) => row.subject);
    await stage.until("its leads are written back", async () => (await writtenOf(theirs)) === held.length);
    const secondsUntilAllWritten = passed();
    await stage.until("every lead is written back", async () => (await writtenOf(null)) >= leads);
    const [twice] = await stage.sql<{ n: number }>(
      "SELECT (count(*) - count(DISTINCT (lead_id, input_hash)))::int AS n FROM verdict WHERE model IS NOT NULL",
    );
    return {
      leads,
      held: held.length,
      secondsUntilAllGoOn,
      secondsUntilAllWritten,
      written: await writtenOf(null),
      boughtTwice: twice?.n ?? 0,
    };
  } finally {
    await stage.close();
  }
}

function leased(stage: Stage): Promise<{ subject: number; token: string }[]> {
  return stage.sql("SELECT subject, lease_token AS token FROM work WHERE kind = 'qualify' AND lease_token IS NOT NULL");
}
