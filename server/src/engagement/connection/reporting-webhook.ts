import { Injectable } from "@nestjs/common";
import type { AppClient, ReportingWebhook } from "../../customerio/app-client.ts";
import { Tenancy } from "../../database/tenancy.ts";
import type { ConnectionRow } from "./connection-rows.ts";
import { Connections, NotConnected } from "./connections.ts";

const NAME = "Dealscope for Kommo";

/** What a timeline is made of. Content is not asked for: it would be every mail's whole text. */
const EVENTS = [
  ...["sent", "delivered", "opened", "clicked", "converted", "unsubscribed"].map((metric) => `email_${metric}`),
  ...["bounced", "dropped", "spammed", "failed", "undeliverable"].map((metric) => `email_${metric}`),
  ...["customer_subscribed", "customer_unsubscribed"],
];

/** The webhook by which Customer.io tells what people do, as far as the App API lets us see to it ourselves. */
@Injectable()
export class ReportingWebhooks {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly connections: Connections,
  ) {}

  /**
   * Makes it, or puts right the one that is there.
   * @throws NotConnected without an App key; CustomerIoKeyRefused, CustomerIoUnavailable, CustomerIoRejected
   */
  async make(accountId: number): Promise<void> {
    const row = await this.connections.row(accountId);
    const app = row && this.connections.appClient(row);
    if (!app) throw new NotConnected("Paste an App API key first, or add the webhook by hand as described.");
    const wish = { name: NAME, endpoint: this.connections.webhookUrl(row), events: EVENTS };
    const known = await this.find(app, row);
    await this.keep(accountId, known ? await app.changeWebhook(known.id, wish) : await app.makeWebhook(wish));
  }

  /** How ours stands at Customer.io now; undefined when it is not there. */
  async look(accountId: number, app: AppClient, row: ConnectionRow): Promise<ReportingWebhook | undefined> {
    const found = await this.find(app, row);
    await this.keep(accountId, found);
    return found;
  }

  /** The one that we have made, though this server has got another address since; else by its address: somebody may have made it by hand. */
  private async find(app: AppClient, row: ConnectionRow): Promise<ReportingWebhook | undefined> {
    const url = this.connections.webhookUrl(row);
    const all = await app.webhooks();
    return all.find(({ id }) => id === row.webhook_id) ?? all.find(({ endpoint }) => endpoint === url);
  }

  private async keep(accountId: number, webhook: ReportingWebhook | undefined) {
    await this.tenancy.run(accountId, (tx) =>
      tx.query("UPDATE customerio_connection SET webhook_id = $1, sends_all = $2", [
        webhook?.id ?? null,
        webhook?.full_resolution ?? null,
      ]),
    );
  }
}
