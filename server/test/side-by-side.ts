import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { until, type World } from "./world.ts";

/** As it is run: built by `tsc -b`, which comes before the tests. */
const MAIN = new URL("../dist/main.js", import.meta.url).pathname;

export interface Ran {
  port: number;
  /** @returns the exit code of a process; 0 of a server in this one */
  stop(): Promise<number | null>;
}

/**
 * Servers behind one address, as behind a load balancer: it is told of a process when it listens, and before
 * it is stopped, and never asks twice.
 */
export class SideBySide {
  private readonly behind: Ran[] = [];
  private readonly children: ChildProcess[] = [];
  private asked = 0;

  private constructor(
    private readonly world: World,
    private readonly front: Server,
  ) {}

  /** In the place of the world's own server, which is stopped. */
  static async open(world: World): Promise<SideBySide> {
    await world.server.stop();
    const front = createServer();
    const processes = new SideBySide(world, front);
    front.on("request", (incoming, answer) => {
      const to = processes.behind[processes.asked++ % processes.behind.length];
      const { method, url, headers } = incoming;
      const outgoing = request({ port: to?.port, host: "127.0.0.1", method, path: url, headers }, (answered) => {
        answer.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(answer);
      });
      outgoing.once("error", () => answer.writeHead(502).end());
      incoming.pipe(outgoing);
    });
    front.listen(Number(world.env.PORT), "127.0.0.1");
    await once(front, "listening");
    return processes;
  }

  /** A server in this process, which is there sooner. */
  async startHere(change: Record<string, string>): Promise<Ran> {
    const server = await this.world.startAnother(change);
    return this.putBehind({
      port: Number(new URL(server.url).port),
      stop: async () => {
        await server.stop();
        return 0;
      },
    });
  }

  /** A process of its own. */
  async start(change: Record<string, string>): Promise<Ran> {
    const env = { PATH: process.env.PATH ?? "", ...this.world.env, PORT: "0", ...change };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "inherit"] });
    this.children.push(child);
    let said = "";
    child.stdout?.on("data", (chunk) => {
      said += chunk;
    });
    const port = () => Number(/listens on \S+:(\d+)/.exec(said)?.[1]);
    await until("the process listens", () => {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${said}`);
      return port() > 0;
    });
    const stop = async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = await ended;
      return code;
    };
    return this.putBehind({ port: port(), stop });
  }

  private putBehind(ran: Ran): Ran {
    this.behind.push(ran);
    return ran;
  }

  stop(ran: Ran): Promise<number | null> {
    this.behind.splice(this.behind.indexOf(ran), 1);
    return ran.stop();
  }

  async close() {
    for (const child of this.children) child.kill("SIGKILL");
    this.front.closeAllConnections();
    await new Promise((closed) => this.front.close(closed));
  }
}

/** Does something over and over until it is told to end. @returns what came of each time */
export function overAndOver<T>(everyMs: number, use: () => Promise<T>): () => Promise<T[]> {
  let isOver = false;
  const results = (async () => {
    const all: T[] = [];
    for (; !isOver; await sleep(everyMs)) all.push(await use());
    return all;
  })();
  return () => {
    isOver = true;
    return results;
  };
}
