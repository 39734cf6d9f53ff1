import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { holdsEnded } from "../../meters.ts";
import { endHold, type Hold, type Outcome } from "./gate-rows.ts";
import type { AccountRules } from "./gate-rules.ts";
import { HoldWrites } from "./hold-writes.ts";
import { say } from "./wording.ts";

const RESULT = {
  approved: "approved",
  overruled: "overruled",
  given_up: "givenUp",
  released: "released",
  gone: "givenUp",
} as const;

/** However a hold ends, its tasks end with it. */
@Injectable()
export class HoldEnds {
  constructor(
    private readonly writes: HoldWrites,
    private readonly tenancy: Tenancy,
  ) {}

  async end(
    tx: Tx,
    held: { accountId: number; leadId: number; hold: Hold },
    outcome: Outcome,
    { language }: Pick<AccountRules, "language">,
  ) {
    const by = outcome === "overruled" ? held.hold.overruledBy : null;
    await endHold(tx, held.hold.id, outcome, by);
    this.tenancy.afterCommit(tx, () => holdsEnded.inc({ outcome }));
    await this.writes.close(tx, held, say({ language }, RESULT[outcome], { name: by ?? "" }));
  }
}
