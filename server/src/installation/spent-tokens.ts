import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";

/** The database forgets by its own clock, which must not be before ours. */
const SPARE_SECONDS = 900;

export interface OneUse {
  id: string;
  /** At the earliest, when another clock says it. */
  issuedAtSeconds: number;
  takenUntilSeconds: number;
}

/** What is good for one use only, remembered from its first use until nobody would take it any more. */
@Injectable()
export class SpentTokens {
  constructor(private readonly tenancy: Tenancy) {}

  /**
   * A database that was restored does not remember what was used since its backup, so nothing from before then is taken.
   * @returns false when it was used, or may have been; also when that happens at this very moment in another process
   */
  async isFirstUse(accountId: number, { id, issuedAtSeconds, takenUntilSeconds }: OneUse): Promise<boolean> {
    return this.tenancy.run(accountId, async (tx) => {
      await tx.query("DELETE FROM spent_token WHERE expires_at < now()");
      const rows = await tx.query(
        `INSERT INTO spent_token (account_id, jti, expires_at)
         SELECT $1, $2, to_timestamp($3::float8)
          WHERE NOT EXISTS (SELECT FROM restoration WHERE at >= to_timestamp($4::float8))
         ON CONFLICT DO NOTHING RETURNING jti`,
        [accountId, id, takenUntilSeconds + SPARE_SECONDS, issuedAtSeconds],
      );
      return rows.length === 1;
    });
  }
}
