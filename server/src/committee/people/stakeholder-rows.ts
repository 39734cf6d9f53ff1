import type { Approval } from "@dealscope/shared/committee";
import type { DealChange } from "./deal-changes.ts";

export interface Stakeholder {
  role: string | null;
  weight: number | null;
  approval: Approval;
}

/** What was said of somebody in this deal; of most people nothing. */
export async function readStakeholder({ tx, leadId }: DealChange, contactId: number): Promise<Stakeholder> {
  const [row] = await tx.query(
    "SELECT role, weight, approval FROM stakeholder WHERE lead_id = $1 AND contact_id = $2",
    [leadId, contactId],
  );
  return row ?? { role: null, weight: null, approval: "pending" };
}

export async function writePart(
  { tx, accountId, leadId, by }: DealChange,
  contactId: number,
  { role, weight }: Pick<Stakeholder, "role" | "weight">,
) {
  await tx.query(
    `INSERT INTO stakeholder (account_id, lead_id, contact_id, role, weight, changed_by) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_id, lead_id, contact_id) DO UPDATE SET
       role = excluded.role, weight = excluded.weight, changed_by = excluded.changed_by, changed_at = app_now()`,
    [accountId, leadId, contactId, role, weight, by],
  );
}

/** Who approves or rejects has been spoken with; who is asked again has not. */
export async function writeApproval(
  { tx, accountId, leadId, by }: DealChange,
  contactId: number,
  approval: Approval,
  note: string,
) {
  await tx.query(
    `INSERT INTO stakeholder AS s (account_id, lead_id, contact_id, approval, approval_by, approval_at, approval_note,
                                   last_touch_at, changed_by)
     VALUES ($1, $2, $3, $4, $5, app_now(), $6, CASE WHEN $4 = 'pending' THEN NULL ELSE app_now() END, $5)
     ON CONFLICT (account_id, lead_id, contact_id) DO UPDATE SET
       approval = excluded.approval, approval_by = excluded.approval_by, approval_at = excluded.approval_at,
       approval_note = excluded.approval_note, last_touch_at = greatest(s.last_touch_at, excluded.last_touch_at),
       changed_by = excluded.changed_by, changed_at = app_now()`,
    [accountId, leadId, contactId, approval, by, note],
  );
}

/** What was so when is only ever added to. */
export async function noteChange(
  { tx, accountId, leadId, by }: DealChange,
  contactId: number,
  kind: "role" | "approval" | "weight",
  { before, after, note = "" }: { before: string | null; after: string | null; note?: string },
) {
  await tx.query(
    `INSERT INTO stakeholder_change (account_id, lead_id, contact_id, kind, before, after, note, by_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [accountId, leadId, contactId, kind, before, after, note, by],
  );
}
