import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { Accounts } from "./accounts.ts";
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
      // Locked, so that a pair that is being refreshed at this moment is not written over.
      const sealed: { userId: number | null; column: string; text: string }[] = await tx.query(
        `WITH a AS (SELECT path_key_sealed FROM account FOR UPDATE),
              g AS (SELECT user_id, access_sealed, refresh_sealed FROM oauth_grant ORDER BY user_id FOR UPDATE)
         SELECT NULL::bigint AS "userId", 'path_key_sealed' AS column, path_key_sealed AS text FROM a
         UNION ALL SELECT user_id, 'access_sealed', access_sealed FROM g WHERE access_sealed IS NOT NULL
         UNION ALL SELECT user_id, 'refresh_sealed', refresh_sealed FROM g WHERE refresh_sealed IS NOT NULL`,
      );
      const old = sealed.filter(({ text }) => !this.sealing.isSealedWithCurrentKey(text));
      for (const { userId, column, text } of old) {
        const again = this.sealing.seal(this.sealing.open(text));
        if (userId === null) await tx.query(`UPDATE account SET ${column} = $1`, [again]);
        else await tx.query(`UPDATE oauth_grant SET ${column} = $1 WHERE user_id = $2`, [again, userId]);
      }
      return old.length;
    });
    if (changed > 0) this.accounts.forget(accountId);
  }
}
