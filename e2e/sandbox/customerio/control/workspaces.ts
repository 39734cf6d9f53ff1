import { randomBytes } from "node:crypto";
import { z } from "zod";
import { action } from "../../control-routes.ts";
import { Workspace } from "../state/workspace.ts";
import type { World } from "../world.ts";
import { findWorkspace, inWorkspace } from "./find.ts";

const newWorkspace = z.strictObject({
  name: z.string().default("Sandbox"),
  region: z.enum(["us", "eu"]).default("us"),
  identifiedBy: z.enum(["id", "email", "id-and-email"]).default("id-and-email"),
  emailChangesById: z.boolean().default(false),
  mergesHalves: z.boolean().default(true),
});

const keyOf = inWorkspace.extend({ kind: z.enum(["track", "app"]) });

export function workspaceControl(world: World) {
  const show = (workspace: Workspace) => ({
    id: workspace.id,
    ...workspace.options,
    origin: world.origins[workspace.options.region],
    site_id: workspace.siteId,
    track_keys: [...workspace.trackKeys],
    app_keys: [...workspace.appKeys],
  });
  return {
    create: action(newWorkspace, (options) => {
      const workspace = new Workspace(4711 + world.workspaces.size, options, world.surroundings);
      world.workspaces.set(workspace.id, workspace);
      return show(workspace);
    }),
    list: action(z.object({}), () => [...world.workspaces.values()].map(show)),
    /** Every key of that kind is void from now on; the new one is returned. */
    replaceKey: action(keyOf, ({ kind, ...where }) => {
      const workspace = findWorkspace(world, where);
      const keys = kind === "track" ? workspace.trackKeys : workspace.appKeys;
      keys.clear();
      const key = randomBytes(16).toString("hex");
      keys.add(key);
      return { key };
    }),
    /** What happened to accepted writes. */
    activities: action(inWorkspace, (where) => findWorkspace(world, where).activities.all()),
    addObjectType: action(inWorkspace.extend({ name: z.string() }), ({ name, ...where }) =>
      findWorkspace(world, where).objects.addType(name),
    ),
    objects: action(inWorkspace, (where) => findWorkspace(world, where).objects.all()),
  };
}
