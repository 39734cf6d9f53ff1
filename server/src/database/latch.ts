import type { Tx } from "./tenancy.ts";

/** What is done by one transaction of an account at a time. */
export type Latch = "assignment" | "flush" | "intake";

/**
 * Waits for its turn, and keeps it until the transaction ends. A row and not an advisory lock: whoever may connect at all, as
 * an account's login for BI tools may, can take any of those and never give it back.
 */
export async function latch(tx: Tx, accountId: number, name: Latch) {
  const take = () => tx.query("SELECT 1 FROM latch WHERE name = $1 FOR UPDATE", [name]);
  if ((await take()).length > 0) return;
  await tx.query("INSERT INTO latch (account_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", [accountId, name]);
  await take();
}
