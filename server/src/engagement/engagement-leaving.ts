import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import { type Leaving, Leavings } from "../installation/leavings.ts";
import { stopTelling } from "./outbound/sending/stop-telling.ts";

/** Should the account come back, campaigns are not started for what happened before, nor notes made of it. */
@Injectable()
export class EngagementLeaving implements Leaving {
  constructor(leavings: Leavings) {
    leavings.add(this);
  }

  async left(tx: Tx) {
    await stopTelling(tx);
    await tx.query("UPDATE deals_sent SET state = 'cancelled', ended_at = app_now() WHERE ended_at IS NULL");
    await tx.query("UPDATE engagement_event SET is_due = false WHERE is_due");
  }
}
