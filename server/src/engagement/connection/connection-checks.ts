import type { ConnectionCheck } from "@dealscope/shared/customerio";
import { Injectable } from "@nestjs/common";
import { CustomerIoKeyRefused, CustomerIoRejected } from "../../customerio/errors.ts";
import { Tenancy } from "../../database/tenancy.ts";
import { isUnavailability } from "../../work/failure.ts";
import type { ConnectionRow } from "./connection-rows.ts";
import { Connections, NotConnected } from "./connections.ts";
import { ReportingWebhooks } from "./reporting-webhook.ts";

type Step = ConnectionCheck["steps"][number];

const KEY_FOR = "Without an App API key this is not looked at.";

/** Tries every link to Customer.io, and says of each what works or what to do. */
@Injectable()
export class ConnectionChecks {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly connections: Connections,
    private readonly webhooks: ReportingWebhooks,
  ) {}

  /** @throws NotConnected */
  async check(accountId: number): Promise<ConnectionCheck> {
    const row = await this.connections.row(accountId);
    if (!row) throw new NotConnected("No keys of Customer.io are saved yet.");
    const [track, ...app] = await Promise.all([this.track(row), this.app(row), this.objects(row)]);
    const webhook = await this.webhook(accountId, row);
    const heard = (await this.connections.row(accountId)) ?? row;
    await this.tenancy.run(accountId, (tx) => tx.query("UPDATE customerio_connection SET checked_at = app_now()"));
    return { steps: [track, ...app, webhook, signature(heard)], at: new Date().toISOString() };
  }

  private track(row: ConnectionRow): Promise<Step> {
    return tried("track", async () => {
      const { region, environmentId } = await this.connections.regionOf(row);
      if (region === row.region && environmentId === row.environment_id)
        return `The Track key works: workspace ${environmentId}, region ${region.toUpperCase()}.`;
      throw new CustomerIoRejected("The workspace is another one than when the keys were saved. Save them again.", 409);
    });
  }

  private async app(row: ConnectionRow): Promise<Step> {
    const app = this.connections.appClient(row);
    if (!app) {
      const message = "No App API key: names of campaigns are not shown, and the webhook has to be added by hand.";
      return { key: "app", state: "skipped", message };
    }
    return tried("app", async () => {
      await app.webhooks();
      return "The App API key works.";
    });
  }

  private async objects(row: ConnectionRow): Promise<Step> {
    const app = this.connections.appClient(row);
    if (!app) return { key: "objects", state: "skipped", message: KEY_FOR };
    return tried("objects", async () => {
      const types = await app.objectTypes();
      if (types.length === 0) return "The workspace has no object types, so deals are told as attributes and events.";
      return `Deals can be objects: the workspace has ${types.map(({ name, id }) => `${name || "type"} (${id})`).join(", ")}.`;
    });
  }

  private async webhook(accountId: number, row: ConnectionRow): Promise<Step> {
    const app = this.connections.appClient(row);
    if (!app) {
      if (row.last_heard_at) return { key: "webhook", state: "ok", message: "The reporting webhook is heard." };
      const message = "Nothing has come from Customer.io yet. Add the webhook there, and choose Send test.";
      return { key: "webhook", state: "waiting", message };
    }
    return tried("webhook", async () => {
      const found = await this.webhooks.look(accountId, app, row);
      if (!found) throw new CustomerIoRejected("The reporting webhook is not there. Make it with the button.", 404);
      if (found.endpoint !== this.connections.webhookUrl(row))
        throw new CustomerIoRejected(
          "The reporting webhook leads to another address. Make it again with the button.",
          409,
        );
      if (found.disabled) throw new CustomerIoRejected("The reporting webhook is switched off in Customer.io.", 409);
      if (found.full_resolution) return "The reporting webhook is there and tells every open.";
      const why = "only the first open of each mail, which is often a machine's. Make it again with the button.";
      throw new CustomerIoRejected(`The reporting webhook tells ${why}`, 409);
    });
  }
}

async function tried(key: Step["key"], attempt: () => Promise<string>): Promise<Step> {
  try {
    return { key, state: "ok", message: await attempt() };
  } catch (error) {
    if (error instanceof CustomerIoKeyRefused) {
      const message = key === "track" ? REFUSED_TRACK : REFUSED_APP;
      return { key, state: "failed", message };
    }
    if (isUnavailability(error)) return { key, state: "failed", message: "Customer.io does not answer at the moment." };
    if (error instanceof CustomerIoRejected) return { key, state: "failed", message: error.message };
    throw error;
  }
}

const REFUSED_TRACK =
  "Customer.io does not know this site id with this Track key, in neither region. Copy both again from Settings, API credentials.";
const REFUSED_APP =
  "Customer.io does not take the App API key. It may be revoked, or be a Track key: they are not the same.";

/** What has come in proves the signing key, and nothing else does: no API shows it. */
function signature(row: ConnectionRow): Step {
  const key = "signature" as const;
  if (row.signing_key_sealed === null) {
    const message =
      "Paste the signing key of the Reporting Webhooks page: until then everything that comes is refused.";
    return { key, state: "failed", message };
  }
  if (row.refused > 0) {
    const message =
      "What came last was not signed with this key, so Customer.io holds back all that comes after it, for 7 days at most. Copy the key of the Reporting Webhooks page, not the one of API credentials.";
    return { key, state: "failed", message };
  }
  if (row.last_signed_at) return { key, state: "ok", message: "Signatures are right." };
  const message = "No signature was seen yet. Choose Send test at the webhook in Customer.io.";
  return { key, state: "waiting", message };
}
