import type { Control } from "../sandbox/customerio/control/control.ts";
import { type Api, changeEngagement } from "./api.ts";

export type MailWorkspace = ReturnType<Control["workspaces"]["create"]>;

/** A workspace of an account's own, connected as its administrator does it: keys pasted, webhook made, switched on. */
export async function connectMails(control: Control, api: Api, name: string): Promise<MailWorkspace> {
  const workspace = control.workspaces.create({ name });
  await connectTo(workspace, control.webhooks.signingKey({ workspace: workspace.id }).key, api);
  return workspace;
}

/** The same of a workspace that stands in another process. */
export async function connectTo(
  { site_id: siteId, track_keys, app_keys }: MailWorkspace,
  signingKey: string,
  api: Api,
): Promise<void> {
  const [[trackKey], [appKey]] = [track_keys, app_keys];
  await api.ask("PUT", "/api/engagement/connection", { siteId, trackKey, appKey, signingKey });
  await api.ask("POST", "/api/engagement/webhook");
  await changeEngagement(api, { isOn: true });
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
