import type { Approval } from "@dealscope/shared/committee";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { type DealChange, DealChanges } from "../people/deal-changes.ts";
import { Stakeholders } from "../people/stakeholders.service.ts";

/** Whoever has edited it there. */
const BY = "Kommo";

/** What somebody has changed in Kommo becomes our word. The deals are locked by the caller. */
@Injectable()
export class Edits {
  constructor(
    private readonly changes: DealChanges,
    private readonly stakeholders: Stakeholders,
  ) {}

  /** @param role a role that the account has; null takes it away */
  async role(tx: Tx, accountId: number, leadId: number, contactId: number, role: string | null) {
    await this.in(tx, accountId, leadId, (change) => this.stakeholders.play(change, contactId, { role }));
  }

  async approval(tx: Tx, accountId: number, leadId: number, contactId: number, approval: Approval) {
    await this.in(tx, accountId, leadId, (change) =>
      this.stakeholders.decide(change, contactId, { approval, note: "" }),
    );
  }

  /** In which of the deals it is meant nobody can tell. Said anew it is suggested anew, but never what is so already. */
  async suggestRole(
    tx: Tx,
    accountId: number,
    leadIds: readonly number[],
    { contactId, role, quote }: { contactId: number; role: string; quote: string },
  ) {
    await tx.query(
      `INSERT INTO role_suggestion (account_id, lead_id, contact_id, role, quote, said_kind, said_at)
       SELECT $1, n.lead_id, $3, $4, $5, 'field', app_now() FROM unnest($2::bigint[]) AS n (lead_id)
        WHERE NOT EXISTS (SELECT FROM stakeholder s
                           WHERE s.lead_id = n.lead_id AND s.contact_id = $3 AND s.role = $4)
        ORDER BY n.lead_id
       ON CONFLICT (account_id, lead_id, contact_id, role) DO UPDATE SET
         state = 'open', ended_by = NULL, quote = excluded.quote, said_kind = excluded.said_kind, said_id = NULL,
         said_at = excluded.said_at`,
      [accountId, leadIds, contactId, role, quote],
    );
  }

  private async in(tx: Tx, accountId: number, leadId: number, make: (change: DealChange) => Promise<void>) {
    const { committee: settings } = await this.changes.settings(tx, accountId);
    await make({ tx, accountId, leadId, by: BY, settings });
    await this.changes.judgeAgain(tx, accountId, [leadId]);
  }
}
