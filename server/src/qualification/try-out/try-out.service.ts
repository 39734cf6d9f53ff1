import type { LeadToTry, Tried } from "@dealscope/shared/try-out";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { SubjectGone } from "../../work/failure.ts";
import { keepCosts } from "../verdict-rows.ts";
import { Trials } from "./trials.service.ts";
import { nameOfSegment, triedVerdict } from "./tried-verdict.ts";

/** What a text would say of a lead, for whoever is still writing it. */
@Injectable()
export class TryOut {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly trials: Trials,
  ) {}

  /** @throws SubjectGone */
  async of(accountId: number, { content, leadId }: LeadToTry): Promise<Tried> {
    const started = performance.now();
    const trial = await this.trials.judge(accountId, { content, leadId, priority: "interactive", rulesDecide: false });
    if (!trial) throw new SubjectGone(`Lead ${leadId} is gone.`);
    const standing = await this.tenancy.run(accountId, async (tx) => {
      const [lead] = await tx.query("SELECT score, segment FROM lead WHERE lead_id = $1", [leadId]);
      await keepCosts(tx, accountId, leadId, null, trial.paid);
      return lead;
    });
    return {
      lead: { id: leadId, name: trial.leadName },
      verdict: trial.verdict && triedVerdict(trial.verdict, content),
      reason: trial.reason,
      rule: trial.rule,
      standing: { score: standing?.score ?? null, segment: nameOfSegment(standing?.segment ?? null, content) },
      costMicros: trial.paid.reduce((sum, { costMicros }) => sum + costMicros, 0),
      seconds: Math.round(performance.now() - started) / 1000,
    };
  }
}
