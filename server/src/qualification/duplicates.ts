import type { Tx } from "../database/tenancy.ts";
import { LEADS_WITH_EQUAL_ADDRESS } from "./facts.ts";

/** Open leads that were taken for duplicates of others with the same address as this one: perhaps of this one. */
export async function duplicatesBeside(tx: Tx, leadId: number): Promise<number[]> {
  const rows: { lead_id: number }[] = await tx.query(
    `SELECT l.lead_id FROM lead l JOIN verdict v ON v.id = l.verdict_id
      WHERE l.lead_id = ANY(ARRAY(${LEADS_WITH_EQUAL_ADDRESS})) AND l.lead_id <> $1
        AND l.closed_at IS NULL AND l.gone IS NULL AND v.reason = 'duplicate'`,
    [leadId],
  );
  return rows.map((row) => row.lead_id);
}
