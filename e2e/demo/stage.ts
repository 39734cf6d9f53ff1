import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildArchive } from "../../widget/build/archive.ts";
import { provideRedis } from "../machine/redis.ts";
import { type CustomerIoSandbox, startCustomerIo } from "../sandbox/customerio/start.ts";
import { type KommoSandbox, startKommo } from "../sandbox/kommo/start.ts";
import { type OpenAiSandbox, startOpenAi } from "../sandbox/openai/start.ts";
import type { News } from "./backstage.ts";
import { DemoFailure } from "./failure.ts";
import type { Flags } from "./flags.ts";
import { mailEnv } from "./mails.ts";
import { orPortInUse, thisPort } from "./ports.ts";

/** How long the real ones usually take: without it the figures would flatter. */
export const KOMMO_TAKES_MS = 120;
export const MODEL_TAKES_MS = 800;

const CLIENT_ID = "3f0c2a7e-5b1d-4c8a-9e6f-2a1b3c4d5e6f";
const CLIENT_SECRET = randomBytes(32).toString("hex");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BACKSTAGE = fileURLToPath(new URL("./backstage.ts", import.meta.url));
const STOPS_WITHIN_MS = 30_000;

/** Everything that has to run, and what is told about each part as it is there. */
export class Stage {
  readonly serverLog: string;
  /** Rejects when a part ends that should not. */
  readonly broken: Promise<never>;
  readonly serverUrl: string;
  readonly #flags: Flags;
  readonly #dir: string;
  readonly #break: (why: Error) => void;
  #backstage: ChildProcess | undefined;
  #kommo: KommoSandbox | undefined;
  #openai: OpenAiSandbox | undefined;
  #customerIo: CustomerIoSandbox | undefined;

  private constructor(flags: Flags, serverUrl: string) {
    this.#flags = flags;
    this.serverUrl = serverUrl;
    // Two demos at a time need two ports, so the port tells their data apart.
    this.#dir = resolve(ROOT, ".data", flags.port === 3000 ? "demo" : `demo-${new URL(serverUrl).port}`);
    this.serverLog = relative(process.cwd(), resolve(this.#dir, "server.log"));
    const { promise, reject } = Promise.withResolvers<never>();
    this.broken = promise;
    this.#break = reject;
    // Who waits for it hears of it; before that nobody does.
    this.broken.catch(() => {});
  }

  static async for(flags: Flags): Promise<Stage> {
    const port = await orPortInUse(flags.port, "--port", () => thisPort(flags.port));
    return new Stage(flags, `http://127.0.0.1:${port}`);
  }

  get kommo(): KommoSandbox {
    return this.#kommo!;
  }

  get customerIo(): CustomerIoSandbox {
    return this.#customerIo!;
  }

  get hasStandIn(): boolean {
    return this.#openai !== undefined;
  }

  async startKommo(): Promise<string> {
    const { sandboxPort } = this.#flags;
    const integration = {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      redirect_uri: `${this.serverUrl}/oauth/kommo/callback`,
      uninstall_url: `${this.serverUrl}/oauth/kommo/revoked`,
    };
    this.#kommo = await orPortInUse(sandboxPort, "--sandbox-port", () =>
      startKommo({ port: sandboxPort, latencyMs: KOMMO_TAKES_MS, integrations: [integration] }),
    );
    return this.kommo.origin;
  }

  /** @returns its base URL, or undefined when the real one is to be asked */
  async startOpenAi(): Promise<string | undefined> {
    if (process.env.OPENAI_API_KEY) return undefined;
    const { openaiPort } = this.#flags;
    this.#openai = await orPortInUse(openaiPort, "--openai-port", () =>
      startOpenAi({ port: openaiPort, latencyMs: MODEL_TAKES_MS }),
    );
    return this.#openai.baseUrl;
  }

  async startCustomerIo(): Promise<void> {
    const { mailPort } = this.#flags;
    this.#customerIo = await orPortInUse(mailPort, "--mail-port", () => startCustomerIo({ port: mailPort }));
  }

