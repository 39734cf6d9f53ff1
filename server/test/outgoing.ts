import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

const CONNECTS = "net.client.socket";

/** A host that nobody here has any business with: it notes who comes. */
export class Canary {
  readonly heard: string[] = [];
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Canary> {
    const server = createServer();
    const canary = new Canary(server);
    server.on("request", (request, response) => {
      canary.heard.push(`${request.method} ${request.url}`);
      response.end("{}");
    });
    // Also of who connects and says nothing.
    server.on("connection", () => canary.heard.push("a connection"));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return canary;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Its address, as simply and as deviously as it can be written. */
  get urls(): string[] {
    return [
      `http://127.0.0.1:${this.port}/`,
      `http://localhost:${this.port}/`,
      `http://2130706433:${this.port}/`,
      `http://0x7f000001:${this.port}/`,
      `http://0177.0.0.1:${this.port}/`,
      `http://127.1:${this.port}/`,
      `http://[::ffff:127.0.0.1]:${this.port}/`,
      `http://[::ffff:7f00:1]:${this.port}/`,
      `http://acme.kommo.com@127.0.0.1:${this.port}/`,
      `http://127.0.0.1:${this.port}/#.kommo.com`,
      `//127.0.0.1:${this.port}/`,
      `127.0.0.1:${this.port}`,
      // A name that can be another machine each time it is looked up.
      `http://flips.attack.example:${this.port}/`,
    ];
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}

/** Watches where this process connects to, and which names it looks up for that. */
export class Outgoing {
  readonly ports = new Set<number>();
  readonly names = new Set<string>();

  private readonly note = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.once("connect", () => this.ports.add(socket.remotePort ?? 0));
    socket.once("lookup", (_error, _address, _family, host) => this.names.add(host));
  };

  start() {
    subscribe(CONNECTS, this.note);
  }

  stop() {
    unsubscribe(CONNECTS, this.note);
  }
}
