import { ConnectionAnswer, type ConnectionWish } from "@dealscope/shared/customerio";
import { type CustomerIoSandbox, startCustomerIo } from "../../e2e/sandbox/customerio/start.ts";
import { Browser } from "./widget-api-kit.ts";
import { startWorld, type World } from "./world.ts";

type KommoWish = Parameters<World["install"]>[0];
type CustomerIoOptions = Parameters<typeof startCustomerIo>[0];
type Workspace = ReturnType<CustomerIoSandbox["control"]["workspaces"]["create"]>;
type WorkspaceWish = Parameters<CustomerIoSandbox["control"]["workspaces"]["create"]>[0];

/** The world with Customer.io in it. */
export interface EngagementWorld extends World {
  customerio: CustomerIoSandbox;
}

export async function startEngagementWorld(
  options: { customerio?: CustomerIoOptions; env?: Record<string, string> } = {},
): Promise<EngagementWorld> {
  const { switches, ...others } = options.customerio ?? {};
  // A test asks more in a second than an account does.
  const customerio = await startCustomerIo({ switches: { appPerSecond: 1_000, ...switches }, ...others });
  const { us, eu } = customerio.origins;
  const world = await startWorld({
    env: {
      KOMMO_ACCOUNT_RPS: "500",
      KOMMO_EGRESS_RPS: "500",
      CUSTOMERIO_TRACK_US_URL: us,
      CUSTOMERIO_TRACK_EU_URL: eu,
      CUSTOMERIO_APP_US_URL: us,
      CUSTOMERIO_APP_EU_URL: eu,
      ...options.env,
    },
    kommo: { switches: { ratePerSecond: 1_000 } },
  });
  return {
    ...world,
    customerio,
    async stop() {
      await world.stop();
      await customerio.stop();
    },
  };
}

/** An account with a workspace of its own, and its administrator with the settings open. */
export interface Engaged {
  accountId: number;
  adminId: number;
  pipelineId: number;
  statusIds: number[];
  workspace: Workspace;
  admin: Browser;
}

/** What an administrator pastes: all keys of the workspace. */
export function keysOf(world: EngagementWorld, workspace: Workspace): ConnectionWish {
  return {
    siteId: workspace.site_id,
    trackKey: workspace.track_keys[0]!,
    appKey: workspace.app_keys[0]!,
    signingKey: world.customerio.control.webhooks.signingKey({ workspace: workspace.id }).key,
  };
}

/** Installs Dealscope into a new account and connects it to a new workspace; without `keys`, with all of them. */
export async function engage(
  world: EngagementWorld,
  wish: { kommo?: KommoWish; workspace?: WorkspaceWish; keys?: Partial<ConnectionWish> } = {},
): Promise<Engaged> {
  const installed = await world.install(wish.kommo);
  const workspace = world.customerio.control.workspaces.create(wish.workspace ?? {});
  const admin = await Browser.open(world, installed.accountId, installed.adminId);
  await connect(admin, { ...keysOf(world, workspace), ...wish.keys });
  return { ...installed, workspace, admin };
}

export async function connect(admin: Browser, body: ConnectionWish) {
  const { connection } = await admin.send(ConnectionAnswer, "/api/engagement/connection", { method: "PUT", body });
  return connection!;
}
