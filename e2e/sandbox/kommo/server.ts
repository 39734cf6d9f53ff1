import { setTimeout as sleep } from "node:timers/promises";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import qs from "qs";
import { installFaults } from "../faults.ts";
import { hostPageRoutes } from "../page/routes.ts";
import { Api } from "./api/api.ts";
import { Problem } from "./api/problem.ts";
import { apiRoutes } from "./api/routes.ts";
import { oauthRoutes } from "./oauth/routes.ts";
import { beginCall, visitOf } from "./tenant.ts";
import { recordVisits } from "./visits.ts";
import type { World } from "./world.ts";

const CONTROL = "/_sandbox";
/** The control API, and what the page is made of: no client of Kommo comes here. */
const OURS = /^\/(_sandbox|frontend|ajax\/page)\//;
/** What clients call; only there Kommo takes its time. */
const FOR_CLIENTS = /^\/(api|oauth2?)[/?]/;

export function buildServer(world: World): FastifyInstance {
  const app = fastify({
    bodyLimit: 20_000_000,
    // 250 ids in one filter are common.
    routerOptions: { querystringParser: (text) => parseForm(text), ignoreTrailingSlash: true, maxParamLength: 500 },
    forceCloseConnections: true,
  });
  app.decorateRequest("kommo");
  parseBodies(app);
  recordVisits(app, world, { isOurs: (url) => OURS.test(url), begin: (request) => visitOf(world, request) });
  limitRate(app, world);
  installFaults(app, world.faults, {
    skip: isControl,
    accountsOf: ({ kommo: { account } }) => (account ? [account.id, account.subdomain] : []),
    onEffect: (request, effect) => void request.kommo.effects.push(`fault:${effect.kind}`),
  });
  app.addHook("onRequest", async (request, reply) => {
    if (FOR_CLIENTS.test(request.url) && world.latencyMs > 0) await sleep(world.latencyMs);
    reply.header("X-Request-Id", crypto.randomUUID());
  });
  oauthRoutes(app, world);
  const api = new Api(app, (request) => beginCall(world, request));
  apiRoutes(api);
  hostPageRoutes(app, world);
  answerFailures(app, api);
  return app;
}

function isControl(request: FastifyRequest): boolean {
  return request.url.startsWith(CONTROL);
}

/** Refusals of the limiter are pages for people, not JSON, and say nothing about when to come back. */
function limitRate(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", async (request, reply) => {
    if (!request.url.startsWith("/api/") && !request.url.startsWith("/oauth2/")) return;
    const { retryAfter, tooManyBody } = world.switches;
    const verdict = world.limiter.judge(unitOf(request, world) ?? `address ${request.ip}`, request.ip);
    if (verdict === "pass") return;
    request.kommo.effects.push(verdict === "blocked" ? "blocked" : "rate-limited");
    if (verdict === "blocked") return reply.code(403).type("text/html").send(page("403 Forbidden"));
    if (retryAfter > 0) reply.header("Retry-After", String(retryAfter));
    reply.code(429);
    if (tooManyBody === "html") return reply.type("text/html").send(page("429 Too Many Requests"));
    const problem = { title: "Too Many Requests", status: 429, detail: "Too Many Requests", retry_after: 300 };
    return reply.type("application/problem+json").send(JSON.stringify(problem));
  });
}

/** Nothing for who cannot be told: he is counted by his address, whatever the others are counted by. */
function unitOf(request: FastifyRequest, world: World): string | undefined {
  const { account } = request.kommo;
  if (world.switches.rateUnit === "address") return undefined;
  if (world.switches.rateUnit === "account") return account && `account ${account.id}`;
  const token = world.grants.access(request.headers.authorization?.slice("Bearer ".length) ?? "");
  return token && `integration ${token.grant.integration.client_id}`;
}

function answerFailures(app: FastifyInstance, api: Api): void {
  // Fastify adds a charset; clients that others wrote compare the type letter by letter.
  app.addHook("onSend", async (_request, reply) => {
    const type = String(reply.getHeader("content-type"));
    if (type.startsWith("application/problem+json")) reply.header("content-type", "application/problem+json");
  });
  app.setErrorHandler((error, _request, reply) => {
    const problem = error instanceof Problem ? error : unexpected(error);
    reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  });
  app.setNotFoundHandler((request, reply) => {
    const isKnown = api.knows(request.url.split("?")[0]!);
    const problem = isKnown ? new Problem(405, "Method Not Allowed") : new Problem(404, "Not Found");
    reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
  });
}

function unexpected(error: unknown): Problem {
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status < 500) return new Problem(status, "Request could not be read.");
  // A fault of the sandbox, not of its client: it must not pass for one of Kommo's.
  console.error("sandbox", error);
  return new Problem(500, "The sandbox failed, see its log.");
}

function parseBodies(app: FastifyInstance): void {
  const form = "application/x-www-form-urlencoded";
  app.addContentTypeParser(form, { parseAs: "string" }, (_request, body, done) => done(null, parseForm(String(body))));
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, body === "" ? undefined : JSON.parse(String(body)));
    } catch {
      done(new Problem(400, "Request body is not JSON."));
    }
  });
}

function parseForm(text: string): Record<string, unknown> {
  return qs.parse(text, { depth: 10, arrayLimit: 1000, parameterLimit: 10_000 });
}

function page(title: string): string {
  return `<html>\n<head><title>${title}</title></head>\n<body><center><h1>${title}</h1></center></body>\n</html>\n`;
}
