import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { ServerProcess } from "../../e2e/stage/server-process.ts";
import type { World } from "./world.ts";

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
  private readonly children: ServerProcess[] = [];
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
    const child = await ServerProcess.start({ name: "server", env: { ...this.world.env, PORT: "0", ...change } });
    this.children.push(child);
    const stop = async () => {
      child.signal("SIGTERM");
      return (await child.ended).code;
    };
    return this.putBehind({ port: Number(new URL(child.url).port), stop });
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
    await Promise.all(this.children.map((child) => child.kill()));
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
