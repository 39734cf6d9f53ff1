import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { freePort } from "../../server/src/embedded/ports.ts";
import { type Api, openSession } from "../demo/api.ts";
import { mailEnv } from "../demo/mails.ts";
import type { CustomerIoOptions } from "../sandbox/customerio/start.ts";
import type { KommoOptions } from "../sandbox/kommo/start.ts";
import type { OpenAiOptions } from "../sandbox/openai/state.ts";
import { ServerProcess } from "./server-process.ts";

export interface Stores {
  ownerUrl: string;
  appUrl: string;
  redisUrl: string;
  /** A migrated database to begin with; without it the first server migrates an empty one. */
  template?: string;
}

export interface StageOptions {
  kommo?: KommoOptions;
  openai?: OpenAiOptions;
  customerIo?: CustomerIoOptions;
  /** One process each; `all` is the usual server. */
  roles?: ("all" | "web" | "worker")[];
  env?: Record<string, string>;
}

interface Origins {
  kommo: string;
  openai: string;
  customerIo: { us: string; eu: string };
}

export interface Installed {
  accountId: number;
  /** Where Kommo's webhooks of this account go. */
  hookUrl: string;
}

// As in the server: every bigint of ours stays far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const CLIENT_ID = "b4c1d2e3-0000-4000-8000-00000000be0c";
const CLIENT_SECRET = "bench_secret_of_sixty_four_characters_0123456789abcdefghijklmnop";
/** The whole product on a fresh database, as separate processes. */
export class Stage {
  readonly servers: ServerProcess[] = [];
  readonly #outside: ChildProcess;
  readonly #origins: Origins;
  readonly #pool: pg.Pool;
  readonly #env: Record<string, string>;
  #isClosed = false;

  private constructor(outside: ChildProcess, origins: Origins, pool: pg.Pool, env: Record<string, string>) {
    this.#outside = outside;
    this.#origins = origins;
    this.#pool = pool;
    this.#env = env;
  }

