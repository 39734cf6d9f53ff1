import type { FastifyInstance } from "fastify";
import { ZodError, z } from "zod";
import type { World } from "../world.ts";
import { campaignControl } from "./campaigns.ts";
import { NotThere } from "./find.ts";
import { mailControl, recipientControl } from "./mail.ts";
import { peopleControl } from "./people.ts";
import { webhookControl } from "./webhooks.ts";
import { workspaceControl } from "./workspaces.ts";
import { clockControl, faultControl, ledgerControl, sandboxControl, switchControl } from "./world.ts";

/** Everything a person or a test can do to this Customer.io from outside of its API. */
export function makeControl(world: World) {
  return {
    workspaces: workspaceControl(world),
    people: peopleControl(world),
    campaigns: campaignControl(world),
    mail: mailControl(world),
    recipient: recipientControl(world),
    webhooks: webhookControl(world),
    faults: faultControl(world),
    switches: switchControl(world),
    ledger: ledgerControl(world),
    clock: clockControl(world),
    sandbox: sandboxControl(world),
  };
}

export type Control = ReturnType<typeof makeControl>;

type Action = (input: object) => unknown;

/** The same functions over HTTP: `control.workspaces.replaceKey({…})` is `POST /_sandbox/workspaces/replace-key`. */
export function controlRoutes(app: FastifyInstance, control: Control): void {
  for (const [group, actions] of Object.entries(control)) {
    for (const [name, run] of Object.entries(actions) as [string, Action][]) {
      const url = `/_sandbox/${group}/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      app.route({
        method: ["GET", "POST"],
        url,
        handler: async (request, reply) => {
          const result = await run((request.body ?? request.query) as object);
          return reply.type("application/json").send(JSON.stringify(result ?? {}));
        },
        errorHandler: (error: Error, _request, reply) => {
          const status = error instanceof NotThere ? 404 : error instanceof ZodError ? 400 : 500;
          const detail = error instanceof ZodError ? z.prettifyError(error) : error.message;
          return reply.code(status).send({ detail });
        },
      });
    }
  }
}
