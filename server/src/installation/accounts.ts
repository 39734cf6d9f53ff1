import { Injectable } from "@nestjs/common";
import { Remembered } from "../database/remembered.ts";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { AccountEntity } from "./account.entity.ts";

const REMEMBER_MS = 5_000;

/** An account we are installed at, remembered for a few seconds because every row of work asks for it. */
@Injectable()
export class Accounts {
  private readonly remembered = new Remembered<number, AccountEntity>(REMEMBER_MS);

  constructor(private readonly tenancy: Tenancy) {}

  /** @throws when the account is not installed */
  get(accountId: number): Promise<AccountEntity> {
    return this.remembered.get(accountId, () => this.tenancy.run(accountId, (tx) => this.read(tx, accountId)));
  }

  read(tx: Tx, accountId: number): Promise<AccountEntity> {
    return tx.getRepository(AccountEntity).findOneByOrFail({ accountId });
  }

  forget(accountId: number) {
    this.remembered.forget(accountId);
  }

  /** For whoever changes the account in `tx`: forgotten earlier, it could be remembered as it was before. */
  forgetAfter(tx: Tx, accountId: number) {
    this.tenancy.afterCommit(tx, () => this.forget(accountId));
  }

  async markNeedsReconnect(tx: Tx, accountId: number, why: string) {
    await tx.query(
      `UPDATE account SET status = 'needs_reconnect', status_reason = $2, status_since = app_now()
        WHERE account_id = $1 AND status = 'active'`,
      [accountId, why],
    );
    this.forgetAfter(tx, accountId);
  }
}
