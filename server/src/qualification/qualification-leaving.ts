import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import { type Leaving, Leavings } from "../installation/leavings.ts";

/**
 * A lead whose task was given up when the account left has not entered its segment: its next verdict does for it what the
 * admin wants. Not where the task may have been made, or one was made before.
 */
@Injectable()
export class QualificationLeaving implements Leaving {
  constructor(leavings: Leavings) {
    leavings.add(this);
  }

  async returned(tx: Tx) {
    await tx.query(
      `UPDATE lead SET entered_segment = NULL
        WHERE lead_id IN (SELECT lead_id FROM write WHERE target = 'task' AND origin = 'qualification'
                           GROUP BY lead_id
                          HAVING every(outcome = 'uninstalled' AND outcome_unknown_since IS NULL AND lease_token IS NULL))`,
    );
  }
}
