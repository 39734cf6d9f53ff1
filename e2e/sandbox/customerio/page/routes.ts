import { join } from "node:path";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { themeOf } from "../../page/cookies.ts";
import { sendBelow } from "../../page/files.ts";
import type { Workspace } from "../state/workspace.ts";
import type { World } from "../world.ts";
import { documentFor } from "./document.ts";
import { overview } from "./overview.ts";
import { personPage } from "./person-page.ts";

const SANDBOX = join(import.meta.dirname, "../..");
/** The modules import each other by their place on disk, so they are served by it. */
const SERVED = /^(customerio\/page|page)\/(browser|styles)\//;

const place = z.object({ workspace: z.coerce.number().optional(), look: z.string().default("") });

/** What people see of it, beside what programs see of it. */
export function pageRoutes(app: FastifyInstance, world: World): void {
  app.get("/", async (request, reply) => reply.type("text/html; charset=utf-8").send(documentFor(themeOf(request))));

  app.get("/frontend/*", async (request, reply) => {
    const { "*": path } = z.object({ "*": z.string() }).parse(request.params);
    return SERVED.test(path) ? sendBelow(reply, SANDBOX, path) : reply.callNotFound();
  });

  app.get("/ajax/page/overview", async (request, reply) => {
    const workspace = workspaceOf(world, request);
    return workspace ? overview(world, workspace, place.parse(request.query).look) : reply.callNotFound();
  });

  app.get("/ajax/page/people/:cio_id", async (request, reply) => {
    const workspace = workspaceOf(world, request);
    const person = workspace?.people.find(z.object({ cio_id: z.string() }).parse(request.params));
    return workspace && person ? personPage(workspace, person) : reply.callNotFound();
  });
}

/** The one that is asked for, or the first. */
function workspaceOf(world: World, request: FastifyRequest): Workspace | undefined {
  const { workspace } = place.parse(request.query);
  return workspace === undefined ? [...world.workspaces.values()][0] : world.workspaces.get(workspace);
}
