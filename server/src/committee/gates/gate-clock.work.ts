import type { ApprovalClock } from "@dealscope/shared/committee";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { firstActive, type Hold, openHold, readMembers } from "./gate-rows.ts";
import { readRules } from "./gate-rules.ts";
import { HoldWrites } from "./hold-writes.ts";
import { namesOf } from "./names.ts";
import { say } from "./wording.ts";

const GATE_CLOCK = "gate_clock";
const HOUR_MS = 3_600_000;
/** Timers reach 24 days; what lies further ahead is looked at daily. */
const LOOK_AGAIN_MS = 24 * HOUR_MS;

/** Whoever has to approve is not waited for in silence: a reminder, and then somebody else is told. Once each. */
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
    const afterMs = nextIn(hold, clock);
    if (afterMs === undefined) return;
    const settleMs = Math.min(afterMs, LOOK_AGAIN_MS);
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
    if (afterMs > 0) return { again: later(afterMs) };
    return { keep: (tx) => this.strike(tx, accountId, leadId), again: later(0) };
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

function later(afterMs: number) {
  return { afterMs: Math.min(afterMs, LOOK_AGAIN_MS), counts: "nothing", why: "An approval is waited for." } as const;
}

function isDue({ ageMs }: Hold, hours: number | null, done: Date | null): boolean {
  return hours !== null && done === null && ageMs >= hours * HOUR_MS;
}

/** Until the clock strikes next; undefined when it will not any more. */
function nextIn(hold: Hold, { remindAfterHours, escalateAfterHours }: ApprovalClock): number | undefined {
  const times = [
    ...(remindAfterHours !== null && hold.remindedAt === null ? [remindAfterHours * HOUR_MS] : []),
    ...(escalateAfterHours !== null && hold.escalatedAt === null ? [escalateAfterHours * HOUR_MS] : []),
  ];
  return times.length === 0 ? undefined : Math.max(0, Math.min(...times) - hold.ageMs);
}
