import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize } from "node:path";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { World } from "../kommo/world.ts";

const TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

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
    return path ? send(reply, path, readFileSync(path)) : reply.callNotFound();
  });

  app.get("/frontend/css/*", async (request, reply) => {
    const path = below("styles", request.params as { "*": string });
    return path ? send(reply, path, readFileSync(path)) : reply.callNotFound();
  });

  app.get("/frontend/page/*", async (request, reply) => {
    const path = below("browser", request.params as { "*": string });
    return path ? send(reply, path, await withoutTypes(path)) : reply.callNotFound();
  });

  /** The files of the archives, as they were uploaded. */
  app.get("/upl/:code/widget/*", async (request, reply) => {
    const { code, "*": path } = request.params as { code: string; "*": string };
    const file = world.widgets.get(code)?.archive.files.get(path);
    return file ? send(reply, path, Buffer.from(file)) : reply.callNotFound();
  });
}

function send(reply: FastifyReply, path: string, body: string | Buffer) {
  return reply
    .type(TYPES[extname(path)] ?? "application/octet-stream")
    .header("cache-control", "no-cache")
    .send(body);
}

function below(folder: string, { "*": wanted }: { "*": string }): string | undefined {
  const root = join(import.meta.dirname, folder);
  const path = normalize(join(root, wanted));
  return path.startsWith(root) && statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined;
}

const stripped = new Map<string, { changedAt: number; code: string }>();

/** The page's own modules are TypeScript; blanking the types out leaves every line where it was. */
async function withoutTypes(path: string): Promise<string> {
  const changedAt = statSync(path).mtimeMs;
  const known = stripped.get(path);
  if (known?.changedAt === changedAt) return known.code;
  const { transformSync } = await import("amaro");
  const { code } = transformSync(readFileSync(path, "utf8"), { mode: "strip-only" });
  stripped.set(path, { changedAt, code });
  return code;
}
