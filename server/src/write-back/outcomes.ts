import { Injectable, Logger } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { writesEnded } from "../meters.ts";
import { tracedApart } from "../tracing.ts";
import { type Target, tracesOf } from "./write-row.ts";
import type { Ending } from "./write-rows.ts";

/** An ended row, as its flush has ended it. */
export interface Outcome extends Ending {
  /** Fields of it that Kommo did not take: of these it is not known what they show. */
  refused?: readonly (number | string)[];
  /** What the row was about is not there any more. */
  isGone?: boolean;
}

/** Told in the transaction that ends the rows, after the rows' leads were locked; in the order in which they were put. */
type Hears = (tx: Tx, accountId: number, outcomes: readonly Outcome[]) => Promise<void>;

/** Who wants to know what became of a write. Features register here; nothing here knows a feature. */
@Injectable()
export class Outcomes {
  private readonly log = new Logger("write-back");
  private readonly listeners: { targets: readonly Target[]; hear: Hears }[] = [];

  constructor(private readonly tenancy: Tenancy) {}

  listen(targets: readonly Target[], hear: Hears) {
    this.listeners.push({ targets, hear });
  }

  async tell(tx: Tx, accountId: number, outcomes: readonly Outcome[]) {
    await tracedApart(tracesOf(outcomes.map(({ row }) => row)), async () => {
      for (const { targets, hear } of this.listeners) {
        const mine = outcomes.filter(({ row }) => targets.includes(row.target));
        if (mine.length > 0) await hear(tx, accountId, mine);
      }
    });
    this.tenancy.afterCommit(tx, () => this.say(accountId, outcomes));
  }

  private say(account: number, outcomes: readonly Outcome[]) {
    for (const { row, state } of outcomes) {
      writesEnded.inc({ target: row.target, state });
      const text = `Write ${row.id} of lead ${row.leadId} (${row.target}) ended: ${state}.`;
      this.log.log({ text, account, lead: row.leadId, trace: row.traceId });
    }
  }
}
