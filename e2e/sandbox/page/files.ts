import { readFileSync, statSync } from "node:fs";
import { extname, join, normalize, sep } from "node:path";
import type { FastifyReply } from "fastify";

const TYPES: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** @param path whose ending tells what it is */
export function sendFile(reply: FastifyReply, path: string, body: string | Buffer) {
  return reply
    .type(TYPES[extname(path)] ?? "application/octet-stream")
    .header("cache-control", "no-cache")
    .send(body);
}

/** What a browser asks for below a folder, and nothing beside it. */
export async function sendBelow(reply: FastifyReply, root: string, wanted: string) {
  const path = normalize(join(root, wanted));
  if (!path.startsWith(root + sep) || !statSync(path, { throwIfNoEntry: false })?.isFile()) return reply.callNotFound();
  return sendFile(reply, path, extname(path) === ".ts" ? await withoutTypes(path) : readFileSync(path));
}

const stripped = new Map<string, { changedAt: number; code: string }>();

/** Modules of pages are TypeScript; blanking the types out leaves every line where it was. */
async function withoutTypes(path: string): Promise<string> {
  const changedAt = statSync(path).mtimeMs;
  const known = stripped.get(path);
  if (known?.changedAt === changedAt) return known.code;
  const { transformSync } = await import("amaro");
  const { code } = transformSync(readFileSync(path, "utf8"), { mode: "strip-only" });
  stripped.set(path, { changedAt, code });
  return code;
}
