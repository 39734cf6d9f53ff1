import { Inject, Injectable } from "@nestjs/common";
import { errors, type JWTPayload, jwtVerify } from "jose";
import { EntityNotFoundError } from "typeorm";
import { z } from "zod";
import { CONFIG, type Config } from "../config.ts";
import type { AccountEntity } from "../installation/account.entity.ts";
import { Accounts } from "../installation/accounts.ts";
import { Callbacks } from "../installation/callbacks.ts";
import { KommoSettings } from "../installation/kommo-settings.ts";
import { SpentTokens } from "../installation/spent-tokens.ts";
import { unauthorized } from "./api-failure.ts";

/** Clocks of servers differ by this much. */
const SKEW_SECONDS = 60;

const id = z.int().positive();
const claims = z.object({
  iss: z.string(),
  aud: z.string(),
  jti: z.string().min(1).max(200),
  iat: z.number(),
  exp: z.number(),
  account_id: id,
  user_id: id,
  client_uuid: z.string(),
});

/** Who holds a token. `account` is undefined where Dealscope is not installed. */
export interface Bearer {
  accountId: number;
  userId: number;
  account: AccountEntity | undefined;
}

/** Kommo's one-time tokens: what proves to us which user of which account has the widget open. */
@Injectable()
export class OneTimeTokens {
  constructor(
    private readonly spent: SpentTokens,
    private readonly accounts: Accounts,
    private readonly callbacks: Callbacks,
    private readonly settings: KommoSettings,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Checks a token and spends it.
   * @throws ApiFailure "unauthorized", whatever is wrong with it
   */
  async spend(token: string | undefined): Promise<Bearer> {
    const found = claims.safeParse(await this.verified(token ?? ""));
    if (!found.success) throw unauthorized();
    const { iss, aud, jti, iat, exp, account_id: accountId, user_id: userId, client_uuid } = found.data;
    if (client_uuid !== this.config.KOMMO_CLIENT_ID || !isSameSite(aud, this.config.PUBLIC_URL)) throw unauthorized();
    const account = await this.installed(accountId);
    const isFromItsHost = account
      ? iss === `https://${account.host}`
      : iss.startsWith("https://") && this.settings.allows(iss.slice("https://".length));
    if (!isFromItsHost) throw unauthorized();
    const issuedAtSeconds = iat - SKEW_SECONDS;
    const takenUntilSeconds = exp + SKEW_SECONDS;
    if (!(await this.spent.isFirstUse(accountId, { id: jti, issuedAtSeconds, takenUntilSeconds })))
      throw unauthorized();
    if (account) return { accountId, userId, account };
    await this.callbacks.finished(iss.slice("https://".length));
    return { accountId, userId, account: await this.installed(accountId) };
  }

  private async verified(token: string): Promise<JWTPayload | undefined> {
    // Two secrets while the integration's key is changed.
    for (const secret of this.config.KOMMO_CLIENT_SECRETS ?? []) {
      try {
        const options = { algorithms: ["HS256"], clockTolerance: SKEW_SECONDS };
        return (await jwtVerify(token, Buffer.from(secret), options)).payload;
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
    }
    return undefined;
  }

  private async installed(accountId: number): Promise<AccountEntity | undefined> {
    try {
      const account = await this.accounts.get(accountId);
      return account.status === "uninstalled" ? undefined : account;
    } catch (error) {
      if (error instanceof EntityNotFoundError) return undefined;
      throw error;
    }
  }
}

/** Scheme and host are equal. Vendors disagree on whether an audience carries a port, so ports are not looked at. */
function isSameSite(audience: string, publicUrl: string): boolean {
  if (!URL.canParse(audience)) return false;
  const [one, other] = [new URL(audience), new URL(publicUrl)];
  return one.protocol === other.protocol && one.hostname === other.hostname;
}
