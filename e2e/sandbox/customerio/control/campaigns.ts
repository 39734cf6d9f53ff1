import { z } from "zod";
import type { World } from "../world.ts";
import { action } from "./action.ts";
import { findWorkspace, inWorkspace } from "./find.ts";

const newCampaign = inWorkspace.extend({
  name: z.string().min(1),
  subject: z.string().min(1),
  /** The event that starts it; null for one that is started by hand only. */
  event_name: z.string().min(1).nullable().default(null),
});

export function campaignControl(world: World) {
  return {
    /** From now on every such event of the last 72 hours sends this mail to its person. */
    define: action(newCampaign, ({ name, subject, event_name: eventName, ...where }) => {
      const { id } = findWorkspace(world, where).mailings.addCampaign({ name, subject, eventName });
      return { id, name, subject, event_name: eventName };
    }),
    list: action(inWorkspace, (where) => [...findWorkspace(world, where).mailings.campaigns.values()]),
  };
}
