import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Config } from "../config.ts";
import { isAccountHost } from "../kommo/hosts.ts";

export const REQUEST_ID = "x-request-id";

const LOOPBACK = /^https?:\/\/(?:(?:[a-z0-9-]+\.)?localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/;

/** Of the widget's API, and of forms. */
export function isApiPath(url: string): boolean {
  return /^\/(?:api|intake)(?:[/?]|$)/.test(url);
}

/** Forms stand in any page: they carry nothing of a person's session. */
export function isFormPath(url: string): boolean {
  return url.startsWith("/intake");
}

/**
 * Whether pages of this origin may call the API: those of Kommo's accounts, and of a stand-in on this machine when the
 * server was told to talk to one.
 */
export function isWelcomeOrigin(
  origin: string,
  { KOMMO_DOMAINS, KOMMO_LOOPBACK_ORIGIN }: Pick<Config, "KOMMO_DOMAINS" | "KOMMO_LOOPBACK_ORIGIN">,
): boolean {
  if (KOMMO_LOOPBACK_ORIGIN !== undefined && LOOPBACK.test(origin)) return true;
  return origin.startsWith("https://") && isAccountHost(origin.slice("https://".length), KOMMO_DOMAINS);
}

/**
 * Of every answer, whatever it is: a page of ours says itself what it may load besides.
 * @returns the id by which the request is found in the log
 */
export function setCommonHeaders(reply: FastifyReply): string {
  const requestId = randomUUID();
  reply.headers({
    [REQUEST_ID]: requestId,
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    vary: "origin",
    // Said by whoever ends TLS before us; over plain HTTP browsers ignore it.
    ...(reply.request.protocol === "https" ? { "strict-transport-security": "max-age=31536000" } : {}),
  });
  return requestId;
}

/** Headers of every answer, also of refusals; below /api and /intake also the answer to a browser's question before the request. */
export function setApiHeaders(app: FastifyInstance, config: Config) {
  app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
    setCommonHeaders(reply);
    if (!isApiPath(request.url)) return;
    const { origin } = request.headers;
    const isForm = isFormPath(request.url);
    if (origin === undefined || !(isForm || isWelcomeOrigin(origin, config))) return;
    reply.headers({
      "access-control-allow-origin": origin,
      "access-control-expose-headers": `${REQUEST_ID}, retry-after`,
    });
    if (request.method !== "OPTIONS") return;
    return reply
      .headers({
        "access-control-allow-methods": isForm ? "GET, POST" : "GET, POST, PUT, DELETE",
        "access-control-allow-headers": isForm
          ? "Content-Type, Idempotency-Key"
          : "X-Auth-Token, Authorization, Content-Type",
        "access-control-max-age": "600",
      })
      .code(204)
      .send();
  });
}
