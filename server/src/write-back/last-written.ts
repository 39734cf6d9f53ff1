import type { Tx } from "../database/tenancy.ts";
import type { LeadChange } from "./write-row.ts";

/** What our fields of a lead showed when we last wrote them; a field whose writing was refused is not known. */
export interface LastWritten {
  fields: NonNullable<LeadChange["fields"]>;
  /** Of the newest row, to see whether another has come since. */
  seq: number;
}

/** @returns undefined while something is still to be written: what Kommo shows then may be what was there before */
export async function lastWritten(tx: Tx, leadId: number): Promise<LastWritten | undefined> {
  const [row] = await tx.query(
    `SELECT l.shown, coalesce(w.seq, 0) AS seq, coalesce(w.is_due, false) AS is_due
       FROM lead l CROSS JOIN LATERAL (SELECT max(seq) AS seq, bool_or(state = 'due') AS is_due
                                         FROM write WHERE lead_id = l.lead_id AND target = 'lead') w
      WHERE l.lead_id = $1`,
    [leadId],
  );
  return row && !row.is_due ? { fields: row.shown, seq: row.seq } : undefined;
}
