import type { CommitteeSettings } from "@dealscope/shared/committee";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { settingsOf } from "../../installation/account-settings.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Work } from "../../work/work.ts";
import { GATE } from "../gate-kind.ts";
import { UnusableForDeal } from "./refusals.ts";

/** One change of what is known of a deal's people, in its transaction; the deal is locked. */
export interface DealChange {
  tx: Tx;
  accountId: number;
  leadId: number;
  /** Who wants it, by name. */
  by: string;
  settings: CommitteeSettings;
}

/** Every change of a deal's people is made in here: one after the other, on record, and looked at by the gates. */
@Injectable()
export class DealChanges {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly work: Work,
  ) {}

  async in(accountId: number, leadId: number, by: string, make: (change: DealChange) => Promise<void>): Promise<void> {
    await this.tenancy.run(accountId, (tx) => this.within(tx, accountId, leadId, by, make));
  }

  /** The same in a transaction that is there already. */
  async within(tx: Tx, accountId: number, leadId: number, by: string, make: (change: DealChange) => Promise<void>) {
    await lockLeads(tx, accountId, [leadId]);
    const { committee: settings } = await this.settings(tx, accountId);
    await make({ tx, accountId, leadId, by, settings });
    await this.judgeAgain(tx, accountId, [leadId]);
  }

  /** What people say may end what holds a deal, or change what it lacks. It holds none anew: only a move is held. */
  async judgeAgain(tx: Tx, accountId: number, leadIds: readonly number[]): Promise<void> {
    if (leadIds.length === 0) return;
    const held: { lead_id: number }[] = await tx.query(
      "SELECT lead_id FROM hold WHERE lead_id = ANY($1) AND ended_at IS NULL ORDER BY lead_id",
      [leadIds],
    );
    const requests = held.map(({ lead_id }) => ({ kind: GATE, subject: lead_id, priority: "gate" as const }));
    if (requests.length > 0) await this.work.schedule(tx, accountId, requests);
  }

  async settings(tx: Tx, accountId: number): Promise<Settings> {
    return settingsOf(await this.accounts.read(tx, accountId));
  }
}

/** @throws UnusableForDeal for a contact that is not linked to the deal */
export async function requireMember({ tx, leadId }: DealChange, contactId: number): Promise<void> {
  const [linked] = await tx.query(
    `SELECT 1 FROM lead_contact lc LEFT JOIN contact c USING (contact_id)
      WHERE lc.lead_id = $1 AND lc.contact_id = $2 AND c.gone IS NOT TRUE`,
    [leadId, contactId],
  );
  if (!linked) throw new UnusableForDeal(`The contact ${contactId} is not linked to this deal.`, "contactId");
}

/** Texts stay out of it: they are erased with the person, and what was done is not. */
export async function audit({ tx, accountId, leadId, by }: DealChange, action: string, detail: object): Promise<void> {
  await tx.query("INSERT INTO audit (account_id, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)", [
    ...[accountId, by, action, `lead ${leadId}`],
    JSON.stringify(detail),
  ]);
}