  /** @returns the database as the server sees it, and the names of the stores */
  async startStores(): Promise<{ databaseUrl: string; names: string }> {
    const { DATABASE_URL, MIGRATION_DATABASE_URL, REDIS_URL } = process.env;
    if (Boolean(DATABASE_URL) !== Boolean(MIGRATION_DATABASE_URL)) {
      throw new DemoFailure("DATABASE_URL and MIGRATION_DATABASE_URL belong together: set both or neither.");
    }
    if (!REDIS_URL) provideRedis();
    mkdirSync(this.#dir, { recursive: true });
    rmSync(resolve(this.#dir, "server.log"), { force: true });
    const backstage = fork(BACKSTAGE, [this.#dir], {
      env: this.#serverEnv(),
      detached: true,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#backstage = backstage;
    backstage.once("exit", () =>
      this.#break(new DemoFailure("The process that holds the server and its stores ended.")),
    );
    return new Promise((ready, fail) => {
      this.broken.catch(fail);
      backstage.on("message", (news: News) => {
        if (news.kind === "stores") ready(news);
        else if (news.kind === "failed") this.#break(new DemoFailure(news.why));
        else this.#break(new DemoFailure(`The server ended by itself (${news.status}).`));
      });
    });
  }

  /** The archive that the server's people would upload, made for this server. @returns its size in KB */
  async uploadWidget(): Promise<number> {
    mkdirSync(this.#dir, { recursive: true });
    const file = await buildArchive({ url: this.serverUrl, out: resolve(this.#dir, "widget.zip") });
    this.kommo.control.widgets.upload({ file });
    return Math.round(statSync(file).size / 1024);
  }

  async serverAnswers(): Promise<void> {
    while (
      !(await fetch(this.serverUrl).then(
        () => true,
        () => false,
      ))
    ) {
      await Promise.race([sleep(50), this.broken]);
    }
  }

  /** Nothing is left running, not even when something hangs. */
  async stop(): Promise<void> {
    await Promise.all([this.#stopBackstage(), this.#openai?.stop(), this.#kommo?.stop(), this.#customerIo?.stop()]);
  }

  /** At once, for whoever cannot wait. */
  kill() {
    // All that the process has started is in its group.
    if (this.#backstage?.pid) killGroup(this.#backstage.pid);
  }

  /** Of this run's server, if there was one. */
  lastLogLines(count: number): string[] {
    if (!this.#backstage) return [];
    try {
      return readFileSync(resolve(this.#dir, "server.log"), "utf8").trimEnd().split("\n").slice(-count);
    } catch {
      return [];
    }
  }

  async #stopBackstage() {
    const backstage = this.#backstage;
    if (!backstage) return;
    if (backstage.exitCode === null && backstage.signalCode === null) {
      const exit = once(backstage, "exit");
      if (backstage.connected) backstage.disconnect();
      await Promise.race([exit, sleep(STOPS_WITHIN_MS, undefined, { ref: false })]);
    }
    if (backstage.exitCode !== 0) this.kill();
  }

  #serverEnv(): NodeJS.ProcessEnv {
    const model = this.#openai && { OPENAI_API_KEY: "sk-sandbox", OPENAI_BASE_URL: this.#openai.baseUrl };
    return {
      SECRET_KEYS: `demo:${randomBytes(32).toString("base64")}`,
      ...process.env,
      ROLE: "all",
      HOST: "127.0.0.1",
      PORT: new URL(this.serverUrl).port,
      PUBLIC_URL: this.serverUrl,
      KOMMO_CLIENT_ID: CLIENT_ID,
      KOMMO_CLIENT_SECRETS: CLIENT_SECRET,
      KOMMO_LOOPBACK_ORIGIN: this.kommo.origin,
      ...model,
      ...mailEnv(this.customerIo.origins),
    };
  }
}

function killGroup(pid: number) {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left in it.
  }
}
