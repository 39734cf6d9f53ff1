import { APIClient, RegionUS, TrackClient } from "customerio-node";
import { type CustomerIoOptions, startCustomerIo } from "./start.ts";

type WorkspaceWish = Parameters<Awaited<ReturnType<typeof startCustomerIo>>["control"]["workspaces"]["create"]>[0];

/** A running stand-in with one workspace and the official client for it. */
export async function connected(options: CustomerIoOptions = {}, wish: WorkspaceWish = {}) {
  const sandbox = await startCustomerIo(options);
  const workspace = sandbox.control.workspaces.create(wish);
  const [trackKey] = workspace.track_keys;
  const [appKey] = workspace.app_keys;
  const retry = { maxRetries: 0 };
  const track = new TrackClient(workspace.site_id, trackKey!, {
    region: RegionUS,
    url: `${workspace.origin}/api/v1`,
    retry,
  });
  const app = new APIClient(appKey!, { region: RegionUS, url: `${workspace.origin}/v1`, retry });
  return { ...sandbox, workspace, trackKey: trackKey!, track, app };
}
