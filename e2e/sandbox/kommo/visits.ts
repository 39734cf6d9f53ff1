import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Visit } from "./tenant.ts";
import type { World } from "./world.ts";

interface Options {
  /** Our own requests are not counted. */
  isOurs: (url: string) => boolean;
  begin: (request: FastifyRequest) => Visit;
}

/** Writes every request into the ledger once its connection is done with it, also when its answer got lost. */
export function recordVisits(app: FastifyInstance, world: World, { isOurs, begin }: Options): void {
  app.addHook("onRequest", async (request, reply) => {
    request.kommo = begin(request);
    if (isOurs(request.url)) return;
    reply.raw.once("close", () => {
      const { account, created, effects } = request.kommo;
      world.ledger.add({
        at: world.clock.now(),
        method: request.method,
        route: request.routeOptions.url ?? "unknown",
        path: request.url.split("?")[0]!,
        // 0: nothing, or not everything, left the house.
        status: reply.raw.writableFinished ? reply.raw.statusCode : 0,
        query: request.query,
        body: request.body,
        effects,
        created,
        account: account?.id,
      });
    });
  });
}
