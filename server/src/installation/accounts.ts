import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { AccountEntity } from "./account.entity.ts";

const REMEMBER_MS = 5_000;

/** An account we are installed at, remembered for a few seconds because every row of work asks for it. */
@Injectable()
export class Accounts {
  private readonly remembered = new Map<number, { account: Promise<AccountEntity>; until: number }>();

  constructor(private readonly tenancy: Tenancy) {}

  /** @throws when the account is not installed */
  get(accountId: number): Promise<AccountEntity> {
    const known = this.remembered.get(accountId);
    if (known && known.until > Date.now()) return known.account;
    const account = this.tenancy.run(accountId, (tx) => this.read(tx, accountId));
    this.remembered.set(accountId, { account, until: Date.now() + REMEMBER_MS });
    account.catch(() => this.remembered.delete(accountId));
    return account;
  }

  read(tx: Tx, accountId: number): Promise<AccountEntity> {
    return tx.getRepository(AccountEntity).findOneByOrFail({ accountId });
  }

  forget(accountId: number) {
    this.remembered.delete(accountId);
  }

  async markNeedsReconnect(tx: Tx, accountId: number, why: string) {
    await tx.query(
      `UPDATE account SET status = 'needs_reconnect', status_reason = $2, status_since = app_now()
        WHERE account_id = $1 AND status = 'active'`,
      [accountId, why],
    );
    this.forget(accountId);
  }
}
