import { z } from "zod";
import { action } from "../../control-routes.ts";
import { FAIR_WEATHER } from "../../weather.ts";
import type { World } from "../world.ts";
import { findWorkspace, inWorkspace } from "./find.ts";

const weather = z.object({
  dropRate: z.number().min(0).max(1).optional(),
  duplicateRate: z.number().min(0).max(1).optional(),
  delayMs: z.number().min(0).optional(),
  reorderWithinMs: z.number().min(0).optional(),
});
const signing = z.enum(["right", "wrong-key", "no-header", "tampered-body"]);

export function webhookControl(world: World) {
  return {
    list: action(inWorkspace, (where) =>
      [...findWorkspace(world, where).webhooks.values()].map((webhook) => ({
        ...webhook,
        waiting: world.sender.waiting(webhook),
      })),
    ),
    /** As the page of reporting webhooks shows it; no call of the API tells it. */
    signingKey: action(inWorkspace, (where) => ({ key: findWorkspace(world, where).signingKey })),
    sign: action(inWorkspace.extend({ as: signing }), ({ as, ...where }) => {
      findWorkspace(world, where).signing = as;
    }),
    /** Of all webhooks; what is not named is fair. */
    weather: action(weather, (wish) => {
      world.sender.weather = { ...FAIR_WEATHER, ...wish };
      return world.sender.weather;
    }),
    /** Any body, signed, to every webhook of the workspace: legacy ones, unknown metrics, the test of the settings page. */
    send: action(inWorkspace.extend({ body: z.union([z.string(), z.looseObject({})]) }), ({ body, ...where }) => {
      const workspace = findWorkspace(world, where);
      const text = typeof body === "string" ? body : JSON.stringify(body);
      for (const webhook of workspace.webhooks.values()) world.sender.post(workspace, webhook, "by hand", text);
    }),
  };
}
