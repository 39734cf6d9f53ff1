import type { Tx } from "../database/tenancy.ts";

/**
 * Locks an account's grants until the transaction ends. Whoever changes both locks them before the account's row, as a
 * refresh does: were it to fail for being waited for in a circle, a pair that Kommo has given out would be lost.
 */
export async function lockGrants(tx: Tx) {
  await tx.query("SELECT FROM oauth_grant ORDER BY user_id FOR UPDATE");
}
