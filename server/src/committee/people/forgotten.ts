import type { Tx } from "../../database/tenancy.ts";

/**
 * Forgets what was said by and about one person of these deals. Who played which part and who approved stays, because
 * reports count it. Words that nobody has confirmed go as a whole, whoever they were ascribed to; of what a rep has
 * confirmed the fact is left.
 */
export async function forgetWords(tx: Tx, leads: readonly number[]) {
  await tx.query("UPDATE stakeholder SET approval_note = '' WHERE lead_id = ANY($1) AND approval_note <> ''", [leads]);
  await tx.query("UPDATE stakeholder_change SET note = '' WHERE lead_id = ANY($1) AND note <> ''", [leads]);
  await tx.query("DELETE FROM role_suggestion WHERE lead_id = ANY($1) AND state = 'open'", [leads]);
  await tx.query("UPDATE role_suggestion SET quote = '' WHERE lead_id = ANY($1)", [leads]);
  await tx.query("DELETE FROM objection WHERE lead_id = ANY($1) AND state = 'suggested'", [leads]);
  await tx.query("UPDATE objection SET text = '', quote = NULL WHERE lead_id = ANY($1)", [leads]);
}
