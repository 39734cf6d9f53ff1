import type { Control } from "../sandbox/customerio/control/control.ts";
import { type Api, changeEngagement } from "./api.ts";

export type MailWorkspace = ReturnType<Control["workspaces"]["create"]>;

/** A workspace of an account's own, connected as its administrator does it: keys pasted, webhook made, switched on. */
export async function connectMails(control: Control, api: Api, name: string): Promise<MailWorkspace> {
  const workspace = control.workspaces.create({ name });
  await api.ask("PUT", "/api/engagement/connection", {
    siteId: workspace.site_id,
    trackKey: workspace.track_keys[0],
    appKey: workspace.app_keys[0],
    signingKey: control.webhooks.signingKey({ workspace: workspace.id }).key,
  });
  await api.ask("POST", "/api/engagement/webhook");
  await changeEngagement(api, { isOn: true });
  return workspace;
}

/** Whoever's deal moves gets a mail. */
export function writeOnMoves(control: Control, { id }: MailWorkspace): void {
  control.campaigns.define({
    workspace: id,
    name: "After a move",
    subject: "What comes next",
    event_name: "deal_stage_changed",
  });
}

/** How the server is told where Customer.io is. */
export function mailEnv({ us, eu }: { us: string; eu: string }) {
  return {
    CUSTOMERIO_TRACK_US_URL: us,
    CUSTOMERIO_TRACK_EU_URL: eu,
    CUSTOMERIO_APP_US_URL: us,
    CUSTOMERIO_APP_EU_URL: eu,
  };
}
