import { isDone, writtenLeads } from "../stage/progress.ts";
import { pssOf, Stage, type Stores } from "../stage/stage.ts";
import { atRate, type LoadFigures, updateBody } from "./load.ts";
import { mean } from "./slope.ts";

const ACCOUNTS = 50;
const PER_SECOND = 200;
const LEADS_EACH = 10;

export interface ManyAccountsFigures extends LoadFigures {
  seconds: number;
  accounts: number;
  lost: number;
  /** From the last webhook until all of them are read and everything they ask for is done. */
  secondsUntilDone: number;
  /** From stored until read, in ms, p95 of each account: of the loud one, and of the others. */
  loudMs: number;
  meanMs: number;
  slowestMs: number;
  /** Of the server, in MiB. */
  idleMiB: number;
  peakMiB: number;
}

/** 200 webhooks a second of 50 accounts, half of them of one, while all are worked off; Kommo counts by account. */
export async function measureManyAccounts(stores: Stores, seconds: number): Promise<ManyAccountsFigures> {
  const stage = await Stage.open(stores, {
    kommo: { latencyMs: 120, switches: { rateUnit: "account" } },
    openai: { latencyMs: 800 },
    env: { KOMMO_EGRESS_RPS: String(7 * ACCOUNTS) },
  });
  try {
    const accounts = await stage.install(ACCOUNTS, { settleSeconds: 1 });
    const leads = new Map<number, number[]>();
    for (const { accountId: account } of accounts) {
      const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", {
        ...{ account, count: LEADS_EACH, lead: { name: "Inquiry {n}", note: "We need it in March, and I decide." } },
      });
      leads.set(account, ids);
    }
    const all = ACCOUNTS * LEADS_EACH;
    await stage.until("every lead is judged", async () => (await writtenLeads(stage)) === all);
    await stage.until("nothing is left to do", () => isDone(stage));

    const server = stage.servers[0]!.child;
    const idleMiB = pssOf(server);
    let peakMiB = idleMiB;
    const watch = setInterval(() => {
      peakMiB = Math.max(peakMiB, pssOf(server));
    }, 500);
    const last = await newestDelivery(stage);
    const [loud, ...others] = accounts;
    const load = await atRate(
      (n) => {
        // Every other one is of the loud account, the rest of each of the others in turn.
        const { accountId, hookUrl } = n % 2 === 0 ? loud! : others[(n >> 1) % others.length]!;
        return { url: hookUrl, body: updateBody(accountId, leads.get(accountId)![(n >> 2) % LEADS_EACH]!, n) };
      },
      PER_SECOND,
      seconds,
    );
    const ended = performance.now();
    await stage.until("all is read and done", () => isDone(stage));
    const secondsUntilDone = Number(((performance.now() - ended) / 1000).toFixed(1));
    clearInterval(watch);
    return {
      ...load,
      ...{ seconds, accounts: ACCOUNTS, secondsUntilDone, idleMiB, peakMiB },
      ...(await waitsOf(stage, last, loud!.accountId)),
      lost: load.sent - load.refused - (await readSince(stage, last)),
    };
  } finally {
    await stage.close();
  }
}

async function newestDelivery(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ id: number }>("SELECT coalesce(max(id), 0) AS id FROM delivery");
  return row?.id ?? 0;
}

/** Those that this measure has sent; Kommo's echoes of what is written back do not speak of this field. */
const OURS = "id > $1 AND body LIKE '%910003%'";

async function readSince(stage: Stage, last: number): Promise<number> {
  const [row] = await stage.sql<{ n: number }>(
    `SELECT count(*) AS n FROM delivery WHERE ${OURS} AND state IN ('done', 'duplicate')`,
    [last],
  );
  return row?.n ?? 0;
}

async function waitsOf(stage: Stage, last: number, loud: number) {
  const rows = await stage.sql<{ account_id: number; ms: number }>(
    `SELECT account_id, 1000 * percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM unpacked_at - received_at)) AS ms
       FROM delivery WHERE ${OURS} GROUP BY account_id`,
    [last],
  );
  const others = rows.filter(({ account_id }) => account_id !== loud).map(({ ms }) => ms);
  return {
    loudMs: Math.round(rows.find(({ account_id }) => account_id === loud)?.ms ?? 0),
    meanMs: Math.round(mean(others)),
    slowestMs: Math.round(Math.max(...others)),
  };
}
