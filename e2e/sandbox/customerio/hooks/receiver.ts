import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, vi } from "vitest";
import type { connected } from "../test-kit.ts";

export interface Received {
  body: string;
  timestamp: number;
  signature: string;
  news: { event_id: string; metric: string; object_type: string; timestamp: number; data: Record<string, unknown> };
}

const EMAIL = ["sent", "delivered", "opened", "clicked", "unsubscribed", "bounced", "spammed"].map(
  (one) => `email_${one}`,
);

/** Takes reporting webhooks, and answers them with what a test wants: 200 once its answers are used up. */
export class Receiver {
  readonly received: Received[] = [];
  answers: number[] = [];
  /** Hears everything and answers nobody. */
  isSilent = false;
  readonly #server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const { "x-cio-timestamp": timestamp, "x-cio-signature": signature = "" } = request.headers;
      const news = JSON.parse(body);
      this.received.push({ body, timestamp: Number(timestamp), signature: String(signature), news });
      if (this.isSilent) return;
      const status = this.answers.shift() ?? 200;
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
    });
  });

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  get metrics(): string[] {
    return this.received.map(({ news }) => news.metric);
  }

  async hears(metrics: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.metrics).toEqual(metrics), { timeout: 10_000 });
  }

  /** Has everything about mails told to it, in full unless `change` says otherwise. */
  async subscribe({ workspace }: Awaited<ReturnType<typeof connected>>, change: object = {}): Promise<void> {
    const response = await fetch(`${workspace.origin}/v1/reporting_webhooks`, {
      method: "POST",
      headers: { authorization: `Bearer ${workspace.app_keys[0]}` },
      body: JSON.stringify({
        ...{ name: "CRM", endpoint: this.url, events: [...EMAIL, "customer_unsubscribed"], full_resolution: true },
        ...change,
      }),
    });
    expect(await response.json()).toMatchObject({ name: "CRM" });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
