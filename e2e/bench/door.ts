import { fork } from "node:child_process";
import { once } from "node:events";
import { Stage, type Stores } from "../stage/stage.ts";
import { atConcurrency, atRate, type LoadFigures, updateBody } from "./load.ts";

const LEADS = 500;
const ABREAST = [16, 32, 64, 128, 256];
const LIMIT_MS = 100;

export interface AckFigures extends LoadFigures {
  lost: number;
}

/** 200 webhooks a second for a minute, while all of them are processed. */
export async function measureAck(stores: Stores, seconds = 60): Promise<AckFigures> {
  return onStage(stores, async (stage, hookUrl, bodyOf) => {
    const before = await stored(stage);
    const figures = await atRate((n) => ({ url: hookUrl, body: bodyOf(n) }), 200, seconds);
    return { ...figures, lost: figures.sent - ((await stored(stage)) - before) };
  });
}

export interface CapacityFigures {
  perSecond: number;
  referencePerSecond: number;
  ratio: number;
}

/** The highest rate with p99 within 100 ms, side by side with the plainest door on the same PostgreSQL. */
export async function measureCapacity(stores: Stores, seconds = 4): Promise<CapacityFigures> {
  return onStage(stores, async (_stage, hookUrl, bodyOf) => {
    const reference = fork(new URL("reference-door.ts", import.meta.url).pathname, [stores.ownerUrl]);
    const [referenceUrl] = (await once(reference, "message")) as [string];
    let perSecond = 0;
    let referencePerSecond = 0;
    for (const abreast of ABREAST) {
      // In turn, so that both see the same machine.
      const plain = await atConcurrency((n) => ({ url: referenceUrl, body: bodyOf(n) }), abreast, seconds);
      const ours = await atConcurrency((n) => ({ url: hookUrl, body: bodyOf(n) }), abreast, seconds);
      referencePerSecond = Math.max(referencePerSecond, sustained(plain));
      perSecond = Math.max(perSecond, sustained(ours));
    }
    reference.disconnect();
    return { perSecond, referencePerSecond, ratio: Number((perSecond / referencePerSecond).toFixed(2)) };
  });
}

/** A refusal is no answer, however fast it comes. */
function sustained({ p99, perSecond, refused }: LoadFigures): number {
  return p99 <= LIMIT_MS && refused === 0 ? perSecond : 0;
}

async function onStage<T>(
  stores: Stores,
  measure: (stage: Stage, hookUrl: string, bodyOf: (n: number) => string) => Promise<T>,
): Promise<T> {
  const stage = await Stage.open(stores, { openai: { latencyMs: 800 } });
  try {
    const [account] = await stage.install();
    const { accountId, hookUrl } = account!;
    const { ids } = await stage.control<{ ids: number[] }>("leads/create-many", { account: accountId, count: LEADS });
    // The measure starts with leads that are known and judged, not with the burst of their creation.
    await stage.until("the new leads are judged", async () => (await openWork(stage)) === 0);
    let happening = 0;
    return await measure(stage, hookUrl, () => updateBody(accountId, ids[happening % LEADS]!, happening++));
  } finally {
    await stage.close();
  }
}

async function openWork(stage: Stage): Promise<number> {
  const [row] = await stage.sql<{ n: number }>(
    `SELECT (SELECT count(*) FROM work WHERE kind = 'qualify' AND state = 'open')::int
          + (SELECT count(*) FROM write WHERE state = 'due')::int
          + (${LEADS} - (SELECT count(*) FROM verdict WHERE id > 0))::int AS n`,
  );
  return row?.n ?? 0;
}

async function stored(stage: Stage): Promise<number> {
  // Kommo's own echoes of what is written back come in as well and are not counted.
  const [row] = await stage.sql<{ n: number }>(
    "SELECT count(*)::int AS n FROM delivery WHERE id > 0 AND body LIKE '%910003%'",
  );
  return row?.n ?? 0;
}
