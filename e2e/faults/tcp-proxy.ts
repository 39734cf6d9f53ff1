import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** How the way between two processes is. Each holds for the connections that are there and for those that come. */
export type Way =
  | "open"
  /** Connections are reset, and new ones are refused. */
  | "cut"
  /** Connections stay, and nothing passes in either direction until the way is open again. */
  | "stalled"
  /** What is asked arrives, the answers wait until the way is open again. */
  | "deaf";

interface Connection {
  near: Socket;
  far: Socket;
}

/** Stands between a server and one of its stores, so that the way can fail without either of them knowing. */
export class TcpProxy {
  readonly #connections = new Set<Connection>();
  readonly #port: number;
  #server: Server;
  #target: { host: string; port: number };
  #way: Way = "open";
  /** Chunks that wait for the way to be open, in their order. */
  #held: (() => void)[] = [];

  private constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server;
    this.#target = target;
    this.#port = (server.address() as AddressInfo).port;
    server.on("connection", (near: Socket) => this.#join(near));
  }

  /** Listens on a port of its own and passes everything on to the host and port of `url`. */
  static async before(url: string): Promise<TcpProxy> {
    return new TcpProxy(await listen(0), targetOf(url));
  }

  /** The same address, by way of this proxy. */
  through(url: string): string {
    const address = new URL(url);
    // "localhost" could be an IPv6 address, on which nobody listens here.
    address.hostname = "127.0.0.1";
    address.port = String(this.#port);
    return address.href;
  }

  /** Where new connections lead from now on: a store that was started again may listen elsewhere. */
  leadTo(url: string): void {
    this.#target = targetOf(url);
  }

  async turn(way: Way): Promise<void> {
    const before = this.#way;
    this.#way = way;
    if (way === "cut") {
      for (const { near, far } of this.#connections) {
        near.resetAndDestroy();
        far.destroy();
      }
      this.#held = [];
      if (before !== "cut") await close(this.#server);
      return;
    }
    if (before === "cut") {
      this.#server = await listen(this.#port);
      this.#server.on("connection", (near: Socket) => this.#join(near));
    }
    const held = this.#held;
    this.#held = [];
    // Each looks at the way as it is now.
    for (const pass of held) pass();
  }

  async stop(): Promise<void> {
    await this.turn("cut");
  }

  #join(near: Socket): void {
    const far = connect(this.#target);
    const connection = { near, far };
    this.#connections.add(connection);
    const end = () => {
      this.#connections.delete(connection);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.setNoDelay(true).on("error", end).on("close", end);
    near.on("data", (chunk) => this.#pass(chunk, far, "asked"));
    far.on("data", (chunk) => this.#pass(chunk, near, "answered"));
  }

  #pass(chunk: Buffer, to: Socket, direction: "asked" | "answered"): void {
    if (this.#way === "stalled" || (this.#way === "deaf" && direction === "answered")) {
      this.#held.push(() => this.#pass(chunk, to, direction));
    } else if (!to.destroyed) to.write(chunk);
  }
}

function targetOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Waits for nobody: whoever is connected has been reset. */
async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  await closed;
}
