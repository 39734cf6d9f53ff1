import type { EngagementPanel, Timeline } from "@dealscope/shared/engagement-panel";
import type { SegmentName } from "@dealscope/shared/queue";
import { Injectable } from "@nestjs/common";
import type { Cursor } from "../../database/page-cursor.ts";
import type { Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { type Wishes, wishesOf } from "../effects/account.ts";
import { readSignals } from "../effects/reading-rows.ts";
import { readHeat, readRecipients } from "./panel-rows.ts";
import { timelineOf } from "./timeline.ts";

/** How a segment is called; null for none. */
type NameSegment = (key: string | null) => SegmentName | null;

/** What a deal's card shows of campaigns, from our own database alone. */
@Injectable()
export class EngagementPanels {
  constructor(private readonly accounts: Accounts) {}

  /** @returns null in an account that neither is nor was connected to Customer.io: who has unsubscribed stays to be seen */
  async of(tx: Tx, accountId: number, leadId: number, segment: NameSegment): Promise<EngagementPanel | null> {
    const [{ is_known }] = await tx.query(
      "SELECT EXISTS (SELECT FROM customerio_connection) OR EXISTS (SELECT FROM engagement_event) AS is_known",
    );
    if (!is_known) return null;
    const wishes = await wishesOf(tx, this.accounts, accountId);
    return {
      hot: await hotOf(tx, leadId, wishes),
      heat: await readHeat(tx, leadId, wishes.tongue.zone),
      recipients: await readRecipients(tx, leadId),
      timeline: await timelineOf(tx, leadId, { made: wishes.made, segment }, undefined),
    };
  }

  async timeline(tx: Tx, accountId: number, leadId: number, segment: NameSegment, before?: Cursor): Promise<Timeline> {
    const { made } = await wishesOf(tx, this.accounts, accountId);
    return timelineOf(tx, leadId, { made, segment }, before);
  }
}

/** What the rule for a call asks for, within the hours up to now. */
async function hotOf(tx: Tx, leadId: number, { effects }: Wishes): Promise<EngagementPanel["hot"]> {
  const { opens: needed, hours, clickCounts } = effects.call;
  const [{ since }] = await tx.query("SELECT app_now() - $1 * interval '1 hour' AS since", [hours]);
  const signals = await readSignals(tx, leadId, since);
  const opens = signals.reduce((sum, { metric }) => sum + (metric === "clicked" ? clickCounts : 1), 0);
  return opens >= needed ? { opens, hours, lastAt: signals.at(-1)!.at.toISOString() } : null;
}
