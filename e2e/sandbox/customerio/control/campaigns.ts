import { z } from "zod";
import { action } from "../../control-routes.ts";
import { addMailing } from "../state/mailings.ts";
import type { World } from "../world.ts";
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
    /** A name for the `parent` of mails that no campaign sends. */
    addMailing: action(
      inWorkspace.extend({
        kind: z.enum(["newsletters", "broadcasts", "transactional"]),
        name: z.string(),
        subject: z.string().default(""),
      }),
      ({ kind, name, subject, ...where }) => addMailing(findWorkspace(world, where).mailings[kind], { name, subject }),
    ),
    list: action(inWorkspace, (where) => [...findWorkspace(world, where).mailings.campaigns.values()]),
  };
}