  static async open(stores: Stores, options: StageOptions = {}): Promise<Stage> {
    const database = `stage_${randomBytes(4).toString("hex")}`;
    const owner = new pg.Client({ connectionString: stores.ownerUrl });
    await owner.connect();
    await owner.query(`CREATE DATABASE ${database} ${stores.template ? `TEMPLATE ${stores.template}` : ""}`);
    await owner.end();
    const redis = new Redis(stores.redisUrl);
    await redis.flushall();
    await redis.quit();

    const port = await freePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    const integration = {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uri: `${publicUrl}/oauth/kommo/callback`,
      uninstall_url: `${publicUrl}/oauth/kommo/revoked`,
    };
    const wish = JSON.stringify({
      kommo: { integrations: [integration], ...options.kommo },
      openai: options.openai ?? {},
      customerIo: options.customerIo ?? {},
    });
    const outside = fork(new URL("outside.ts", import.meta.url).pathname, [wish]);
    const [origins] = (await once(outside, "message")) as [Origins];
    const at = (url: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
    const env = {
      HOST: "127.0.0.1",
      PORT: String(port),
      PUBLIC_URL: publicUrl,
      LOG_LEVEL: "warn",
      DATABASE_URL: at(stores.appUrl),
      MIGRATION_DATABASE_URL: at(stores.ownerUrl),
      REDIS_URL: stores.redisUrl,
      SECRET_KEYS: `k1:${randomBytes(32).toString("base64")}`,
      KOMMO_CLIENT_ID: CLIENT_ID,
      KOMMO_CLIENT_SECRETS: CLIENT_SECRET,
      KOMMO_LOOPBACK_ORIGIN: origins.kommo,
      OPENAI_API_KEY: "sk-sandbox",
      OPENAI_BASE_URL: `${origins.openai}/v1`,
      ...mailEnv(origins.customerIo),
      ...options.env,
    };
    const stage = new Stage(
      outside,
      origins,
      new pg.Pool({ connectionString: env.MIGRATION_DATABASE_URL, max: 2 }),
      env,
    );
    // A case may end its connections; the next question makes new ones.
    stage.#pool.on("error", () => {});
    for (const [i, role] of (options.roles ?? ["all"]).entries()) {
      await stage.startServer({ ROLE: role, ...(i === 0 ? {} : { PORT: "0" }) }, { name: `${role} ${i + 1}` });
    }
    return stage;
  }

  /** Ends the first server and starts it anew, on the same port, with other settings. */
  async restartServer(change: Record<string, string> = {}): Promise<void> {
    await this.servers.shift()?.kill();
    await this.startServer(change);
  }

  /** The first one listens at the public address; those after it have to be given `PORT: "0"`. */
  async startServer(
    change: Record<string, string> = {},
    { name = `server ${this.servers.length + 1}`, preload }: { name?: string; preload?: string } = {},
  ): Promise<ServerProcess> {
    const server = await ServerProcess.start({ name, preload, env: { ...this.#env, ...change } });
    this.servers.push(server);
    // Whoever gave up waiting has closed the stage meanwhile.
    if (this.#isClosed) await server.kill();
    return server;
  }

  /** Where a browser finds Kommo's page. */
  get pageOrigin(): string {
    return this.#origins.kommo;
  }

  /** Where the widget finds its backend. */
  get publicUrl(): string {
    return this.#env.PUBLIC_URL!;
  }

  /** The sandbox's control API: `control("leads/create-many", {...})`. */
  async control<T>(path: string, body: object = {}): Promise<T> {
    return tell(`${this.#origins.kommo}/_sandbox/${path}`, body);
  }

  async openai<T>(path: string, body?: object, method = body ? "POST" : "GET"): Promise<T> {
    return tell(`${this.#origins.openai}/_emu/${path}`, body, method);
  }

  /** The control API of the stand-in for Customer.io. */
  async mails<T>(path: string, body: object = {}): Promise<T> {
    return tell(`${this.#origins.customerIo.us}/_sandbox/${path}`, body);
  }

  /** The server's API as the account's administrator asks it. */
  async api(account: number): Promise<Api> {
    const { users } = await this.control<{ users: { id: number; is_admin: boolean }[] }>("accounts/show", { account });
    const admin = users.find((user) => user.is_admin);
    const wish = { account, user_id: admin?.id };
    return openSession(this.publicUrl, (await this.control<{ token: string }>("oauth/one-time-token", wish)).token);
  }

  async sql<Row>(query: string, parameters?: unknown[]): Promise<Row[]> {
    return (await this.#pool.query(query, parameters)).rows as Row[];
  }

  /** Installs into `count` new accounts, made as wished, and waits until they are provisioned. */
  async install(count = 1, settings: object = {}, wish: object = {}): Promise<Installed[]> {
    // From the beginning: a server remembers for some seconds what an account's settings were.
    await this.sql(`ALTER TABLE account ALTER settings SET DEFAULT ${pg.escapeLiteral(JSON.stringify(settings))}`);
    const accounts: number[] = [];
    for (let i = 0; i < count; i++) {
      const { id, users } = await this.control<{ id: number; users: { id: number; is_admin: boolean }[] }>(
        "accounts/create",
        wish,
      );
      const admin = users.find((user) => user.is_admin);
      await this.control("oauth/grant", { account: id, user_id: admin?.id, from_widget: true });
      accounts.push(id);
    }
    await this.until("every account is provisioned", async () => {
      const [row] = await this.sql<{ n: number }>(
        "SELECT count(*)::int AS n FROM account WHERE account_id = ANY($1) AND provisioned->>'completedAt' <> ''",
        [accounts],
      );
      return row?.n === count;
    });
    return Promise.all(accounts.map((accountId) => this.hookOf(accountId)));
  }

  async until(what: string, holds: () => Promise<boolean>, withinMs = 180_000, everyMs = 50) {
    for (const end = performance.now() + withinMs; performance.now() < end; await sleep(everyMs)) {
      if (await holds()) return;
    }
    throw new Error(`It did not come about within ${withinMs / 1000} s that ${what}.`);
  }

  async close() {
    this.#isClosed = true;
    await Promise.all(this.servers.map((server) => server.kill()));
    this.#outside.disconnect();
    await this.#pool.end();
  }

  private async hookOf(accountId: number): Promise<Installed> {
    const hooks = await this.control<Record<string, { destination: string }>>("hooks/list", { account: accountId });
    return { accountId, hookUrl: Object.values(hooks)[0]?.destination ?? "" };
  }
}

async function tell<T>(url: string, body: object | undefined, method = "POST"): Promise<T> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, ...(body && { headers, body: JSON.stringify(body) }) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Memory of a process in MiB, shared pages divided among those who share them. */
export function pssOf(child: ChildProcess): number {
  const rollup = readFileSync(`/proc/${child.pid}/smaps_rollup`, "utf8");
  return Math.round(Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024);
}
