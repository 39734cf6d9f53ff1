import { clockControl, faultControl } from "../../control-kit.ts";
import type { World } from "../world.ts";
import { campaignControl } from "./campaigns.ts";
import { NotThere } from "./find.ts";
import { mailControl, recipientControl } from "./mail.ts";
import { peopleControl } from "./people.ts";
import { webhookControl } from "./webhooks.ts";
import { workspaceControl } from "./workspaces.ts";
import { ledgerControl, sandboxControl, switchControl } from "./world.ts";

/** Everything a person or a test can do to this Customer.io from outside of its API. */
export function makeControl(world: World) {
  return {
    workspaces: workspaceControl(world),
    people: peopleControl(world),
    campaigns: campaignControl(world),
    mail: mailControl(world),
    recipient: recipientControl(world),
    webhooks: webhookControl(world),
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
  return error instanceof NotThere ? 404 : 500;
}
