import { z } from "zod";
import type { Campaign } from "../state/mailings.ts";
import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";
import type { World } from "../world.ts";

/** May be left out while there is only one. */
export const inWorkspace = z.object({ workspace: z.coerce.number().int().optional() });

/** One identifier of a person. */
export const whom = inWorkspace.extend({
  id: z.string().optional(),
  email: z.string().optional(),
  cio_id: z.string().optional(),
});

export class NotThere extends Error {}

export function findWorkspace(world: World, { workspace }: z.output<typeof inWorkspace>): Workspace {
  const all = [...world.workspaces.values()];
  const found = workspace === undefined && all.length === 1 ? all[0] : world.workspaces.get(workspace ?? 0);
  if (!found) throw new NotThere(`There is no workspace ${workspace ?? "(name one: there is not exactly one)"}.`);
  return found;
}

export function findPerson(workspace: Workspace, { id, email, cio_id }: z.output<typeof whom>): Person {
  const person = workspace.people.find({ id, email, cio_id });
  if (!person) throw new NotThere(`There is no person ${id ?? email ?? cio_id}.`);
  return person;
}

export function findCampaign(workspace: Workspace, id: number): Campaign {
  const campaign = workspace.mailings.campaigns.get(id);
  if (!campaign) throw new NotThere(`There is no campaign ${id}.`);
  return campaign;
}
