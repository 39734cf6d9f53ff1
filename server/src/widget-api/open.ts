import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { Config } from "../config.ts";
import { waitedFor } from "../database/waited-for.ts";
import { newTrace, traced } from "../tracing.ts";
import { serveApiDocs } from "./api-docs.ts";
import { REQUEST_ID, setApiHeaders } from "./api-headers.ts";
import { readForms } from "./form-bodies.ts";

/** What the API needs of the server besides its controllers; before it listens. */
export function openWidgetApi(app: NestFastifyApplication, config: Config) {
  const fastify = app.getHttpAdapter().getInstance();
  setApiHeaders(fastify, config);
  // Fastify would take it for a text, and whoever has sent JSON by that name would not be told what is wrong.
  fastify.removeContentTypeParser("text/plain");
  readForms(app);
  serveApiDocs(app);
  // Once the body is read, with which the thread that leads to here is lost.
  fastify.addHook("preHandler", (_request, reply, done) => {
    // What a person or a form sets off is found by the id that the answer carries.
    traced(String(reply.getHeader(REQUEST_ID) ?? newTrace()), () => waitedFor(done));
  });
}
