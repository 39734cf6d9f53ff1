import type { ApprovalClock } from "@dealscope/shared/committee";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { GATE, type GateDetail } from "../gate-kind.ts";
import { firstActive, type Hold, openHold, readMembers } from "./gate-rows.ts";
import { readRules } from "./gate-rules.ts";
import { HoldWrites } from "./hold-writes.ts";
import { namesOf } from "./names.ts";
import { say } from "./wording.ts";

const GATE_CLOCK = "gate_clock";
const HOUR_MS = 3_600_000;
/** Of a stage that is deleted in Kommo nobody tells: a deal that waits for it is looked at so often, and its pipelines too. */
const LOOK_AROUND_MS = HOUR_MS / 4;

/**
 * Whoever has to approve is not waited for in silence: a reminder, and then somebody else is told, once each. And nobody is
 * held for ever by what is not there any more.
 */
@Injectable()
export class GateClock implements WorkKind, OnModuleInit {
  readonly kind = GATE_CLOCK;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly writes: HoldWrites,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  /** Asked whenever a hold is judged, because its hours may have been set otherwise. */
  async wind(tx: Tx, accountId: number, leadId: number, hold: Hold, clock: ApprovalClock) {
    const settleMs = Math.min(nextIn(hold, clock), LOOK_AROUND_MS);
    const request = { kind: GATE_CLOCK, subject: leadId, priority: "engagement" } as const;
    await this.work.schedule(tx, accountId, [request], { settleMs, atMostMs: settleMs, hastens: false });
  }

  async run({ accountId, subject: leadId }: WorkItem): Promise<Decision> {
    const afterMs = await this.tenancy.run(accountId, async (tx) => {
      const hold = await openHold(tx, leadId);
      const { gates, isDryRun } = await readRules(tx);
      return hold && !isDryRun ? nextIn(hold, gates.clock) : undefined;
    });
    if (afterMs === undefined) return {};
    const again = { afterMs: LOOK_AROUND_MS, counts: "nothing", why: "An approval is waited for." } as const;
    if (afterMs > LOOK_AROUND_MS) return { keep: (tx) => this.lookAround(tx, accountId, leadId), again };
    if (afterMs > 0) return { again: { ...again, afterMs } };
    return { keep: (tx) => this.strike(tx, accountId, leadId), again: { ...again, afterMs: 0 } };
  }

  private async lookAround(tx: Tx, accountId: number, leadId: number) {
    const detail: GateDetail = { looksAround: true };
    await this.work.schedule(tx, accountId, [
      { kind: GATE, subject: leadId, priority: "engagement", detail: { ...detail } },
    ]);
  }

  private async strike(tx: Tx, accountId: number, leadId: number) {
    await lockLeads(tx, accountId, [leadId]);
    const hold = await openHold(tx, leadId);
    const rules = await readRules(tx);
    if (!hold || rules.isDryRun) return;
    const { clock } = rules.gates;
    const members = await readMembers(tx, leadId);
    const names = namesOf(rules, hold.wanted.pipelineId, members);
    const told = { accountId, leadId, hold, names };
    if (isDue(hold, clock.remindAfterHours, hold.remindedAt)) {
      const [lead] = await tx.query("SELECT responsible_user_id FROM lead WHERE lead_id = $1", [leadId]);
      const responsible = await firstActive(tx, [lead?.responsible_user_id]);
      await this.writes.remind(tx, told, responsible, say(rules, "reminded"));
      await tx.query("UPDATE hold SET reminded_at = app_now() WHERE id = $1", [hold.id]);
    }
    if (isDue(hold, clock.escalateAfterHours, hold.escalatedAt)) {
      const userId = await firstActive(tx, [clock.escalateToId]);
      if (userId !== undefined) await this.writes.escalate(tx, told, userId);
      await tx.query("UPDATE hold SET escalated_at = app_now() WHERE id = $1", [hold.id]);
    }
  }
}

function isDue({ ageMs }: Hold, hours: number | null, done: Date | null): boolean {
  return hours !== null && done === null && ageMs >= hours * HOUR_MS;
}

/** Until the clock strikes next; endless when it will not any more. */
function nextIn(hold: Hold, { remindAfterHours, escalateAfterHours }: ApprovalClock): number {
  const times = [
    ...(remindAfterHours !== null && hold.remindedAt === null ? [remindAfterHours * HOUR_MS] : []),
    ...(escalateAfterHours !== null && hold.escalatedAt === null ? [escalateAfterHours * HOUR_MS] : []),
  ];
  return Math.max(0, Math.min(...times) - hold.ageMs);
}
