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
      for (const { userId, column, text } of await this.old(tx)) {
        const again = this.sealing.seal(this.sealing.open(text));
        if (userId === null) await tx.query(`UPDATE account SET ${column} = $1`, [again]);
        else await tx.query(`UPDATE oauth_grant SET ${column} = $1 WHERE user_id = $2`, [again, userId]);
      }
      return true;
    });
    if (changed) this.accounts.forget(accountId);
  }

  private async old(tx: Tx): Promise<Sealed[]> {
    const sealed: Sealed[] = await tx.query(
      `SELECT NULL::bigint AS "userId", 'path_key_sealed' AS column, path_key_sealed AS text FROM account
       UNION ALL SELECT NULL, 'dp_key_sealed', dp_key_sealed FROM account WHERE dp_key_sealed IS NOT NULL
       UNION ALL SELECT user_id, 'access_sealed', access_sealed FROM oauth_grant WHERE access_sealed IS NOT NULL
       UNION ALL SELECT user_id, 'refresh_sealed', refresh_sealed FROM oauth_grant WHERE refresh_sealed IS NOT NULL`,
    );
    return sealed.filter(({ text }) => !this.sealing.isSealedWithCurrentKey(text));
  }
}

interface Sealed {
  /** Whose grant; null for the account itself. */
  userId: number | null;
  column: string;
  text: string;
}
