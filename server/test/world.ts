import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { inject } from "vitest";
import { type KommoOptions, type KommoSandbox, startKommo } from "../../e2e/sandbox/kommo/start.ts";
import type { NewAccount } from "../../e2e/sandbox/kommo/state/new-account.ts";
import { type OpenAiSandbox, startOpenAi } from "../../e2e/sandbox/openai/start.ts";
import { type Config, readConfig } from "../src/config.ts";
import { isListening } from "../src/embedded/ports.ts";
import { type RunningServer, startServer } from "../src/server.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

export const CLIENT_ID = "3f0c2a7e-5b1d-4c8a-9e6f-2a1b3c4d5e6f";
export const CLIENT_SECRET = "sandbox_secret_of_sixty_four_characters_0123456789abcdefghijklmn";

/** What a server lives in: its stores, Kommo's and OpenAI's stand-ins, and the settings that name them. */
export interface Surroundings {
  database: TestDatabase;
  kommo: KommoSandbox;
  openai: OpenAiSandbox;
  config: Config;
  /** The environment that the server is started with, for commands that are run beside it. */
  env: Record<string, string>;
  /** Installs Dealscope into a new sandbox account through OAuth and waits until it is provisioned. */
  install(wish?: NewAccount): Promise<Installed>;
  stop(): Promise<void>;
}

/** The whole path of data in one process. */
export interface World extends Surroundings {
  server: RunningServer;
  /** A second server on the same stores. */
  startAnother(change?: Record<string, string>): Promise<RunningServer>;
}

export interface Installed {
  accountId: number;
  adminId: number;
  pipelineId: number;
  /** Open stages of the first pipeline, in their order, without the incoming one. */
  statusIds: number[];
}

interface Wish {
  kommo?: KommoOptions;
  openai?: Parameters<typeof startOpenAi>[0];
  env?: Record<string, string>;
  clockScale?: number;
}

export async function startWorld(options: Wish = {}): Promise<World> {
  const surroundings = await startSurroundings(options);
  const others: RunningServer[] = [];
  const server = await startServer(surroundings.config);
  return {
    ...surroundings,
    server,
    async startAnother(change) {
      const other = await startServer(readConfig({ ...surroundings.env, PORT: "0", ...change }));
      others.push(other);
      return other;
    },
    async stop() {
      await Promise.all([server, ...others].map((s) => s.stop()));
      await surroundings.stop();
    },
  };
}

/** Everything but the server, which is started elsewhere. */
export async function startSurroundings(options: Wish = {}): Promise<Surroundings> {
  const database = await createDatabase(options.clockScale ? { clockScale: options.clockScale } : {});
  const port = await ownPort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const integration = {
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    redirect_uri: `${publicUrl}/oauth/kommo/callback`,
    uninstall_url: `${publicUrl}/oauth/kommo/revoked`,
  };
  const kommo = await startKommo({ integrations: [integration], ...options.kommo });
  const openai = await startOpenAi(options.openai ?? {});
  const env = {
    HOST: "127.0.0.1",
    PORT: String(port),
    PUBLIC_URL: publicUrl,
    LOG_LEVEL: process.env.TEST_LOG ?? "silent",
    DATABASE_URL: database.appUrl,
    MIGRATION_DATABASE_URL: database.ownerUrl,
    REDIS_URL: await freeRedisDatabase(),
    SECRET_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    KOMMO_CLIENT_ID: CLIENT_ID,
    KOMMO_CLIENT_SECRETS: CLIENT_SECRET,
    KOMMO_LOOPBACK_ORIGIN: kommo.origin,
    OPENAI_API_KEY: "sk-sandbox",
    OPENAI_BASE_URL: openai.baseUrl,
    ...options.env,
  };
  return {
    database,
    kommo,
    openai,
    config: readConfig(env),
    env,
    install: (wish) => install(kommo, database, wish),
    async stop() {
      await Promise.all([kommo.stop(), openai.stop()]);
      await database.drop();
    },
  };
}

async function install(kommo: KommoSandbox, database: TestDatabase, wish: NewAccount = {}): Promise<Installed> {
  const account = kommo.control.accounts.create(wish);
  const admin = account.users.find((user) => user.is_admin)!;
  const granted = await kommo.control.oauth.grant({ account: account.id, user_id: admin.id, from_widget: true });
  if (!("status" in granted) || granted.status !== 200)
    throw new Error(`The callback answered ${JSON.stringify(granted)}.`);
  await until("the account is provisioned", async () => {
    const [row] = await database.look<{ done: string | null }>(
      "SELECT provisioned->>'completedAt' AS done FROM account WHERE account_id = $1",
      [account.id],
    );
    return Boolean(row?.done);
  });
  const [pipeline] = account.pipelines;
  const open = pipeline!.statuses.filter((s) => s.type !== 1 && s.id !== 142 && s.id !== 143);
  return { accountId: account.id, adminId: admin.id, pipelineId: pipeline!.id, statusIds: open.map((s) => s.id) };
}

/** Waits for something that will come about; fails with its name when it does not. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs = 45_000): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(25)) {
    if (await holds()) return;
  }
  throw new Error(`It did not come about that ${what}.`);
}

/** Files run side by side: a port that is free for one must not be taken by another before it is used. */
export async function ownPort(): Promise<number> {
  // Below the range from which the system gives ports away, and in another part of it for another run beside this one.
  const start = Number(new URL(inject("redisUrl")).port) * 61;
  for (;;) {
    const port = 20_000 + ((start + (await nextOf("ports"))) % 10_000);
    if (!(await isListening(port))) return port;
  }
}

async function nextOf(counter: string): Promise<number> {
  const redis = new Redis(inject("redisUrl"));
  const number = await redis.incr(counter);
  await redis.quit();
  return number;
}

/** Files run side by side on one Redis; each world takes a numbered database of its own. */
async function freeRedisDatabase(): Promise<string> {
  return `${inject("redisUrl")}/${((await nextOf("worlds")) % 900) + 1}`;
}
