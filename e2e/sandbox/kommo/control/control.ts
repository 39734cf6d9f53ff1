import { clockControl, faultControl } from "../../control-kit.ts";
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
import { hookControl, ledgerControl, sandboxControl, switchControl } from "./world.ts";

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
    faults: faultControl(world.faults),
    switches: switchControl(world),
    ledger: ledgerControl(world),
    clock: clockControl(world.clock),
    sandbox: sandboxControl(world),
  };
}

export type Control = ReturnType<typeof makeControl>;

/** With what status an error of the control API is answered. */
export function statusOf(error: Error): number {
  if (error instanceof InvalidItem) return 400;
  return error instanceof Problem ? error.status : 500;
}
