import { Injectable, Logger } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { KommoNotFound, KommoUnauthorized, KommoUnavailable } from "../kommo/errors.ts";
import { Line } from "../kommo/line.ts";
import {
  apiDomainIn,
  findAccount,
  GrantRefused,
  IntegrationRefused,
  refreshTokens,
  type TokenPair,
} from "../kommo/oauth.ts";
import { tokenRefreshes } from "../meters.ts";
import { Accounts } from "./accounts.ts";
import { GrantEntity } from "./grant.entity.ts";
import { KommoSettings } from "./kommo-settings.ts";
import { Sealing } from "./sealing.ts";

/** Refreshed this long before it runs out, so that no call starts with a token about to die. */
const SPARE_MS = 5 * 60_000;
/** A fault of the operator's concerns all accounts at once; it is said so often and not for each of them. */
const SAY_EVERY_MS = 60_000;

/** There is no usable grant: an administrator has to connect the account again. Its work is parked until then. */
export class NeedsReconnect extends Error {
  readonly unavailable = true;
  readonly retryAfterMs = 60_000;
}

interface Held {
  token: string;
  expiresAt: number;
}

/** Access tokens, refreshed once however many ask: refresh tokens work a single time. */
@Injectable()
export class Tokens {
  private readonly log = new Logger("tokens");
  private readonly held = new Map<number, Held>();
  private readonly asking = new Map<number, Promise<Held>>();
  private saidAt = 0;

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly settings: KommoSettings,
    private readonly sealing: Sealing,
    private readonly line: Line,
  ) {}

  /**
   * The account's access token. `refused` is a token that Kommo has just answered with 401.
   * @throws NeedsReconnect when only a person can help; KommoUnavailable when Kommo is away
   */
  async of(accountId: number, refused?: string): Promise<string> {
    const held = this.held.get(accountId);
    if (held && held.token !== refused && held.expiresAt - SPARE_MS > Date.now()) return held.token;
    let asking = this.asking.get(accountId);
    if (!asking) {
      asking = this.obtain(accountId, refused).finally(() => this.asking.delete(accountId));
      this.asking.set(accountId, asking);
    }
    const fresh = await asking;
    this.held.set(accountId, fresh);
    return fresh.token;
  }

  forget(accountId: number) {
    this.held.delete(accountId);
  }

  /** Keeps the grant of an idle account alive: an unused refresh token dies after three months. */
  async refreshIfOlderThan(accountId: number, days: number) {
    const due = await this.tenancy.run(accountId, async (tx) => {
      const grant = await this.grantOf(tx, accountId);
      return grant?.kind === "oauth" && grant.refreshedAt.getTime() < Date.now() - days * 86_400_000
        ? grant
        : undefined;
    });
    if (due?.accessSealed) await this.of(accountId, this.sealing.open(due.accessSealed));
  }

  /**
   * Under the row's lock, and looked at again after it: another process may have refreshed while we waited. This is
   * the one transaction that stays open during an outside call, because a refreshed pair that is not saved is lost.
   */
  private async obtain(accountId: number, refused: string | undefined): Promise<Held> {
    const account = await this.accounts.get(accountId);
    const outcome = await this.tenancy.run(accountId, async (tx): Promise<Held | GrantRefused> => {
      // Longer than Kommo takes to say where the account has moved, and to refresh twice: a pair that arrives late must be kept.
      await tx.query("SET LOCAL idle_in_transaction_session_timeout = '60s'");
      await tx.query("SELECT 1 FROM oauth_grant WHERE is_the_accounts FOR UPDATE");
      const grant = await this.grantOf(tx, accountId);
      if (!grant?.accessSealed || grant.refusedAt) {
        await this.accounts.markNeedsReconnect(tx, accountId, "There is no usable grant of an administrator.");
        return new GrantRefused(`Account ${accountId} is not connected.`);
      }
      const access = this.sealing.open(grant.accessSealed);
      const expiresAt = grant.accessExpiresAt.getTime();
      if (access !== refused && expiresAt - SPARE_MS > Date.now()) return { token: access, expiresAt };
      if (!grant.refreshSealed) {
        // A long-lived token that Kommo refuses cannot be refreshed; one that is only close to its end still works.
        if (access !== refused && expiresAt > Date.now()) return { token: access, expiresAt };
        return this.refuse(tx, grant, new GrantRefused("The long-lived token has expired or was revoked."));
      }
      try {
        const { pair, host } = await this.refresh(
          account.host,
          accountId,
          access,
          this.sealing.open(grant.refreshSealed),
        );
        await this.save(tx, grant, pair);
        this.tenancy.afterCommit(tx, () => tokenRefreshes.inc({ outcome: "done" }));
        if (host !== account.host) {
          await tx.query("UPDATE account SET host = $1", [host]);
          this.accounts.forgetAfter(tx, accountId);
        }
        return { token: pair.access, expiresAt: pair.expiresAt.getTime() };
      } catch (error) {
        if (error instanceof GrantRefused) return this.refuse(tx, grant, error);
        tokenRefreshes.inc({ outcome: error instanceof IntegrationRefused ? "integration_refused" : "failed" });
        if (error instanceof IntegrationRefused) this.tellOperator(error);
        throw error;
      }
    });
    if (outcome instanceof GrantRefused) throw new NeedsReconnect(outcome.message);
    return outcome;
  }

  private async refresh(host: string, accountId: number, access: string, refresh: string) {
    const { integration } = this.settings;
    // Not waited for: a transaction is open.
    if (this.line.isBlocked) {
      throw new KommoUnavailable("Kommo has blocked this address; no token is refreshed until then.", {
        outcomeUnknown: false,
      });
    }
    try {
      return { host, pair: await refreshTokens(this.settings.originOf(host), integration, refresh) };
    } catch (error) {
      const maybeMoved =
        error instanceof GrantRefused || error instanceof IntegrationRefused || error instanceof KommoNotFound;
      const movedTo = maybeMoved ? await this.whereIs(accountId, access, refresh) : undefined;
      if (!movedTo || movedTo === host) throw error;
      this.log.log(`Account ${accountId} has moved from ${host} to ${movedTo}.`);
      return { host: movedTo, pair: await refreshTokens(this.settings.originOf(movedTo), integration, refresh) };
    }
  }

  private async whereIs(accountId: number, access: string, refresh: string): Promise<string | undefined> {
    const apiDomain = apiDomainIn(access);
    if (!apiDomain || !this.settings.allows(apiDomain)) return undefined;
    try {
      const found = await findAccount(this.settings.originOf(apiDomain), refresh);
      return found.id === accountId && this.settings.allows(found.host) ? found.host : undefined;
    } catch (error) {
      if (error instanceof KommoUnauthorized || error instanceof KommoNotFound) return undefined;
      throw error;
    }
  }

  private grantOf(tx: Tx, accountId: number): Promise<GrantEntity | null> {
    return tx.getRepository(GrantEntity).findOneBy({ accountId, isTheAccounts: true });
  }

  private async save(tx: Tx, grant: GrantEntity, pair: TokenPair) {
    grant.accessSealed = this.sealing.seal(pair.access);
    grant.refreshSealed = this.sealing.seal(pair.refresh);
    grant.accessExpiresAt = pair.expiresAt;
    grant.refreshedAt = new Date();
    await tx.getRepository(GrantEntity).save(grant, { transaction: false });
  }

  private tellOperator(error: IntegrationRefused) {
    if (Date.now() - this.saidAt < SAY_EVERY_MS) return;
    this.saidAt = Date.now();
    this.log.error(error.message);
  }

  private async refuse(tx: Tx, grant: GrantEntity, refusal: GrantRefused): Promise<GrantRefused> {
    this.tenancy.afterCommit(tx, () => tokenRefreshes.inc({ outcome: "refused" }));
    this.log.warn(`Account ${grant.accountId} has to be reconnected: ${refusal.message}`);
    await tx.query("UPDATE oauth_grant SET refused_at = app_now() WHERE user_id = $1", [grant.userId]);
    await this.accounts.markNeedsReconnect(tx, grant.accountId, refusal.message);
    this.forget(grant.accountId);
    return refusal;
  }
}
