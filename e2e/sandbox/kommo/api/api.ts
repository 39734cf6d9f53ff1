import type { FastifyInstance, FastifyRequest, HTTPMethods } from "fastify";
import type { Call } from "./call.ts";

/** An answer other than 200 with a body or 204 without one. */
export class Answer {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, body?: unknown) {
    this.status = status;
    this.body = body;
  }
}

export type Handler = (call: Call) => object | undefined;

const BASE = "/api/v4";

/** Where route groups register. A handler gets an authenticated call and returns the body, or nothing for a 204. */
export class Api {
  readonly #patterns: { method: HTTPMethods; pattern: RegExp }[] = [];
  readonly #app: FastifyInstance;
  readonly #begin: (request: FastifyRequest) => Call;

  constructor(app: FastifyInstance, begin: (request: FastifyRequest) => Call) {
    this.#app = app;
    this.#begin = begin;
  }

  get = (path: string, handler: Handler): void => this.#route("GET", path, handler);
  post = (path: string, handler: Handler): void => this.#route("POST", path, handler);
  patch = (path: string, handler: Handler): void => this.#route("PATCH", path, handler);
  delete = (path: string, handler: Handler): void => this.#route("DELETE", path, handler);

  /** A path that exists, but not for this method, is 405 and not 404. */
  knows(path: string): boolean {
    return this.#patterns.some(({ pattern }) => pattern.test(path));
  }

  #route(method: HTTPMethods, path: string, handler: Handler): void {
    this.#patterns.push({ method, pattern: new RegExp(`^${BASE}${path.replace(/:\w+(\([^)]*\))?/g, "[^/]+")}/?$`) });
    this.#app.route({
      method,
      url: BASE + path,
      handler: async (request, reply) => {
        const call = this.#begin(request);
        const result = handler(call);
        request.kommo.created = call.created;
        if (result === undefined) return reply.code(204).send();
        const { status, body } = result instanceof Answer ? result : new Answer(200, result);
        reply.code(status);
        if (body === undefined) return reply.send();
        if (typeof body === "string") return reply.type("text/plain").send(body);
        return reply.type("application/hal+json").send(JSON.stringify(body));
      },
    });
  }
}
