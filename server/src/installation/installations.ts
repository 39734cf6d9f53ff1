import { randomBytes } from "node:crypto";
import { Inject, Injectable, Logger } from "@nestjs/common";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { CONFIG, type Config } from "../config.ts";
import { hashKey } from "../database/known-keys.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { KommoUnauthorized } from "../kommo/errors.ts";
import { Work } from "../work/work.ts";
import { PROBE } from "../work/work-rows.ts";
import { Accounts } from "./accounts.ts";
import { Clients } from "./clients.ts";
import { GrantEntity } from "./grant.entity.ts";
import { Leavings } from "./leavings.ts";
import { lockGrants } from "./lock-grants.ts";
import { Sealing } from "./sealing.ts";
import { NeedsReconnect, Tokens } from "./tokens.ts";
import { isLackOfRights, NO_ADMINISTRATOR } from "./users.ts";

/** What a person (or the command line) hands us: a token of some user of the account at `host`. */
export interface Handover {
  host: string;
  kind: "oauth" | "long_lived";
  access: string;
  refresh: string | null;
  expiresAt: Date;
}

/** The grant's user is no administrator: it is kept, but never becomes the account's. */
export class NotAnAdministrator extends Error {}

export const PROVISION = "provision";
export const SCAN = "scan";

