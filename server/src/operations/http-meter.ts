import type { FastifyInstance } from "fastify";
import { httpRequestSeconds } from "../meters.ts";

/** By the beginning of the address, which anybody may make up; what is none of these is "other". */
const PARTS = { api: "/api/", intake: "/intake", webhooks: "/webhooks/", hooks: "/hooks/", oauth: "/oauth/" };

/** Counts every answer of this server, and how long it took. */
export function meterRequests(app: FastifyInstance) {
  app.addHook("onResponse", async (request, reply) => {
    const answer = `${Math.floor(reply.statusCode / 100)}xx`;
    httpRequestSeconds.observe({ part: partOf(request.url), answer }, reply.elapsedTime / 1000);
  });
}

function partOf(url: string): string {
  const [part = "other"] = Object.entries(PARTS).find(([, beginning]) => url.startsWith(beginning)) ?? [];
  return part;
}
