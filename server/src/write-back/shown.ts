import type { Tx } from "../database/tenancy.ts";
import type { Folded } from "./fold.ts";

/** What a lead shows by our doing, once its rows have ended. */
export interface Shown {
  leadId: number;
  change: Folded["change"];
  /** What Kommo did not take: of these it is not known what the lead shows. */
  refused: readonly string[];
}

const SEPARATOR = ", refused: ";

/** The outcome of a row says what was left out: `sent, refused: score, refused: summary`. */
export function outcomeOf(outcome: "sent" | "equal", refused: readonly string[]): string {
  return [outcome, ...refused].join(SEPARATOR);
}

/**
 * Remembers with the leads what we have made them show, for as long as we know them: another value in our fields is a
 * person's word, and a move to where we moved the lead is none.
 */
export async function remember(tx: Tx, shown: readonly Shown[]) {
  if (shown.length === 0) return;
  await tx.query(
    `UPDATE lead l
        SET shown = (l.shown || n.fields) - ARRAY(SELECT jsonb_array_elements_text(n.refused)),
            wrote = coalesce(n.stage, l.wrote),
            responsible_user_id = coalesce(n.responsible, l.responsible_user_id)
       FROM unnest($1::bigint[], $2::jsonb[], $3::jsonb[], $4::jsonb[], $5::bigint[])
            AS n (lead_id, fields, refused, stage, responsible)
      WHERE l.lead_id = n.lead_id`,
    [
      shown.map((one) => one.leadId),
      shown.map((one) => JSON.stringify(one.change.fields ?? {})),
      shown.map((one) => JSON.stringify(one.refused)),
      shown.map(({ change, refused }) => {
        const isMoved = change.stage && !refused.includes("status_id") && !refused.includes("pipeline_id");
        return isMoved ? JSON.stringify(change.stage) : null;
      }),
      shown.map(({ change, refused }) =>
        refused.includes("responsible_user_id") ? null : (change.responsibleUserId ?? null),
      ),
    ],
  );
}

/** Leads of which Kommo has lately refused a field of ours, or had none for it. */
export async function incomplete(tx: Tx): Promise<number[]> {
  const rows: { lead_id: number }[] = await tx.query(
    `SELECT DISTINCT lead_id FROM write
      WHERE target = 'lead' AND state = 'sent' AND ended_at > app_now() - interval '7 days'
        AND outcome ~ '${SEPARATOR}(score|segment|summary|nextAction)' ORDER BY lead_id`,
  );
  return rows.map((row) => row.lead_id);
}
