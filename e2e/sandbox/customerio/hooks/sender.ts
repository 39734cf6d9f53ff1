import type { Clock } from "../../clock.ts";
import type { Ledger } from "../../ledger.ts";
import { call } from "../../post.ts";
import { FAIR_WEATHER, forecast, type Weather } from "../../weather.ts";
import type { Workspace } from "../state/workspace.ts";
import type { Switches } from "../switches.ts";
import { EXPIRY_MS, waitAfter } from "./back-off.ts";
import type { ReportingWebhook } from "./reporting-webhook.ts";
import { sign } from "./signature.ts";

interface Delivery {
  workspace: Workspace;
  webhook: ReportingWebhook;
  what: string;
  body: string;
  attempt: number;
  /** Of the first attempt: who waits behind another one is not getting older (D). */
  since: number | null;
  /** Unix seconds of the signature, kept by a retry that is not signed afresh. */
  signedAt: number | null;
}

export interface SenderOptions {
  clock: Clock;
  ledger: Ledger;
  switches: Switches;
  random: () => number;
  timeoutMs: number;
}

/** One queue for each webhook: what fails keeps the others behind it waiting, until it succeeds or is given up. */
export class WebhookSender {
  weather: Weather = FAIR_WEATHER;
  readonly #queues = new Map<ReportingWebhook, Delivery[]>();
  readonly #busy = new Set<ReportingWebhook>();
  readonly #options: SenderOptions;
  #stopped = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  post(workspace: Workspace, webhook: ReportingWebhook, what: string, body: string): void {
    const { clock, random } = this.#options;
    for (const delay of forecast(this.weather, random)) {
      const delivery = { workspace, webhook, what, body, attempt: 1, since: null, signedAt: null };
      if (delay === 0) this.#enqueue(delivery);
      else clock.after(delay, () => this.#enqueue(delivery));
    }
  }

  waiting(webhook: ReportingWebhook): number {
    return this.#queues.get(webhook)?.length ?? 0;
  }

  stop(): void {
    this.#stopped = true;
  }

  #enqueue(delivery: Delivery): void {
    const queue = this.#queues.get(delivery.webhook) ?? [];
    this.#queues.set(delivery.webhook, queue);
    queue.push(delivery);
    void this.#pump(delivery.webhook, queue);
  }

  async #pump(webhook: ReportingWebhook, queue: Delivery[]): Promise<void> {
    if (this.#busy.has(webhook)) return;
    this.#busy.add(webhook);
    for (let [delivery] = queue; delivery && !this.#stopped; [delivery] = queue) {
      const { clock } = this.#options;
      delivery.since ??= clock.now();
      const { since } = delivery;
      const status = await this.#attempt(delivery);
      const succeeded = status >= 200 && status < 300;
      if (!succeeded && clock.now() - since < EXPIRY_MS) {
        const wait = waitAfter(status, delivery.attempt);
        delivery.attempt += 1;
        clock.after(wait, () => {
          this.#busy.delete(webhook);
          void this.#pump(webhook, queue);
        });
        return;
      }
      queue.shift();
    }
    this.#busy.delete(webhook);
  }

  async #attempt(delivery: Delivery): Promise<number> {
    const { clock, switches, timeoutMs, ledger } = this.#options;
    const { workspace, webhook, body, attempt, what } = delivery;
    if (switches.retrySignedAfresh || delivery.signedAt === null) delivery.signedAt = clock.seconds();
    const url = webhook.endpoint;
    const headers = signedHeaders(workspace, delivery.signedAt, body);
    const sent = workspace.signing === "tampered-body" ? body.replace(/\}$/, ',"tampered":true}') : body;
    const status = await call({ method: "POST", url, headers, body: sent, timeoutMs });
    const query = { attempt, webhook: webhook.id };
    ledger.add({ at: clock.now(), method: "POST", route: what, path: url, status, account: workspace.id, query, body });
    return status;
  }
}

function signedHeaders({ signing, signingKey }: Workspace, at: number, body: string): Record<string, string> {
  const headers = { "Content-Type": "application/json", "User-Agent": "Customer.io Web Hooks 1.0" };
  if (signing === "no-header") return headers;
  const signature = sign(signing === "wrong-key" ? `not ${signingKey}` : signingKey, at, body);
  return { ...headers, "X-CIO-Timestamp": String(at), "X-CIO-Signature": signature };
}
