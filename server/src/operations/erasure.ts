import { Injectable, Logger } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";

const TOGETHER = 1_000;

/** Forgets an account whose time has come after it left: every row of every table, the account itself last. */
@Injectable()
export class Erasure {
  private readonly log = new Logger("erasure");

  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
  ) {}

  /** @returns whether nothing of the account is left */
  async eraseIfDue(accountId: number): Promise<boolean> {
    const tables = await this.whileDue(accountId, async (tx) => {
      // The account's login for BI tools is no row.
      await tx.query("SELECT bi_revoke()");
      // How it was connected belongs to nobody until it is known to whom.
      await tx.query("DELETE FROM install_callback WHERE account_id_found = $1 OR host = (SELECT host FROM account)", [
        accountId,
      ]);
      return tenantTables(tx);
    });
    if (!tables) return false;
    for (const table of tables) {
      let deleted: number | undefined;
      do {
        deleted = await this.whileDue(accountId, (tx) => deleteSome(tx, table));
        if (deleted === undefined) return false;
      } while (deleted === TOGETHER);
    }
    const gone = await this.whileDue(accountId, async (tx) => {
      // Its own audit is gone; that it was erased can still be shown.
      await tx.query("INSERT INTO operator_audit (actor, action, subject) VALUES ('dealscope', 'account erased', $1)", [
        `account ${accountId}`,
      ]);
      return deleteSome(tx, "account");
    });
    if (!gone) return false;
    this.accounts.forget(accountId);
    this.log.log(`Account ${accountId} is erased.`);
    return true;
  }

  /** An account that comes back is not erased any further: its row is locked and looked at for every batch. */
  private whileDue<T>(accountId: number, use: (tx: Tx) => Promise<T>): Promise<T | undefined> {
    return this.tenancy.run(accountId, async (tx) => {
      const [due] = await tx.query(
        "SELECT 1 FROM account WHERE status = 'uninstalled' AND erase_at <= app_now() FOR UPDATE",
      );
      return due && use(tx);
    });
  }
}

/** Asked of the database, so that no table added later is forgotten. */
async function tenantTables(tx: Tx): Promise<string[]> {
  const rows: { tablename: string }[] = await tx.query(
    "SELECT tablename FROM pg_policies WHERE policyname = 'tenancy' AND tablename <> 'account' ORDER BY tablename",
  );
  return rows.map((row) => row.tablename);
}

async function deleteSome(tx: Tx, table: string): Promise<number> {
  const [, deleted] = await tx.query(
    `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} LIMIT ${TOGETHER}))`,
  );
  return deleted;
}
