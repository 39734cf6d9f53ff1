import type { Tx } from "./tenancy.ts";

/**
 * Locks these leads until the transaction ends; those we have never heard of get their row. Whoever changes several leads
 * or their rows begins with this: locked in one order by everybody, they are never waited for in a circle.
 */
export async function lockLeads(tx: Tx, accountId: number, leadIds: readonly number[]) {
  await lock(tx, "lead", accountId, leadIds);
}

/** The same for contacts, which come before leads. */
export async function lockContacts(tx: Tx, accountId: number, contactIds: readonly number[]) {
  await lock(tx, "contact", accountId, contactIds);
}

/** In one statement, so that rows that are there and rows that are made are locked in one order. Changes nothing. */
async function lock(tx: Tx, table: "lead" | "contact", accountId: number, ids: readonly number[]) {
  if (ids.length === 0) return;
  await tx.query(
    `INSERT INTO ${table} (account_id, ${table}_id) SELECT DISTINCT $1::bigint, id FROM unnest($2::bigint[]) AS id ORDER BY id
     ON CONFLICT (account_id, ${table}_id) DO UPDATE SET ${table}_id = excluded.${table}_id WHERE false`,
    [accountId, ids],
  );
}
