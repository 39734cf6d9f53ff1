import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "./accounts.ts";
import { lockGrants } from "./lock-grants.ts";
import { Sealing } from "./sealing.ts";

/** What is kept for long is never saved again by itself; without this an old key could not be retired. */
@Injectable()
export class Resealing {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly sealing: Sealing,
  ) {}

  /** Seals with the current key whatever of the account is sealed with a former one. */
  async reseal(accountId: number) {
    const changed = await this.tenancy.run(accountId, async (tx) => {
      if ((await this.old(tx)).length === 0) return false;
      // Locked and looked at again, so that a pair that is being refreshed at this moment is not written over.
      await lockGrants(tx);
      await tx.query("SELECT FROM account FOR UPDATE");
      await tx.query("SELECT FROM intake_key ORDER BY id FOR UPDATE");
      await tx.query("SELECT FROM customerio_connection FOR UPDATE");
      for (const { place, column, id, text } of await this.old(tx)) {
        const again = this.sealing.seal(this.sealing.open(text));
        await tx.query(`UPDATE ${place} SET ${column} = $1 WHERE ${idOf[place]} = $2`, [again, id]);
      }
      return true;
    });
    if (changed) this.accounts.forget(accountId);
  }

  private async old(tx: Tx): Promise<Sealed[]> {
    const sealed: Sealed[] = await tx.query(
      `SELECT 'account' AS place, 'path_key_sealed' AS column, account_id AS id, path_key_sealed AS text FROM account
       UNION ALL SELECT 'account', 'dp_key_sealed', account_id, dp_key_sealed FROM account WHERE dp_key_sealed IS NOT NULL
       UNION ALL SELECT 'oauth_grant', 'access_sealed', user_id, access_sealed FROM oauth_grant WHERE access_sealed IS NOT NULL
       UNION ALL SELECT 'oauth_grant', 'refresh_sealed', user_id, refresh_sealed FROM oauth_grant WHERE refresh_sealed IS NOT NULL
       UNION ALL SELECT 'intake_key', 'key_sealed', id, key_sealed FROM intake_key WHERE key_sealed <> ''
       UNION ALL SELECT 'customerio_connection', k.column, account_id, k.text
         FROM customerio_connection, LATERAL (VALUES ('track_key_sealed', track_key_sealed), ('app_key_sealed', app_key_sealed),
              ('signing_key_sealed', signing_key_sealed), ('path_key_sealed', path_key_sealed)) AS k ("column", text)
        WHERE k.text IS NOT NULL`,
    );
    return sealed.filter(({ text }) => !this.sealing.isSealedWithCurrentKey(text));
  }
}

const idOf = {
  account: "account_id",
  oauth_grant: "user_id",
  intake_key: "id",
  customerio_connection: "account_id",
} as const;

interface Sealed {
  place: keyof typeof idOf;
  column: string;
  id: number;
  text: string;
}
