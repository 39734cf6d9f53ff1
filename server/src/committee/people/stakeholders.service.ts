import type { ApprovalWish, MemberChange, SuggestionAnswer } from "@dealscope/shared/committee";
import { Injectable } from "@nestjs/common";
import { Listeners } from "../../webhooks/listeners.ts";
import { audit, type DealChange, DealChanges, requireMember } from "./deal-changes.ts";
import { AlreadyAnswered, NotInDeal, UnusableForDeal } from "./refusals.ts";
import { noteChange, readStakeholder, writeApproval, writePart } from "./stakeholder-rows.ts";

/** Who plays which part in a deal, and who has approved it: what people say, never what we suppose. */
@Injectable()
export class Stakeholders {
  constructor(
    private readonly changes: DealChanges,
    private readonly listeners: Listeners,
  ) {}

  /** @throws UnusableForDeal for a role that the account does not have, or somebody who is not in the deal */
  async change(accountId: number, leadId: number, contactId: number, wish: MemberChange, by: string): Promise<void> {
    await this.changes.in(accountId, leadId, by, async (change) => {
      await requireMember(change, contactId);
      await this.play(change, contactId, wish);
    });
  }

  /** @throws UnusableForDeal for somebody who is not in the deal */
  async approve(accountId: number, leadId: number, contactId: number, wish: ApprovalWish, by: string): Promise<void> {
    await this.changes.in(accountId, leadId, by, async (change) => {
      await requireMember(change, contactId);
      await this.decide(change, contactId, wish);
    });
  }

  /** @throws NotInDeal, AlreadyAnswered; UnusableForDeal when the suggested role or person is not there any more */
  async answerSuggestion(
    accountId: number,
    leadId: number,
    suggestionId: number,
    { answer }: SuggestionAnswer,
    by: string,
  ): Promise<void> {
    await this.changes.in(accountId, leadId, by, async (change) => {
      const [suggestion] = await change.tx.query(
        "SELECT contact_id, role, state FROM role_suggestion WHERE lead_id = $1 AND id = $2",
        [leadId, suggestionId],
      );
      if (!suggestion) throw new NotInDeal("There is no such suggestion in this deal.");
      if (suggestion.state !== "open") throw new AlreadyAnswered("This suggestion has been answered already.");
      const contactId: number = suggestion.contact_id;
      if (answer === "take") {
        await requireMember(change, contactId);
        return this.play(change, contactId, { role: suggestion.role });
      }
      await change.tx.query("UPDATE role_suggestion SET state = 'dismissed', ended_by = $2 WHERE id = $1", [
        suggestionId,
        by,
      ]);
      await audit(change, "role suggestion dismissed", { contactId, role: suggestion.role });
    });
  }

  /** Gives somebody a part, or a weight of his own, in a deal that is locked. */
  async play(change: DealChange, contactId: number, wish: MemberChange): Promise<void> {
    const before = await readStakeholder(change, contactId);
    const after = {
      role: wish.role === undefined ? before.role : wish.role,
      weight: wish.weight === undefined ? before.weight : wish.weight,
    };
    const isKnown = change.settings.roles.some(({ key }) => key === after.role);
    // One that was removed from the settings may stay with who has it.
    if (after.role !== null && after.role !== before.role && !isKnown)
      throw new UnusableForDeal(`There is no role ${after.role} in this account.`, "role");
    if (wish.role !== undefined) await endSuggestions(change, contactId, after.role);
    if (after.role === before.role && after.weight === before.weight) return;
    await writePart(change, contactId, after);
    if (after.role !== before.role)
      await noteChange(change, contactId, "role", { before: before.role, after: after.role });
    if (after.weight !== before.weight)
      await noteChange(change, contactId, "weight", { before: text(before.weight), after: text(after.weight) });
    await audit(change, "stakeholder changed", { contactId, ...after });
    await this.tell(change, contactId);
  }

  /** Notes somebody's approval in a deal that is locked. */
  async decide(change: DealChange, contactId: number, { approval, note }: ApprovalWish): Promise<void> {
    const before = await readStakeholder(change, contactId);
    await writeApproval(change, contactId, approval, note);
    await noteChange(change, contactId, "approval", { before: before.approval, after: approval, note });
    await audit(change, "approval set", { contactId, approval });
    await this.tell(change, contactId);
  }

  private async tell({ tx, accountId, leadId }: DealChange, contactId: number) {
    await this.listeners.tell(tx, accountId, [{ type: "stakeholder.changed", leadId, contactId }]);
  }
}

/** A person has said it: what the rules supposed until now is answered. */
async function endSuggestions({ tx, leadId, by }: DealChange, contactId: number, role: string | null) {
  await tx.query(
    `UPDATE role_suggestion SET state = CASE WHEN role = $3 THEN 'taken' ELSE 'dismissed' END, ended_by = $4
      WHERE lead_id = $1 AND contact_id = $2 AND state = 'open'`,
    [leadId, contactId, role, by],
  );
}

function text(weight: number | null): string | null {
  return weight === null ? null : String(weight);
}
