import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTo, type MailWorkspace } from "../demo/mails.ts";
import { Stage, type Stores } from "../stage/stage.ts";
import { CALLS_ON_THE_WAY, holdAt, moveWrongly, stagesOf } from "./gated-deals.ts";
import { atRate, type LoadFigures } from "./load.ts";
import { type News, type Reader, readersOf, webhookOf, whatBecomes } from "./newsletter.ts";

const PER_SECOND = 500;
const KOMMO_TAKES_MS = 120;
const MODEL_TAKES_MS = 800;
const SETTLE_SECONDS = 1;
/** By the server, which looks at them again after five seconds. */
const SETTINGS_ARE_KEPT_MS = 5_500;
const EVERY_MS = 1_500;
const MOVES = 20;

interface Times {
  count: number;
  p50: number;
  p95: number;
  worst: number;
}

export interface EngagementFigures {
  recipients: number;
  /** That the newsletter was sent, told on an idle system. */
  ack: LoadFigures;
  /** The same bodies at the same time to a server that stores nothing. */
  reference: LoadFigures;
  /** Our p99 to its. */
  ratio: number;
  /** What became of its mails, while the rest goes on. */
  newsletter: LoadFigures;
  lost: number;
  /** From a wrong move until the deal is back, and from a lead until its verdict is written; meanwhile, upstream time taken away. */
  gate: Times;
  verdict: Times;
  /** From the last webhook until all of them are read; and what Kommo was asked for from the first one on. */
  secondsUntilRead: number;
  kommoCalls: number;
  rateLimited: number;
  /** From a move in Kommo until Customer.io has its event, on an idle system. */
  stageChange: Times;
}

/** Mails of 5 000 readers are told of at 500 a second; gates and verdicts go on meanwhile. Then moves, told one by one. */
export async function measureEngagement(stores: Stores, recipients = 5_000): Promise<EngagementFigures> {
  const stageChange = await measureStageChange(stores);
  return { recipients, ...(await measureNewsletter(stores, recipients)), stageChange };
}

async function measureNewsletter(stores: Stores, recipients: number) {
  const stage = await Stage.open(stores, {
    kommo: { switches: { ratePerSecond: 1_000 } },
    openai: { latencyMs: MODEL_TAKES_MS },
    env: { KOMMO_ACCOUNT_RPS: "7", KOMMO_EGRESS_RPS: "7" },
  });
  const reference = fork(new URL("reference-mail-door.ts", import.meta.url).pathname);
  try {
    const [referenceUrl] = (await once(reference, "message")) as [string];
    const [account] = await stage.install(1, { settleSeconds: SETTLE_SECONDS });
    const { accountId } = account!;
    const stages = await stagesOf(stage, accountId);
    const door = await connect(stage, accountId);
    await stage.control("hooks/weather", { dropRate: 1 });
    const readers = await readersOf(stage, accountId, recipients, stages);
    await stage.control("hooks/weather", {});
    await holdAt(stage, accountId, stages.pipelineId, stages.gated);
    await sleep(SETTINGS_ARE_KEPT_MS);
    await stage.control("switches/set", { ratePerSecond: 7, latencyMs: KOMMO_TAKES_MS });
    await stage.control("ledger/reset");

    const told = (url: string, news: News) => webhookOf(url, door.signingKey, readers[news.place]!, news);
    const sent = (url: string) => (n: number) => told(url, { place: n % recipients, metric: "sent" });
    const seconds = recipients / PER_SECOND;
    const [ack, plain] = await Promise.all([
      atRate(sent(door.url), PER_SECOND, seconds),
      atRate(sent(referenceUrl), PER_SECOND, seconds),
    ]);
    const news = whatBecomes(recipients);
    const meanwhile = new Meanwhile(stage, accountId, stages, readers);
    const load = atRate((n) => told(door.url, news[n % news.length]!), PER_SECOND, news.length / PER_SECOND);
    const [newsletter, gate, verdict] = await Promise.all([
      load,
      meanwhile.repeat((n) => meanwhile.moveWrongly(n), load),
      meanwhile.repeat((n) => meanwhile.judge(n), load),
    ]);
    const last = performance.now();
    await stage.until("every webhook is read", async () => (await unread(stage)) === 0);
    const secondsUntilRead = Number(((performance.now() - last) / 1000).toFixed(1));
    return {
      ...{ ack, reference: plain, ratio: Number((ack.p99 / plain.p99).toFixed(1)), newsletter, gate, verdict },
      lost: ack.sent + newsletter.sent - (await stored(stage)),
      secondsUntilRead,
      ...(await callsOf(stage, accountId)),
    };
  } finally {
    reference.disconnect();
    await stage.close();
  }
}

/** What must not suffer from a newsletter. */
class Meanwhile {
  readonly #stage: Stage;
  readonly #account: number;
  readonly #stages: { first: number; gated: number };
  readonly #readers: Reader[];

  constructor(stage: Stage, account: number, stages: { first: number; gated: number }, readers: Reader[]) {
    this.#stage = stage;
    this.#account = account;
    this.#stages = stages;
    this.#readers = readers;
  }