/** Installing, reinstalling and leaving. */
@Injectable()
export class Installations {
  private readonly log = new Logger("installation");
  private readonly probes = new RateLimiterMemory({ points: 1, duration: 60 });

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly clients: Clients,
    private readonly sealing: Sealing,
    private readonly tokens: Tokens,
    private readonly work: Work,
    private readonly leavings: Leavings,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    work.expect(PROVISION);
    work.expect(SCAN);
    work.register({
      kind: PROBE,
      run: async ({ accountId }) => {
        await this.probe(accountId);
        return {};
      },
    });
  }

  /** The host of the account that a token is for, as the API names it. */
  async hostOfToken({ host, access }: Handover): Promise<string> {
    const { subdomain } = await this.clients.withToken(host, access).account();
    return hostOf(subdomain, host);
  }

  /**
   * Takes a grant. Who it is for and what its user may is asked of the API, never taken from a query.
   * @returns the account's id
   * @throws NotAnAdministrator; KommoError when Kommo refuses the token or is away
   */
  async admit(handover: Handover, expected?: { accountId: number }): Promise<number> {
    const kommo = this.clients.withToken(handover.host, handover.access);
    const account = await kommo.account();
    if (expected && expected.accountId !== account.id) {
      throw new NotAnAdministrator(
        `The grant is for account ${account.id}, but account ${expected.accountId} asked for it.`,
      );
    }
    const isAdmin = await kommo.users().then(
      (users) => users.some((user) => user.id === account.current_user_id && user.rights.is_admin),
      (error) => {
        if (isLackOfRights(error)) return false;
        throw error;
      },
    );
    await this.tenancy.run(account.id, async (tx) => {
      await lockGrants(tx);
      if (isAdmin) await this.install(tx, account, hostOf(account.subdomain, handover.host), handover.kind);
      else if (!(await this.exists(tx))) return;
      const userId = account.current_user_id;
      if (!isAdmin && (await this.ownsTheAccountsGrant(tx, userId))) {
        // A lesser grant never replaces the account's, but it shows that its user has lost the rights.
        return this.accounts.markNeedsReconnect(tx, account.id, NO_ADMINISTRATOR);
      }
      await this.keepGrant(tx, account.id, userId, isAdmin, handover);
      if (isAdmin) await this.resume(tx, account.id);
    });
    if (!isAdmin)
      throw new NotAnAdministrator(`The user who connected account ${account.id} is not an administrator of it.`);
    this.accounts.forget(account.id);
    this.tokens.forget(account.id);
    this.log.log(`Account ${account.id} (${handover.host}) is connected.`);
    return account.id;
  }

  /**
   * Kommo says that a grant was revoked. The message can be replayed for ever, so the token is tried first, at once or
   * when the minute since the last such message is over.
   */
  async probeSoon(accountId: number) {
    const settleMs = await this.probes.consume(accountId).then(
      () => 0,
      (early: RateLimiterRes) => early.msBeforeNext,
    );
    await this.tenancy.run(accountId, async (tx) => {
      const [here] = await tx.query("SELECT 1 FROM account WHERE status <> 'uninstalled'");
      const request = { kind: PROBE, subject: accountId, priority: "interactive" } as const;
      if (here) await this.work.schedule(tx, accountId, [request], { settleMs, atMostMs: settleMs, hastens: false });
    });
  }

  /** Ends the account if its grant is really dead. */
  private async probe(accountId: number) {
    try {
      await (await this.clients.of(accountId, "interactive")).account();
      return;
    } catch (error) {
      const revoked = error instanceof KommoUnauthorized || error instanceof NeedsReconnect;
      if (!revoked) throw error;
    }
    await this.leave(accountId, "Kommo says the integration was removed.");
  }

  /** Tokens go at once; the data after a configured time, unless the account comes back. */
  async leave(accountId: number, why: string, actor = "kommo") {
    await this.tenancy.run(accountId, async (tx) => {
      const [left] = await tx.query(
        "SELECT 1 FROM account WHERE status = 'uninstalled' AND NOT EXISTS (SELECT 1 FROM oauth_grant)",
      );
      // Told again of what it knows, which must not put the erasure off.
      if (left) return;
      await tx.query("DELETE FROM oauth_grant");
      await tx.query("DELETE FROM backfill");
      await tx.query("DELETE FROM work");
      await tx.query("DELETE FROM backfill_lead");
      // Should it come back, nobody has looked in between.
      for (const table of ["scan", "past", "heard_lead", "heard_contact", "heard_talk", "gate_place"])
        await tx.query(`DELETE FROM ${table}`);
      await tx.query("UPDATE hold_reason SET ended_at = app_now() WHERE ended_at IS NULL");
      await tx.query("UPDATE hold SET outcome = 'released', ended_at = app_now() WHERE ended_at IS NULL");
      await tx.query(
        "UPDATE write SET state = 'dead', outcome = 'uninstalled', ended_at = app_now() WHERE state = 'due'",
      );
      await tx.query(
        `UPDATE intake_request SET state = 'failed', body = NULL, about = '{}', plan = NULL, ended_at = app_now(),
                issues = '[{"path": "", "message": "The account has left before this was carried out."}]'
          WHERE body IS NOT NULL`,
      );
      await this.leavings.left(tx, accountId);
      await tx.query(
        `UPDATE account SET status = 'uninstalled', status_reason = $1, status_since = app_now(),
                erase_at = app_now() + $2::float8 * interval '1 day'`,
        [why, this.config.ERASE_AFTER_DAYS],
      );
      await tx.query("INSERT INTO audit (account_id, actor, action) VALUES ($1, $2, 'uninstalled')", [
        ...[accountId, actor],
      ]);
    });
    this.accounts.forget(accountId);
    this.tokens.forget(accountId);
    this.log.log(`Account ${accountId} has left: ${why}`);
  }

  /** What was parked while there was no usable grant goes on at once. */
  private async resume(tx: Tx, accountId: number) {
    await tx.query("UPDATE work SET due_at = app_now() WHERE state = 'open' AND waits > 0 AND due_at > app_now()");
    await tx.query(
      `UPDATE write SET due_at = app_now()
        WHERE state = 'due' AND due_at > app_now() AND (target = 'lead' OR outcome_unknown_since IS NULL)`,
    );
    await this.work.schedule(tx, accountId, [{ kind: PROVISION, subject: accountId, priority: "interactive" }]);
  }

  private async ownsTheAccountsGrant(tx: Tx, userId: number): Promise<boolean> {
    return (await tx.query("SELECT 1 FROM oauth_grant WHERE is_the_accounts AND user_id = $1", [userId])).length > 0;
  }

  private async exists(tx: Tx): Promise<boolean> {
    return (await tx.query("SELECT 1 FROM account")).length > 0;
  }

  private async install(
    tx: Tx,
    account: Awaited<ReturnType<ReturnType<Clients["withToken"]>["account"]>>,
    host: string,
    kind: Handover["kind"],
  ) {
    const pathKey = randomBytes(32).toString("base64url");
    const [away] = await tx.query("SELECT 1 FROM account WHERE status = 'uninstalled'");
    if (away) await this.leavings.returned(tx, account.id);
    await tx.query(
      `INSERT INTO account AS a (account_id, name, host, language, currency, timezone, path_key_hash, path_key_sealed)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (account_id) DO UPDATE SET
         name = excluded.name, host = excluded.host, currency = excluded.currency, timezone = excluded.timezone,
         connected_at = CASE WHEN a.status = 'uninstalled' THEN app_now() ELSE a.connected_at END,
         status = 'active', status_reason = NULL, status_since = app_now(), erase_at = NULL`,
      [
        account.id,
        account.name,
        host,
        account.language,
        account.currency,
        account._embedded.datetime_settings?.timezone ?? "UTC",
        hashKey(pathKey),
        this.sealing.seal(pathKey),
      ],
    );
    // Only the command `connect` takes a long-lived token.
    const actor = kind === "long_lived" ? "command line" : "administrator";
    await tx.query("INSERT INTO audit (account_id, actor, action, subject) VALUES ($1, $2, 'connected', $3)", [
      ...[account.id, actor, host],
    ]);
  }

  private async keepGrant(tx: Tx, accountId: number, userId: number, isAdmin: boolean, handover: Handover) {
    if (isAdmin) await tx.query("UPDATE oauth_grant SET is_the_accounts = false WHERE user_id <> $1", [userId]);
    await tx.getRepository(GrantEntity).save(
      {
        accountId,
        userId,
        kind: handover.kind,
        isAdmin,
        isTheAccounts: isAdmin,
        accessSealed: this.sealing.seal(handover.access),
        refreshSealed: handover.refresh === null ? null : this.sealing.seal(handover.refresh),
        accessExpiresAt: handover.expiresAt,
        refreshedAt: new Date(),
        refusedAt: null,
      },
      { transaction: false },
    );
  }
}

/** The account's own host: its name is the API's word, only the domain is that of the address we were sent to. */
function hostOf(subdomain: string, given: string): string {
  return `${subdomain}${given.slice(given.indexOf("."))}`;
}
