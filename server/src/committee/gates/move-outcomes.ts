import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Work } from "../../work/work.ts";
import { Outcomes } from "../../write-back/outcomes.ts";
import { GATE } from "../gate-kind.ts";

/** Whatever has become of a move of ours, the deal is looked at: it has arrived, somebody was quicker, or Kommo has refused. */
@Injectable()
export class MoveOutcomes implements OnModuleInit {
  constructor(
    private readonly outcomes: Outcomes,
    private readonly work: Work,
  ) {}

  onModuleInit() {
    this.outcomes.listen(["lead"], async (tx, accountId, ended) => {
      const moves = ended.filter(({ row }) => row.origin === "gate" && row.body.stage !== undefined);
      const requests = moves.map(({ row }) => ({ kind: GATE, subject: row.leadId, priority: "gate" as const }));
      await this.work.schedule(tx, accountId, requests);
    });
  }
}
