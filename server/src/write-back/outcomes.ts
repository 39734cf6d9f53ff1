import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import type { Target } from "./write-row.ts";
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
  private readonly listeners: { targets: readonly Target[]; hear: Hears }[] = [];

  listen(targets: readonly Target[], hear: Hears) {
    this.listeners.push({ targets, hear });
  }

  async tell(tx: Tx, accountId: number, outcomes: readonly Outcome[]) {
    for (const { targets, hear } of this.listeners) {
      const mine = outcomes.filter(({ row }) => targets.includes(row.target));
      if (mine.length > 0) await hear(tx, accountId, mine);
    }
  }
}
