import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { ZodError } from "zod";
import { installFaults } from "../faults.ts";
import { appRoutes } from "./app/routes.ts";
import { type Credentials, findCredentials } from "./credentials.ts";
import { PerSecond } from "./per-second.ts";
import type { Region } from "./state/workspace.ts";
import { deliveryRoutes } from "./track/delivery-routes.ts";
import { trackV1Routes } from "./track/v1-routes.ts";
import { trackV2Routes } from "./track/v2-routes.ts";
import type { World } from "./world.ts";

interface Visit {
  credentials: Credentials | undefined;
  effects: string[];
}

declare module "fastify" {
  interface FastifyRequest {
    customerIo: Visit;
  }
}

/** The control API and the page: no client of Customer.io comes here. */
const OURS = /^\/((_sandbox|frontend|ajax)\/|(\?|$))/;
/** What needs the Track key; metrics of deliveries do not. */
const TRACK = /^\/api\/v[12]\/(?!metrics$)/;

/** The hosts of one region: Track and App API have no path in common, so one server stands for both. */
export function buildServer(world: World, region: Region): FastifyInstance {
  const app = fastify({ bodyLimit: 20_000_000, routerOptions: { maxParamLength: 1000 }, forceCloseConnections: true });
  app.decorateRequest("customerIo");
  parseBodies(app);
  recordRequests(app, world);
  installFaults(app, world.faults, {
    skip: ({ url }) => OURS.test(url),
    accountsOf: ({ customerIo: { credentials } }) => (credentials ? [credentials.workspace.id] : []),
    onEffect: (request, effect) => void request.customerIo.effects.push(`fault:${effect.kind}`),
  });
  guardTrack(app, world, region);
  trackV1Routes(app, world);
  trackV2Routes(app);
  appRoutes(app, world, region);
  deliveryRoutes(app, world);
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    const status = error instanceof ZodError ? 400 : (error.statusCode ?? 500);
    if (status >= 500) console.error("sandbox", error);
    return reply
      .code(status)
      .send({ meta: { errors: [status < 500 ? "malformed request body" : "the sandbox failed"] } });
  });
  return app;
}

/** Keys, regions and rate, before the body is looked at. */
function guardTrack(app: FastifyInstance, world: World, region: Region): void {
  const rate = new PerSecond(world.clock);
  app.addHook("onRequest", async (request, reply) => {
    if (!TRACK.test(request.url)) return;
    const { credentials, effects } = request.customerIo;
    const isFinder = request.url.split("?")[0] === "/api/v1/accounts/region";
    const home = credentials?.workspace.options.region;
    // A workspace of the EU called in the US is sent on; the other way round it is unknown.
    const isStranger = !isFinder && region === "eu" && home === "us";
    if (credentials?.kind !== "track" || isStranger) {
      return reply.code(401).send({ meta: { error: "Unauthorized request" } });
    }
    if (!isFinder && home === "eu" && region === "us") return reply.redirect(world.origins.eu + request.url, 307);
    const { trackPerSecond, trackOverRate, retryAfter } = world.switches;
    if (rate.allows(credentials.workspace.id, trackPerSecond)) return;
    effects.push(trackOverRate);
    if (trackOverRate === "dropped") return reply.type("application/json").send("{}\n");
    if (retryAfter > 0) reply.header("Retry-After", String(retryAfter));
    return reply.code(429).send();
  });
}

/** Writes every request into the ledger once its connection is done with it, also when its answer got lost. */
function recordRequests(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", async (request, reply) => {
    request.customerIo = {
      credentials: findCredentials(world.workspaces.values(), request.headers.authorization),
      effects: [],
    };
    if (OURS.test(request.url)) return;
    reply.raw.once("close", () =>
      world.ledger.add({ ...describe(request), at: world.clock.now(), status: statusOf(reply.raw) }),
    );
  });
}

function describe(request: FastifyRequest) {
  return {
    method: request.method,
    route: request.routeOptions.url ?? "unknown",
    path: request.url.split("?")[0]!,
    query: request.query,
    body: request.body,
    effects: request.customerIo.effects,
    account: request.customerIo.credentials?.workspace.id,
  };
}

/** 0: nothing, or not everything, left the house. */
function statusOf(raw: { writableFinished: boolean; statusCode: number }): number {
  return raw.writableFinished ? raw.statusCode : 0;
}

/** An empty body is no body, also when it is announced as JSON: clients send it with DELETE. */
function parseBodies(app: FastifyInstance): void {
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? undefined : JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error("malformed JSON"), { statusCode: 400 }));
    }
  });
}
