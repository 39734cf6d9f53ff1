import { Inject, Injectable } from "@nestjs/common";
import { ACCOUNT_PLACEHOLDER, CONFIG, type Config } from "../config.ts";
import { isAccountHost } from "../kommo/hosts.ts";
import type { Integration } from "../kommo/oauth.ts";

/** Where Kommo is and who we are to it. */
@Injectable()
export class KommoSettings {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** False when the server was started for accounts with long-lived tokens only. */
  get hasIntegration(): boolean {
    return this.config.KOMMO_CLIENT_ID !== undefined;
  }

  /** @throws when there is none */
  get integration(): Integration {
    const { KOMMO_CLIENT_ID, KOMMO_CLIENT_SECRETS } = this.config;
    if (!KOMMO_CLIENT_ID || !KOMMO_CLIENT_SECRETS) {
      throw new Error("KOMMO_CLIENT_ID and KOMMO_CLIENT_SECRETS are not set, so there is no OAuth.");
    }
    return { clientId: KOMMO_CLIENT_ID, clientSecrets: KOMMO_CLIENT_SECRETS, redirectUri: this.redirectUri };
  }

  get redirectUri(): string {
    return new URL("/oauth/kommo/callback", this.config.PUBLIC_URL).href;
  }

  /** The origin of an account's API; a stand-in's when one is configured, which only loopback addresses may be. */
  originOf(host: string): string {
    const { KOMMO_LOOPBACK_ORIGIN } = this.config;
    return KOMMO_LOOPBACK_ORIGIN?.replace(ACCOUNT_PLACEHOLDER, host.split(".")[0] ?? host) ?? `https://${host}`;
  }

  allows(host: string): boolean {
    return isAccountHost(host, this.config.KOMMO_DOMAINS);
  }

  webhookUrl(pathKey: string): string {
    return new URL(`/webhooks/kommo/${pathKey}`, this.config.PUBLIC_URL).href;
  }

  /** The same for every account: it stands in the widget's manifest. */
  get digitalPipelineUrl(): string {
    return new URL("/hooks/kommo/dp", this.config.PUBLIC_URL).href;
  }
}
