import type { ManualReason } from "@dealscope/shared/qualification";
import type { Tx } from "../database/tenancy.ts";

/** Lets work that waits for this try again at once: what it waited for has been changed. The sweep finds it within a second. */
export async function endWaiting(tx: Tx, reason: ManualReason) {
  await tx.query(
    "UPDATE work SET due_at = app_now() WHERE state = 'open' AND waits > 0 AND waits_on = $1 AND due_at > app_now()",
    [reason],
  );
}
