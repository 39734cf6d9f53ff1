import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from "@nestjs/swagger";
import type { FastifyInstance } from "fastify";
import { finished } from "./api-document.ts";
import { WidgetApiModule } from "./widget-api.module.ts";

/** Serves the document of the API as JSON, and as a page on which it can be tried. */
export function serveApiDocs(app: NestFastifyApplication) {
  let document: OpenAPIObject | undefined;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get("/api/openapi.json", async () => {
    document ??= finished(SwaggerModule.createDocument(app, description(), { include: [WidgetApiModule] }));
    return document;
  });
  serveSwaggerUi(fastify);
}

function description() {
  return new DocumentBuilder()
    .setTitle("Dealscope")
    .setDescription(
      "What the Dealscope widget asks for, and what forms send. Every answer carries `x-request-id`; every refusal has the form of `ApiError`.",
    )
    .setVersion("1")
    .setLicense("Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0")
    .addServer("/", "The server that tells you this.")
    .addApiKey({ type: "apiKey", in: "header", name: "X-Auth-Token" }, "one-time-token")
    .addBearerAuth({ type: "http", scheme: "bearer" }, "session")
    .build();
}

const types: Record<string, string> = {
  "swagger-ui.css": "text/css",
  "swagger-ui-bundle.js": "text/javascript",
};

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Dealscope API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css"><div id="ui"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="/api/docs/start.js"></script></html>`;
const START = `SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#ui" });`;
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; frame-ancestors 'none'";

/** Two files of the package that Nest's own set-up would serve whole, which needs one dependency more. */
function serveSwaggerUi(app: FastifyInstance) {
  const folder = swaggerUiFolder();
  app.get("/api/docs", async (_, reply) =>
    reply.header("content-security-policy", POLICY).type("text/html").send(PAGE),
  );
  app.get("/api/docs/start.js", async (_, reply) => reply.type("text/javascript").send(START));
  for (const [file, type] of Object.entries(types)) {
    app.get(`/api/docs/${file}`, async (_, reply) => reply.type(type).send(createReadStream(join(folder, file))));
  }
}

function swaggerUiFolder(): string {
  const nest = createRequire(import.meta.url).resolve("@nestjs/swagger");
  const ui = createRequire(nest)("swagger-ui-dist") as { getAbsoluteFSPath(): string };
  return ui.getAbsoluteFSPath();
}
