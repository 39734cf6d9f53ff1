import { PassThrough } from "node:stream";
import type { FastifyInstance } from "fastify";
import type { World } from "../kommo/world.ts";
import { visitorOf } from "./visitor.ts";

/** Server-sent events without content: something in the account is different, look again. */
export function liveRoutes(app: FastifyInstance, world: World): void {
  app.get("/ajax/page/live", async (request, reply) => {
    const { account } = visitorOf(world, request);
    const stream = new PassThrough();
    stream.write("retry: 500\n\n");
    const end = world.changes.listen(account, () => stream.write("data:\n\n"));
    request.raw.once("close", () => {
      end();
      stream.end();
    });
    return reply.type("text/event-stream").header("cache-control", "no-store").send(stream);
  });
}
