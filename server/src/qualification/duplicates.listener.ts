import { CLOSED } from "@dealscope/shared/stage-ref";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import type { KommoEvent } from "../webhooks/events.ts";
import { type Listener, Listeners } from "../webhooks/listeners.ts";
import { Work } from "../work/work.ts";
import { duplicatesBeside } from "./duplicates.ts";
import { QUALIFY } from "./qualify.work.ts";

/** A lead that is closed or deleted is looked at once more if others were taken for its duplicates: they may be none now. */
@Injectable()
export class FreedDuplicates implements Listener, OnModuleInit {
  readonly name = "duplicates";
  readonly types = ["lead.deleted", "lead.stage_changed"] as const;

  constructor(
    private readonly listeners: Listeners,
    private readonly work: Work,
  ) {}

  onModuleInit() {
    this.listeners.add(this);
  }

  async hear(tx: Tx, accountId: number, events: KommoEvent[]) {
    for (const event of events) {
      const isLeaving =
        event.type === "lead.deleted" || (event.type === "lead.stage_changed" && CLOSED.includes(event.to.statusId));
      if (!isLeaving || (await duplicatesBeside(tx, event.leadId)).length === 0) continue;
      await this.work.schedule(tx, accountId, [{ kind: QUALIFY, subject: event.leadId, priority: "qualification" }]);
    }
  }
}
