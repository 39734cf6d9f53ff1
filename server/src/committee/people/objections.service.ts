import type { NewObjection, ObjectionChange } from "@dealscope/shared/committee";
import { Injectable } from "@nestjs/common";
import { audit, DealChanges, requireMember } from "./deal-changes.ts";
import { NotInDeal } from "./refusals.ts";

/** What people hold against a purchase: told by a rep, or found in their words and confirmed by one. */
@Injectable()
export class Objections {
  constructor(private readonly changes: DealChanges) {}

  /** @throws UnusableForDeal for somebody who is not in the deal */
  async add(accountId: number, leadId: number, { contactId, text, weight }: NewObjection, by: string): Promise<void> {
    await this.changes.in(accountId, leadId, by, async (change) => {
      await requireMember(change, contactId);
      const [{ id }] = await change.tx.query(
        `INSERT INTO objection (account_id, lead_id, contact_id, text, weight, state, changed_by)
         VALUES ($1, $2, $3, $4, $5, 'open', $6) RETURNING id`,
        [accountId, leadId, contactId, text, weight, by],
      );
      await audit(change, "objection added", { objectionId: id, contactId, weight });
    });
  }

  /** @throws NotInDeal */
  async change(
    accountId: number,
    leadId: number,
    objectionId: number,
    { state, text, weight }: ObjectionChange,
    by: string,
  ): Promise<void> {
    await this.changes.in(accountId, leadId, by, async (change) => {
      const [changed] = await change.tx.query(
        `UPDATE objection SET state = $3, text = coalesce($4, text), weight = coalesce($5, weight), changed_by = $6,
                answered_at = CASE WHEN $3 <> 'answered' THEN NULL ELSE coalesce(answered_at, app_now()) END
          WHERE lead_id = $1 AND id = $2 AND state <> 'dismissed' RETURNING contact_id AS "contactId", weight`,
        [leadId, objectionId, state, text ?? null, weight ?? null, by],
      );
      if (changed.length === 0) throw new NotInDeal("There is no such objection in this deal.");
      await audit(change, `objection ${state}`, { objectionId, ...changed[0] });
    });
  }
}
