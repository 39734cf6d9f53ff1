import { Injectable, type OnModuleInit } from "@nestjs/common";
import { LeadReader } from "../../leads/reader.ts";
import { SubjectGone } from "../../work/failure.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { LOOK_AGAIN_MS, OVERRIDE_EXPIRY, Overrides } from "./overrides.service.ts";

/** When an override's time is over, the last verdict stands again. */
@Injectable()
export class OverrideExpiry implements WorkKind, OnModuleInit {
  readonly kind = OVERRIDE_EXPIRY;

  constructor(
    private readonly work: Work,
    private readonly overrides: Overrides,
    private readonly reader: LeadReader,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId, subject: leadId }: WorkItem): Promise<Decision> {
    const leftMs = await this.overrides.timeLeft(accountId, leadId);
    if (leftMs === undefined) return {};
    if (leftMs > 0) {
      const afterMs = Math.min(leftMs, LOOK_AGAIN_MS);
      return { again: { afterMs, counts: "nothing", why: "The override still holds." } };
    }
    const reading = await this.reader.read(accountId, leadId, "qualification");
    if (!reading) throw new SubjectGone();
    return { keep: (tx) => this.overrides.expire(tx, accountId, reading.lead) };
  }
}
