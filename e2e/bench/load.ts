import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What a stretch of load has shown; times in milliseconds. */
export interface LoadFigures {
  sent: number;
  perSecond: number;
  p50: number;
  p95: number;
  p99: number;
  worst: number;
  refused: number;
}

/** One request; without a body it is a GET. */
export interface Shot {
  url: string;
  body?: string;
  headers?: Record<string, string>;
}

/** Sends requests at a fixed rate, however slow the answers are, for some seconds or for as long as something goes on. */
export async function atRate(
  shotOf: (n: number) => Shot,
  perSecond: number,
  lasts: number | (() => boolean),
): Promise<LoadFigures> {
  const gun = new Gun();
  const started = performance.now();
  const total = typeof lasts === "number" ? perSecond * lasts : Number.POSITIVE_INFINITY;
  const goesOn = typeof lasts === "number" ? () => true : lasts;
  for (let n = 0; n < total && goesOn(); ) {
    const dueByNow = Math.min(total, Math.floor(((performance.now() - started) / 1000) * perSecond) + 1);
    while (n < dueByNow) gun.fire(shotOf(n++));
    await sleep(2);
  }
  await gun.quiet();
  return gun.figures((performance.now() - started) / 1000);
}

/** Keeps `abreast` requests under way for some seconds. */
export async function atConcurrency(
  shotOf: (n: number) => Shot,
  abreast: number,
  seconds: number,
): Promise<LoadFigures> {
  const gun = new Gun();
  const started = performance.now();
  const end = started + seconds * 1000;
  let n = 0;
  const shooter = async () => {
    while (performance.now() < end) await gun.fire(shotOf(n++));
  };
  await Promise.all(Array.from({ length: abreast }, shooter));
  return gun.figures((performance.now() - started) / 1000);
}

class Gun {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 512 });
  readonly #times: number[] = [];
  #refused = 0;
  #underWay = 0;
  #quiet = () => {};

  /** Resolves when every request has its answer. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#quiet = resolve;
      if (this.#underWay === 0) resolve();
    });
  }

  fire({ url, body, headers = {} }: Shot): Promise<void> {
    const started = performance.now();
    this.#underWay++;
    return new Promise((resolve) => {
      const ended = (status: number | undefined) => {
        this.#times.push(performance.now() - started);
        if (status === undefined || status >= 300) this.#refused++;
        resolve();
        if (--this.#underWay === 0) this.#quiet();
      };
      const form = {
        "content-type": "application/x-www-form-urlencoded",
        "content-length": Buffer.byteLength(body ?? ""),
      };
      const all = body === undefined ? headers : { ...form, ...headers };
      const method = body === undefined ? "GET" : "POST";
      const shot = request(url, { method, agent: this.#agent, headers: all }, (answer) => {
        answer.resume().once("end", () => ended(answer.statusCode));
      });
      shot.once("error", () => ended(undefined));
      shot.end(body);
    });
  }

  figures(seconds: number): LoadFigures {
    this.#agent.destroy();
    const times = this.#times.toSorted((a, b) => a - b);
    const at = (share: number) =>
      Number((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1));
    return {
      sent: times.length,
      perSecond: Math.round(times.length / seconds),
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      worst: at(1),
      refused: this.#refused,
    };
  }
}

/** A webhook as Kommo sends it when a lead was edited; `n` makes each one a different happening. */
export function updateBody(accountId: number, leadId: number, n: number): string {
  const fields: [string, string | number][] = [
    ["account[subdomain]", "bench"],
    ["account[id]", accountId],
    ["account[_links][self]", "https://bench.kommo.com"],
    ["leads[update][0][id]", leadId],
    ["leads[update][0][name]", `Inquiry ${n}`],
    ["leads[update][0][status_id]", 58000002],
    ["leads[update][0][price]", 1500 + n],
    ["leads[update][0][responsible_user_id]", 501],
    ["leads[update][0][last_modified]", 1790000000 + n],
    ["leads[update][0][modified_user_id]", 501],
    ["leads[update][0][created_user_id]", 501],
    ["leads[update][0][date_create]", 1790000000],
    ["leads[update][0][pipeline_id]", 6000001],
    ["leads[update][0][account_id]", accountId],
    ["leads[update][0][custom_fields][0][id]", 910003],
    ["leads[update][0][custom_fields][0][name]", "Product of interest"],
    ["leads[update][0][custom_fields][0][values][0][value]", "Rollout for 40 branches, go-live in March"],
    ["leads[update][0][created_at]", 1790000000],
    ["leads[update][0][updated_at]", 1790000000 + n],
  ];
  return fields.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join("&");
}
