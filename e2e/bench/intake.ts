import { fork } from "node:child_process";
import { once } from "node:events";
import { writtenLeads } from "../stage/progress.ts";
import { Stage, type Stores } from "../stage/stage.ts";
import { atRate, type LoadFigures } from "./load.ts";

const PER_SECOND = 20;
/** A key takes 300 requests a minute. */
const KEYS = 5;

export interface IntakeFigures extends LoadFigures {
  backfilled: number;
  /** Of the backfill, when the last request was answered: it must have been under way all the time. */
  left: number;
  /** The same requests at the same time to the plainest door on the same PostgreSQL. */
  reference: LoadFigures;
  /** Our p95 to its. */
  ratio: number;
}

/** 20 forms a second for some seconds, each of two new people and a company, while a backfill uses all that Kommo's limit leaves. */
export async function measureIntake(stores: Stores, leads = 4_000, seconds = 30): Promise<IntakeFigures> {
  const stage = await Stage.open(stores, {
    kommo: { switches: { ratePerSecond: 1_000 } },
    openai: { latencyMs: 800 },
    env: { KOMMO_ACCOUNT_RPS: "7", KOMMO_EGRESS_RPS: "7" },
  });
  const reference = fork(new URL("reference-door.ts", import.meta.url).pathname, [stores.ownerUrl]);
  try {
    const [referenceUrl] = (await once(reference, "message")) as [string];
    const [account] = await stage.install(1, { settleSeconds: 1 });
    const { accountId } = account!;
    const urls = await keysOf(stage, accountId);
    const queue = await backfill(stage, accountId, leads);
    const [ours, plain] = await Promise.all([
      atRate((n) => shot(urls[n % KEYS]!, n), PER_SECOND, seconds),
      atRate((n) => shot(referenceUrl, n), PER_SECOND, seconds),
    ]);
    const [{ left } = { left: 0 }] = await stage.sql<{ left: number }>(
      "SELECT count(*)::int AS left FROM work WHERE kind = 'qualify' AND subject = ANY($1)",
      [queue],
    );
    return { ...ours, backfilled: leads, left, reference: plain, ratio: Number((ours.p95 / plain.p95).toFixed(1)) };
  } finally {
    reference.disconnect();
    await stage.close();
  }
}

async function keysOf(stage: Stage, account: number): Promise<string[]> {
  const { ask } = await stage.api(account);
  const urls: string[] = [];
  for (let n = 0; n < KEYS; n++) {
    const answer = await ask("POST", "/api/intake/keys", { name: `Form ${n}` });
    urls.push((answer as { keys: { url: string }[] }).keys.at(-1)!.url);
  }
  return urls;
}

/** @returns the leads, of which the first are judged and written already */
async function backfill(stage: Stage, account: number, count: number): Promise<number[]> {
  await stage.control("hooks/weather", { dropRate: 1 });
  const lead = { name: "Inquiry {n}", note: "We need it in March and the budget is approved." };
  const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", { account, count, lead });
  await stage.control("hooks/weather", {});
  await stage.control("switches/set", { ratePerSecond: 7, latencyMs: 120 });
  await stage.sql(
    "INSERT INTO work (account_id, kind, subject, priority, due_at) SELECT $1, 'qualify', unnest($2::bigint[]), 4, now()",
    [account, ids],
  );
  await stage.until("the backfill is under way", async () => (await writtenLeads(stage)) > 0);
  return ids;
}

/** Each from an address of its own, as visitors are. */
function shot(url: string, n: number) {
  const body = {
    company: { name: `Company ${n}` },
    contacts: [
      { name: `Visitor ${n}`, email: `visitor-${n}@bench.example`, phone: `+1 415 555 ${String(n).padStart(4, "0")}` },
      { name: `Colleague ${n}`, email: `colleague-${n}@bench.example` },
    ],
    message: "We need it in March and the budget is approved.",
  };
  const headers = { "content-type": "application/json", "x-forwarded-for": `203.0.${(n >> 8) & 255}.${n & 255}` };
  return { url, body: JSON.stringify(body), headers };
}
