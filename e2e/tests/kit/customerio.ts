import type {
  Connection,
  ConnectionCheck,
  ConnectionWish,
  DealsSent,
  ObjectTypes,
  Preview,
} from "@dealscope/shared/customerio";
import type { Page, Route } from "@playwright/test";

const MINUTE_MS = 60_000;
const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toISOString();

/** All is well, with all keys. */
export const WELL: Connection = {
  siteId: "5f2a9c1e7d304b68",
  hasAppKey: true,
  hasSigningKey: true,
  region: "eu",
  environmentId: 4711,
  isShared: false,
  webhookUrl: "https://dealscope.example/webhooks/customerio/Zx8mQ2vN7rT4kYpLw0cHs3dJfB6uGa1e",
  webhook: {
    ...{ state: "heard", lastHeardAt: ago(3), lastSignedAt: ago(3), lastRefusedAt: null },
    ...{ refused: 0, refusal: null, mode: "all" },
  },
  sending: { problem: null, lastSentAt: ago(1), waiting: 0, stuck: 0 },
  checkedAt: ago(60),
};

const NOTHING_HEARD = { lastHeardAt: null, lastSignedAt: null, lastRefusedAt: null, refused: 0, refusal: null };

/** The keys for sending alone: the rest is done by hand. */
export const BY_HAND: Connection = {
  ...WELL,
  ...{ hasAppKey: false, hasSigningKey: false, checkedAt: null },
  webhook: { ...NOTHING_HEARD, state: "none", mode: null },
  sending: { problem: null, lastSentAt: null, waiting: 0, stuck: 0 },
};

/** All that can go wrong. */
export const ILL: Connection = {
  ...WELL,
  isShared: true,
  webhook: { ...WELL.webhook, lastRefusedAt: ago(12), refused: 4, refusal: "wrong", mode: "first" },
  sending: { problem: "refused", lastSentAt: ago(500), waiting: 1_204, stuck: 3 },
};

const CHECK: ConnectionCheck = {
  at: ago(0),
  steps: [
    { key: "track", state: "ok", message: "The Track key works: workspace 4711, region EU." },
    { key: "app", state: "skipped", message: "No App API key: names of campaigns are not shown." },
    { key: "objects", state: "skipped", message: "Without an App API key this is not looked at." },
    { key: "webhook", state: "waiting", message: "Nothing has come from Customer.io yet." },
    { key: "signature", state: "failed", message: "Paste the signing key of the Reporting Webhooks page." },
  ],
};

const PREVIEW: Preview = {
  people: [
    {
      contactId: 9001,
      name: "Ana Reyes",
      identifier: { by: "email", value: "ana@reyes.example" },
      attributes: {
        name: "Ana Reyes",
        deal_stage: "Initial contact",
        deal_price: 48_000,
        deal_score: null,
        deals_open: 1,
      },
    },
    { contactId: 9002, name: "Luis Mora", identifier: null, attributes: {} },
  ],
  object: { name: "40 seats for Reyes SL", stage: "Initial contact" },
  event: { deal_id: 71_500_001, stage: "Initial contact" },
  problems: ["Employees: “about forty” is no number, so it is left out."],
};

const NOTHING_SENT: DealsSent = {
  ...{ state: "none", total: 0, done: 0, failed: 0 },
  ...{ startedAt: null, endedAt: null, waitingFor: null },
};

interface Asked {
  method: string;
  path: string;
  body: unknown;
}

/** Customer.io and what our server knows of it, as far as the settings page sees it. */
export class DrawnCustomerio {
  readonly asked: Asked[] = [];
  connection: Connection | null;
  check = CHECK;
  preview = PREVIEW;
  types: ObjectTypes = { types: [{ id: "3", name: "Deals" }] };
  sent = NOTHING_SENT;
  /** Answers the next request to change something with a refusal instead. */
  refusal: { status: number; error: object } | undefined;

  constructor(connection: Connection | null) {
    this.connection = connection;
  }

  /** Answers for the server. */
  async draw(page: Page, serverUrl: string): Promise<this> {
    await page.route(`${serverUrl}/api/engagement/**`, (route) => this.#answer(route));
    return this;
  }

  /** What was sent to an address, in order. */
  bodies(method: string, path: string): unknown[] {
    return this.asked.filter((one) => one.method === method && one.path === path).map(({ body }) => body);
  }

  #answer(route: Route): Promise<void> {
    const request = route.request();
    if (request.method() === "OPTIONS") return route.fallback();
    const headers = { "access-control-allow-origin": "*" };
    const path = new URL(request.url()).pathname.replace("/api/engagement/", "");
    this.asked.push({ method: request.method(), path, body: request.postDataJSON() });
    if (this.refusal && request.method() !== "GET") {
      const { status, error } = this.refusal;
      this.refusal = undefined;
      return route.fulfill({ status, headers, json: { error: { requestId: "r1", ...error } } });
    }
    return route.fulfill({ headers, json: this.#said(request.method(), path, request.postDataJSON()) });
  }

  #said(method: string, path: string, body: unknown): object {
    if (path === "connection") {
      if (method === "PUT") this.connection = withKeys(this.connection ?? BY_HAND, body as ConnectionWish);
      if (method === "DELETE") this.connection = null;
      return { connection: this.connection };
    }
    if (path === "webhook") {
      const webhook = { ...NOTHING_HEARD, state: "made", mode: "all" } as const;
      this.connection = { ...this.connection!, webhook };
      return { connection: this.connection };
    }
    if (path === "deals-sent") {
      if (method === "POST") this.sent = { ...NOTHING_SENT, state: "counting", total: 120, startedAt: ago(0) };
      if (method === "DELETE") this.sent = { ...this.sent, state: "cancelled", endedAt: ago(0) };
      return this.sent;
    }
    return { check: this.check, preview: this.preview, "object-types": this.types }[path] ?? {};
  }
}

function withKeys(connection: Connection, { siteId, appKey, signingKey }: ConnectionWish): Connection {
  const isThere = (key: string | null | undefined, was: boolean) => (key === undefined ? was : key !== null);
  return {
    ...connection,
    siteId,
    hasAppKey: isThere(appKey, connection.hasAppKey),
    hasSigningKey: isThere(signingKey, connection.hasSigningKey),
  };
}