  /** Again and again for as long as the load lasts. */
  async repeat(measure: (n: number) => Promise<number>, load: Promise<unknown>): Promise<Times> {
    let goesOn = true;
    void load.then(() => {
      goesOn = false;
    });
    const times: number[] = [];
    for (let n = 0; goesOn; n++) {
      times.push(await measure(n));
      await sleep(EVERY_MS);
    }
    return timesOf(times);
  }

  async moveWrongly(n: number): Promise<number> {
    const took = await moveWrongly(this.#stage, this.#account, this.#readers[n * 7]!.leadId, this.#stages);
    return took - CALLS_ON_THE_WAY * KOMMO_TAKES_MS;
  }

  /** In ms until the verdict of a new lead is written. */
  async judge(n: number): Promise<number> {
    const note = "We need it in March and the budget is approved.";
    const created = performance.now();
    const { id } = await this.#stage.control<{ id: number }>("leads/create", {
      account: this.#account,
      name: `Inquiry ${n}`,
      note,
    });
    const isWritten = async () =>
      (await this.#stage.sql("SELECT 1 FROM write WHERE lead_id = $1 AND state = 'sent'", [id])).length > 0;
    await this.#stage.until("the lead is written back", isWritten, 60_000, 20);
    const upstream = SETTLE_SECONDS * 1000 + MODEL_TAKES_MS + CALLS_ON_THE_WAY * KOMMO_TAKES_MS;
    return performance.now() - created - upstream;
  }
}

/** One deal after the other is moved on an idle system whose upstreams answer at once. */
async function measureStageChange(stores: Stores): Promise<Times> {
  const stage = await Stage.open(stores, { kommo: { switches: { ratePerSecond: 1_000 } } });
  try {
    const [account] = await stage.install(1, { settleSeconds: 0 });
    const { accountId } = account!;
    const { first, gated: second } = await stagesOf(stage, accountId);
    await connect(stage, accountId);
    await sleep(SETTINGS_ARE_KEPT_MS);
    const times: number[] = [];
    for (let n = 0; n < MOVES; n++) {
      const email = `mover-${n}@bench.example`;
      const lead = { account: accountId, name: `Deal ${n}`, status_id: first, contact: { name: "Mover", email } };
      const { id } = await stage.control<{ id: number }>("leads/create", lead);
      await stage.until("the deal is known", () => hasEvent(stage, email, "deal_created"), 30_000);
      await stage.until("nothing is left to do", async () => (await openWork(stage)) === 0, 30_000);
      const moved = performance.now();
      await stage.control("leads/move", { account: accountId, id, status_id: second });
      await stage.until("Customer.io knows", () => hasEvent(stage, email, "deal_stage_changed"), 30_000, 3);
      times.push(performance.now() - moved);
    }
    return timesOf(times);
  } finally {
    await stage.close();
  }
}

async function connect(stage: Stage, account: number): Promise<{ url: string; signingKey: string }> {
  const workspace = await stage.mails<MailWorkspace>("workspaces/create");
  const { key } = await stage.mails<{ key: string }>("webhooks/signing-key", { workspace: workspace.id });
  await connectTo(workspace, key, await stage.api(account));
  const [webhook] = await stage.mails<{ endpoint: string }[]>("webhooks/list", { workspace: workspace.id });
  return { url: webhook!.endpoint, signingKey: key };
}

function timesOf(times: number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), worst: at(1) };
}

/** A person of the stand-in has it; whoever is not there yet has nothing. */
async function hasEvent(stage: Stage, email: string, name: string): Promise<boolean> {
  const people = await stage.mails<{ cio_id: string; email: string | null }[]>("people/list");
  const person = people.find((one) => one.email === email);
  if (!person) return false;
  const { events } = await stage.mails<{ events: { name: string }[] }>("people/show", { cio_id: person.cio_id });
  return events.some((event) => event.name === name);
}

async function openWork(stage: Stage): Promise<number> {
  return count(
    stage,
    `SELECT (SELECT count(*) FROM delivery WHERE state = 'new') + (SELECT count(*) FROM write WHERE state = 'due')
          + (SELECT count(*) FROM customerio_write WHERE state = 'due')
          + (SELECT count(*) FROM work WHERE state = 'open' AND due_at <= app_now())`,
  );
}

const unread = (stage: Stage) =>
  count(stage, "SELECT count(*) FROM delivery WHERE source = 'customerio' AND state = 'new'");
const stored = (stage: Stage) => count(stage, "SELECT count(*) FROM delivery WHERE source = 'customerio'");

async function count(stage: Stage, query: string): Promise<number> {
  const [row] = await stage.sql<{ n: number }>(`SELECT (${query})::int AS n`);
  return row?.n ?? 0;
}

async function callsOf(stage: Stage, account: number) {
  const { requests } = await stage.control<{
    requests: { total: { requests: number; byStatus: Record<string, number> } };
  }>("ledger/summary", { account });
  return { kommoCalls: requests.total.requests, rateLimited: requests.total.byStatus["429"] ?? 0 };
}
