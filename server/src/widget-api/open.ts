import type { NestFastifyApplication } from "@nestjs/platform-fastify";
import type { Config } from "../config.ts";
import { serveApiDocs } from "./api-docs.ts";
import { setApiHeaders } from "./api-headers.ts";
import { readForms } from "./form-bodies.ts";

/** What the API needs of the server besides its controllers; before it listens. */
export function openWidgetApi(app: NestFastifyApplication, config: Config) {
  setApiHeaders(app.getHttpAdapter().getInstance(), config);
  readForms(app);
  serveApiDocs(app);
}
