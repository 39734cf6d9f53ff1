import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

export type Effect =
  | { kind: "answer"; status: number; body?: unknown; html?: string; headers?: Record<string, string> }
  | { kind: "delay"; ms: number }
  /** The connection ends before the request is handled: nothing happened. */
  | { kind: "drop-before" }
  /** The request is handled, its answer never arrives. */
  | { kind: "drop-after" }
  /** Handled; the first half of the answer arrives, then the connection ends. */
  | { kind: "half-body" }
  /** Like `half-body`, but the client is kept waiting for the rest before it ends. */
  | { kind: "slow-reset"; ms: number };

export interface Fault {
  match: { method?: string; path?: string; account?: string | number };
  /** How many requests it hits; without it, all that match. */
  times?: number;
  /** 0 to 1; without it, each that matches. */
  probability?: number;
  effect: Effect;
}

interface Scripted extends Fault {
  pattern: RegExp;
}

/** What goes wrong, as a script: the first entry that matches a request decides its fate. */
export class FaultScript {
  #script: Scripted[] = [];
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** `path` is a pattern: `*` stands for any text, e.g. `/api/v4/leads*`. */
  add(fault: Fault): void {
    this.#script.push({ ...fault, pattern: globToRegExp(fault.match.path ?? "*") });
  }

  clear(): void {
    this.#script = [];
  }

  list(): Fault[] {
    return this.#script.map(({ pattern: _, ...fault }) => fault);
  }

  take(method: string, path: string, accounts: readonly (string | number)[] = []): Effect | undefined {
    const hit = this.#script.find(
      (fault) =>
        fault.times !== 0 &&
        (fault.match.method ?? method).toUpperCase() === method &&
        (fault.match.account === undefined || accounts.includes(fault.match.account)) &&
        fault.pattern.test(path) &&
        (fault.probability === undefined || this.#random() < fault.probability),
    );
    if (hit?.times !== undefined) hit.times -= 1;
    return hit?.effect;
  }
}

/** What must happen before the request is handled. A reply that is sent here ends the request. */
async function applyBefore(effect: Effect, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (effect.kind === "delay") await sleep(effect.ms);
  if (effect.kind === "drop-before") {
    reply.hijack();
    request.raw.socket.destroy();
  }
  if (effect.kind === "answer") {
    reply.code(effect.status).headers(effect.headers ?? {});
    if (effect.html !== undefined) await reply.type("text/html").send(effect.html);
    else await reply.type("application/problem+json").send(JSON.stringify(effect.body ?? {}));
  }
}

/** What becomes of the answer of a handled request. */
function applyAfter(effect: Effect, request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (effect.kind === "drop-after") request.raw.socket.destroy();
  if (effect.kind !== "half-body" && effect.kind !== "slow-reset") return payload;
  const answer = Buffer.from(typeof payload === "string" ? payload : "");
  reply.header("content-length", Math.max(answer.length, 2));
  return Readable.from(half(answer, effect.kind === "slow-reset" ? effect.ms : 0));
}

/** Puts the script in front of a server; `accountsOf` names the tenant of a request in every way a script may name it. */
export function installFaults(
  app: FastifyInstance,
  script: FaultScript,
  options: {
    skip?: (request: FastifyRequest) => boolean;
    accountsOf?: (request: FastifyRequest) => readonly (string | number)[];
    onEffect?: (request: FastifyRequest, effect: Effect) => void;
  } = {},
): void {
  const chosen = new WeakMap<FastifyRequest, Effect>();
  app.addHook("onRequest", async (request, reply) => {
    if (options.skip?.(request)) return;
    const effect = script.take(request.method, request.url.split("?")[0]!, options.accountsOf?.(request));
    if (!effect) return;
    chosen.set(request, effect);
    options.onEffect?.(request, effect);
    await applyBefore(effect, request, reply);
    if (reply.sent) return reply;
  });
  app.addHook("onSend", async (request, reply, payload) => {
    const effect = chosen.get(request);
    return effect ? applyAfter(effect, request, reply, payload) : payload;
  });
}

async function* half(answer: Buffer, waitMs: number): AsyncGenerator<Buffer> {
  yield answer.length > 1 ? answer.subarray(0, Math.floor(answer.length / 2)) : Buffer.from("{");
  await sleep(waitMs);
  throw new Error("the fault script cut the answer here");
}

function globToRegExp(glob: string): RegExp {
  return new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
}
