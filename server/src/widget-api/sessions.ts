import type { ConnectAddress, Session } from "@dealscope/shared/session";
import { Inject, Injectable } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { KommoSettings } from "../installation/kommo-settings.ts";
import { OAuthState } from "../installation/oauth-state.ts";
import { ApiFailure, unauthorized } from "./api-failure.ts";
import { OneTimeTokens } from "./one-time-tokens.ts";
import { Reps } from "./reps.ts";
import { SessionTokens } from "./session-tokens.ts";

/** Trades Kommo's proof of who has the widget open for a session of ours. */
@Injectable()
export class Sessions {
  constructor(
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly sessionTokens: SessionTokens,
    private readonly reps: Reps,
    private readonly settings: KommoSettings,
    private readonly state: OAuthState,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ApiFailure "unauthorized", or "not_connected" with the address that mends it */
  async open(oneTimeToken: string | undefined): Promise<Session> {
    const { accountId, userId, account } = await this.oneTimeTokens.spend(oneTimeToken);
    if (!account) {
      throw new ApiFailure(
        "not_connected",
        "An administrator has to connect Dealscope with this Kommo account first.",
        {
          connectUrl: this.connectAddress(accountId, userId).url,
        },
      );
    }
    if (account.status === "active") await this.reps.refresh(accountId, userId);
    const rep = await this.reps.of(accountId, userId);
    if (!rep) throw unauthorized();
    const { token, expiresAt } = await this.sessionTokens.issue(accountId, userId);
    return {
      token,
      expiresAt: expiresAt.toISOString(),
      accountStatus: account.status === "active" ? "active" : "needs_reconnect",
      isAdmin: rep.isAdmin,
      userName: rep.name,
    };
  }

  /** For connecting: a session does as well as a one-time token, which a widget that is not connected has alone. */
  async addressFor(session: string | undefined, oneTimeToken: string | undefined): Promise<ConnectAddress> {
    const bearer = session ? await this.sessionTokens.read(session) : await this.oneTimeTokens.spend(oneTimeToken);
    if (!bearer) throw unauthorized();
    return this.connectAddress(bearer.accountId, bearer.userId);
  }

  /** Kommo's consent window; `post_message` makes our page in it tell the widget how it went. */
  private connectAddress(accountId: number, userId: number): ConnectAddress {
    const url = new URL("/oauth", this.config.KOMMO_LOOPBACK_ORIGIN ?? "https://www.kommo.com");
    url.searchParams.set("client_id", this.settings.integration.clientId);
    url.searchParams.set("state", this.state.issue(accountId, userId));
    url.searchParams.set("mode", "post_message");
    return { url: url.href };
  }
}
