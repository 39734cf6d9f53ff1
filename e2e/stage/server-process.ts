import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** As in the `start` script and the image: half the memory for a few percent more collecting. */
const SERVER_FLAGS = ["--max-semi-space-size=4", "--heap-growing-percent=100"];
const SERVER_MAIN = new URL("../../server/dist/main.js", import.meta.url).pathname;
/** Of what it has said the end is kept: that is where it says why it is in trouble. */
const KEPT_CHARACTERS = 20_000;

export interface StartOptions {
  name: string;
  env: Record<string, string>;
  /** A module that is loaded before the server is. */
  preload?: string | undefined;
}

/** How a process has come to its end. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One server, as it is run: built, in a process of its own. */
export class ServerProcess {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  /** Where it listens. */
  url = "";
  /** From the start of the process until it listened, in ms. */
  startedInMs = 0;
  #said = "";

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.child = child;
    this.ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
    child.stdout?.on("data", (chunk) => {
      this.#said = `${this.#said}${chunk}`.slice(-KEPT_CHARACTERS);
    });
  }

  /** Resolves when it listens. */
  static async start({ name, env, preload }: StartOptions): Promise<ServerProcess> {
    const started = performance.now();
    const flags = [...SERVER_FLAGS, ...(preload ? ["--import", preload] : [])];
    const child = spawn(process.execPath, [...flags, SERVER_MAIN], {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const server = new ServerProcess(name, child);
    server.url = await server.#listening();
    server.startedInMs = performance.now() - started;
    return server;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The end of its log. */
  get said(): string {
    return this.#said;
  }

  /** SIGKILL leaves it no moment, SIGTERM asks it to end, SIGSTOP freezes it until SIGCONT. */
  signal(signal: "SIGKILL" | "SIGTERM" | "SIGSTOP" | "SIGCONT") {
    this.child.kill(signal);
  }

  async kill(): Promise<void> {
    if (!this.isRunning) return;
    this.signal("SIGKILL");
    await this.ended;
  }

  #listening(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.child.stdout?.on("data", () => {
        const url = /listens on (\S+)/.exec(this.#said)?.[1];
        if (url) resolve(url);
      });
      this.child.once("exit", (code) => reject(new Error(`${this.name} ended with ${code}: ${this.#said}`)));
    });
  }
}
