import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";
import type { World } from "../kommo/world.ts";
import { sendBelow, sendFile } from "./files.ts";

const STYLES = join(import.meta.dirname, "styles");
const BROWSER = join(import.meta.dirname, "browser");

const require = createRequire(import.meta.url);
const packageFile = (name: string, path: string) => join(dirname(require.resolve(`${name}/package.json`)), path);

/** The versions of Kommo's own page; widgets name them as dependencies. */
const LIBRARIES: Record<string, string> = {
  "require.js": packageFile("requirejs", "require.js"),
  "jquery.js": packageFile("jquery", "dist/jquery.js"),
  "underscore.js": packageFile("underscore", "underscore.js"),
  "moment.js": packageFile("moment", "moment.js"),
};

export function assetRoutes(app: FastifyInstance, world: World): void {
  app.get("/frontend/js/:name", async (request, reply) => {
    const path = LIBRARIES[(request.params as { name: string }).name];
    return path ? sendFile(reply, path, readFileSync(path)) : reply.callNotFound();
  });
  app.get("/frontend/css/*", async (request, reply) => sendBelow(reply, STYLES, wildcard(request.params)));
  app.get("/frontend/page/*", async (request, reply) => sendBelow(reply, BROWSER, wildcard(request.params)));

  /** The files of the archives, as they were uploaded. */
  app.get("/upl/:code/widget/*", async (request, reply) => {
    const { code, "*": path } = request.params as { code: string; "*": string };
    const file = world.widgets.get(code)?.archive.files.get(path);
    return file ? sendFile(reply, path, Buffer.from(file)) : reply.callNotFound();
  });
}

function wildcard(params: unknown): string {
  return (params as { "*": string })["*"];
}
