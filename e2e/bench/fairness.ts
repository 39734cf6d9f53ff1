import { Stage, type Stores } from "../stage/stage.ts";

const SMALL = 49;
const QUEUE = 10_000;

export interface FairnessFigures {
  counting: "account" | "address";
  /** Until the last of the 49 accounts with one lead each was done. */
  secondsForTheSmall: number;
  meanSeconds: number;
  blocked: number;
}

/** One account has 10 000 leads queued; 49 accounts get one lead each. */
export async function measureFairness(stores: Stores, counting: "account" | "address"): Promise<FairnessFigures> {
  const stage = await Stage.open(stores, {
    kommo: { switches: { ratePerSecond: 1_000 } },
    openai: { latencyMs: 800 },
    env: { KOMMO_ACCOUNT_RPS: "200", KOMMO_EGRESS_RPS: "1000" },
  });
  try {
    // Fifty accounts are not connected at one moment: that goes without limits, what is measured does not.
    const accounts = await stage.install(SMALL + 1, { settleSeconds: 1 });
    await stage.control("switches/set", { ratePerSecond: 7, rateUnit: counting, latencyMs: 120 });
    // Who knows that Kommo counts by account may say so; who does not keeps to seven for the whole address.
    await stage.restartServer({
      KOMMO_ACCOUNT_RPS: "7",
      KOMMO_EGRESS_RPS: counting === "account" ? "350" : "7",
    });
    await stage.control("ledger/reset");
    const [large, ...small] = accounts.map((a) => a.accountId);
    await stage.control("hooks/weather", { dropRate: 1 });
    const note = "We need it in March and the budget is approved.";
    const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", {
      account: large,
      count: QUEUE,
      lead: { name: "Inquiry {n}", note },
    });
    await stage.sql(
      "INSERT INTO work (account_id, kind, subject, priority, due_at) SELECT $1, 'qualify', unnest($2::bigint[]), 2, now()",
      [large, ids],
    );
    await stage.control("hooks/weather", {});
    const started = performance.now();
    for (const account of small) await stage.control("leads/create", { account, name: "The only one", note });
    const times = new Map<number, number>();
    await stage.until("the small accounts are done", async () => {
      const rows = await stage.sql<{ account_id: number }>(
        "SELECT DISTINCT account_id FROM write WHERE state = 'sent' AND id > 0 AND account_id <> $1",
        [large],
      );
      for (const { account_id } of rows)
        if (!times.has(account_id)) times.set(account_id, (performance.now() - started) / 1000 - 1);
      return times.size === SMALL;
    });
    const all = [...times.values()];
    const { requests } = await stage.control<{ requests: { total: { byStatus: Record<string, number> } } }>(
      "ledger/summary",
    );
    return {
      counting,
      secondsForTheSmall: Number(Math.max(...all).toFixed(1)),
      meanSeconds: Number((all.reduce((a, b) => a + b, 0) / all.length).toFixed(1)),
      blocked: (requests.total.byStatus["429"] ?? 0) + (requests.total.byStatus["403"] ?? 0),
    };
  } finally {
    await stage.close();
  }
}
