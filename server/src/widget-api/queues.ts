import { QUEUE_PAGE, type Queue, type QueueQuery } from "@dealscope/shared/queue";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../database/tenancy.ts";
import { rankedLeads, unrankedLeads } from "./queue-rows.ts";
import type { Rep } from "./rights.ts";
import { Segments } from "./segments.ts";

const MOST_UNRANKED = 50;

/** What to work on next. */
@Injectable()
export class Queues {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly segments: Segments,
  ) {}

  async of(rep: Rep, { whose, page }: QueueQuery): Promise<Queue> {
    const segments = await this.segments.of(rep.accountId);
    const mine = whose === "mine";
    return this.tenancy.run(rep.accountId, async (tx) => {
      const unranked = { mine, limit: MOST_UNRANKED };
      // One more than a page tells whether there is another.
      const leads = await rankedLeads(tx, rep, segments, {
        mine,
        limit: QUEUE_PAGE + 1,
        offset: (page - 1) * QUEUE_PAGE,
      });
      return {
        leads: leads.slice(0, QUEUE_PAGE),
        hasMore: leads.length > QUEUE_PAGE,
        needsManual: await unrankedLeads(tx, rep, segments, "needs_manual", unranked),
        notEnough: await unrankedLeads(tx, rep, segments, "not_enough", unranked),
      };
    });
  }
}
