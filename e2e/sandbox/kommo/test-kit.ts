import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import qs from "qs";
import { type KommoOptions, type KommoSandbox, startKommo } from "./start.ts";
import type { NewAccount } from "./state/new-account.ts";

/** For tests: a sandbox with one account, and a client of it that an administrator has connected. */
export interface Connected {
  kommo: KommoSandbox;
  account: ReturnType<KommoSandbox["control"]["accounts"]["create"]>;
  admin: number;
  rep: number;
  /** The first pipeline and its stages: incoming, then in order of work, won and lost left out. */
  pipeline: number;
  stages: number[];
  api: Client;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
export type Body = any;

export interface Reply {
  status: number;
  type: string;
  headers: Headers;
  body: Body;
}

export type Client = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;

/** The limit is out of the way unless a test sets it. */
export async function connected(options: KommoOptions & { account?: NewAccount } = {}): Promise<Connected> {
  const kommo = await startKommo({ ...options, switches: { ratePerSecond: 100_000, ...options.switches } });
  kommo.control.oauth.integration();
  const account = kommo.control.accounts.create({ subdomain: "acme", ...options.account });
  const [admin, rep] = account.users.map((user) => user.id);
  const { id: pipeline, statuses } = account.pipelines[0]!;
  const stages = statuses.map((status) => status.id).filter((id) => id > 143);
  const token = kommo.control.oauth.longLivedToken({ account: account.id }).access_token;
  return { kommo, account, admin: admin!, rep: rep!, pipeline, stages, api: clientOf(kommo.origin, token) };
}

export function clientOf(origin: string, token: string): Client {
  return (method, path, body, headers = {}) =>
    request(origin, method, `/api/v4${path}`, body, { authorization: `Bearer ${token}`, ...headers });
}

export async function request(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) {
  const answer = await fetch(origin + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    redirect: "manual",
  });
  const text = await answer.text();
  const type = answer.headers.get("content-type") ?? "";
  return {
    status: answer.status,
    type,
    headers: answer.headers,
    body: type.includes("json") ? JSON.parse(text) : text,
  };
}

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage["headers"];
  raw: string;
  /** The form, decoded as PHP would. */
  form: Body;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** Answers 204 unless a test says otherwise. */
  answer: (response: ServerResponse, count: number) => void;
  until(count: number): Promise<Received[]>;
  stop(): Promise<void>;
}

/** Somebody to send webhooks to. */
export async function receiver(): Promise<Receiver> {
  const self: Receiver = {
    url: "",
    received: [],
    answer: (response) => response.writeHead(204).end(),
    until: async (count) => {
      while (self.received.length < count) await new Promise((wake) => setTimeout(wake, 2));
      return self.received;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  const server = createServer(async (incoming, response) => {
    let raw = "";
    for await (const part of incoming) raw += part;
    const form = qs.parse(raw, { depth: 10, arrayLimit: 1000, parameterLimit: 10_000 });
    self.received.push({
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      headers: incoming.headers,
      raw,
      form,
    });
    self.answer(response, self.received.length);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return self;
}
