import type { FastifyInstance } from "fastify";
import { Problem } from "../api/problem.ts";
import { InvalidItem } from "../crm/invalid-item.ts";
import type { World } from "../world.ts";
import { accountControl } from "./accounts.ts";
import { chatControl } from "./chats.ts";
import { contactControl } from "./contacts.ts";
import { digitalPipelineControl } from "./digital-pipeline.ts";
import { fieldControl } from "./fields.ts";
import { leadControl } from "./leads.ts";
import { listControl } from "./lists.ts";
import { oauthControl } from "./oauth.ts";
import { taskControl } from "./tasks.ts";
import { widgetControl } from "./widgets.ts";
import { clockControl, faultControl, hookControl, ledgerControl, sandboxControl, switchControl } from "./world.ts";

/** Everything a person or a test can do to this Kommo from outside of its API. */
export function makeControl(world: World) {
  return {
    accounts: accountControl(world),
    oauth: oauthControl(world),
    leads: leadControl(world),
    contacts: contactControl(world),
    chats: chatControl(world),
    tasks: taskControl(world),
    fields: fieldControl(world),
    lists: listControl(world),
    widgets: widgetControl(world),
    hooks: hookControl(world),
    digitalPipeline: digitalPipelineControl(world),
    faults: faultControl(world),
    switches: switchControl(world),
    ledger: ledgerControl(world),
    clock: clockControl(world),
    sandbox: sandboxControl(world),
  };
}

export type Control = ReturnType<typeof makeControl>;

type Action = (input: object) => unknown;

/** The same functions over HTTP: `control.leads.addNote({…})` is `POST /_sandbox/leads/add-note` with that body. */
export function controlRoutes(app: FastifyInstance, control: Control): void {
  for (const [group, actions] of Object.entries(control)) {
    for (const [name, action] of Object.entries(actions) as [string, Action][]) {
      const url = `/_sandbox/${kebab(group)}/${kebab(name)}`;
      app.route({
        method: ["GET", "POST"],
        url,
        handler: async (request, reply) => {
          const result = await run(action, (request.body ?? request.query) as object);
          return reply.type("application/json").send(JSON.stringify(result ?? {}));
        },
      });
    }
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

async function run(action: Action, input: object): Promise<unknown> {
  try {
    return await action(input);
  } catch (error) {
    if (error instanceof InvalidItem) throw new Problem(400, error.message);
    throw error;
  }
}
