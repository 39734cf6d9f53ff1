import { Injectable } from "@nestjs/common";
import type { KommoClient } from "../kommo/client.ts";
import { KommoForbidden, KommoRejected } from "../kommo/errors.ts";
import { Accounts } from "./accounts.ts";
import { KommoSettings } from "./kommo-settings.ts";
import type { Need, Provisioning } from "./need.ts";
import { optionalSubscriptions, type Provisioned, subscriptions } from "./provisioning.ts";
import { Sealing } from "./sealing.ts";

/** Our ear in the account. */
@Injectable()
export class Webhook implements Need {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: KommoSettings,
    private readonly sealing: Sealing,
  ) {}

  async provide(provisioning: Provisioning) {
    return { found: { webhook: await this.ensure(provisioning) }, isNew: false };
  }

  private async ensure({ accountId, kommo, problems }: Provisioning): Promise<Provisioned["webhook"]> {
    const { pathKeySealed } = await this.accounts.get(accountId);
    const destination = this.settings.webhookUrl(this.sealing.open(pathKeySealed));
    const checkedAt = new Date().toISOString();
    const heard = async () => {
      const [hook] = await kommo.webhooks(destination);
      return hook && !hook.disabled ? hook.settings : [];
    };
    try {
      let codes = await heard();
      if (![...subscriptions, ...optionalSubscriptions].every((code) => codes.includes(code))) {
        await this.subscribe(kommo, destination);
        codes = await heard();
      }
      if (!subscriptions.every((code) => codes.includes(code))) {
        const why = "Kommo accepted the webhook but does not list it as subscribed.";
        return { state: "unavailable", why, checkedAt };
      }
      for (const code of optionalSubscriptions.filter((one) => !codes.includes(one))) {
        problems.push(`Kommo does not send the webhook ${code} here; what it would tell is found a little later.`);
      }
      return { state: "subscribed", why: null, checkedAt };
    } catch (error) {
      // The plan has no webhooks, or 100 are taken: the scan alone must do.
      if (!(error instanceof KommoForbidden || error instanceof KommoRejected)) throw error;
      return { state: "unavailable", why: error.message, checkedAt };
    }
  }

  /** A code that Kommo does not know makes it refuse the whole list. */
  private async subscribe(kommo: KommoClient, destination: string) {
    try {
      await kommo.subscribe(destination, [...subscriptions, ...optionalSubscriptions]);
    } catch (error) {
      if (!(error instanceof KommoRejected)) throw error;
      await kommo.subscribe(destination, subscriptions);
    }
  }
}
