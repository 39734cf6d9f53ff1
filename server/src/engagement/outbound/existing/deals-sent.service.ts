import type { DealsSent as Shown } from "@dealscope/shared/customerio";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../../../database/tenancy.ts";
import { priorities } from "../../../queue/priority.ts";
import { Work } from "../../../work/work.ts";
import { CUSTOMERIO_DEALS_SENT } from "../../kinds.ts";
import { readTerms } from "../deals/beginning.ts";
import { endDealsSent, latestDealsSent, progressOf, takeBack } from "./deals-sent-rows.ts";

/** Deals are not told, or are being sent already, or are not. */
export class DealsSentConflict extends Error {}

/**
 * Sends the deals that are there already, behind everything that happens. By the same decisions as every change, which find nothing
 * that has happened since deals are told: so people get attributes, and no campaign starts.
 */
@Injectable()
export class DealsSent {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly work: Work,
  ) {
    work.expect(CUSTOMERIO_DEALS_SENT);
  }

  show(accountId: number): Promise<Shown> {
    return this.tenancy.run(accountId, shown);
  }

  /** @throws DealsSentConflict */
  start(accountId: number, by: string): Promise<Shown> {
    return this.tenancy.run(accountId, async (tx) => {
      if (!(await readTerms(tx))) throw new DealsSentConflict(NOT_TOLD);
      const [row] = await tx.query(
        `INSERT INTO deals_sent (account_id, id, state) SELECT $1, coalesce(max(id), 0) + 1, 'counting' FROM deals_sent
         ON CONFLICT DO NOTHING RETURNING id`,
        [accountId],
      );
      if (!row) throw new DealsSentConflict("Existing deals are being sent already.");
      await note(tx, accountId, by, "existing deals sent to Customer.io");
      await this.work.schedule(tx, accountId, [{ kind: CUSTOMERIO_DEALS_SENT, subject: row.id, priority: "backfill" }]);
      return shown(tx);
    });
  }

  /** What was sent stays there. @throws DealsSentConflict when nothing is being sent */
  cancel(accountId: number, by: string): Promise<Shown> {
    return this.tenancy.run(accountId, async (tx) => {
      const [row] = await tx.query("SELECT id FROM deals_sent WHERE ended_at IS NULL FOR UPDATE");
      if (!row) throw new DealsSentConflict("No existing deals are being sent.");
      await endDealsSent(tx, row.id, "cancelled");
      await takeBack(tx, row.id, priorities.backfill);
      await note(tx, accountId, by, "sending of existing deals cancelled");
      return shown(tx);
    });
  }
}

const NOT_TOLD = "Deals are not told to Customer.io: save its keys, switch telling on and end the dry run first.";

async function shown(tx: Tx): Promise<Shown> {
  const row = await latestDealsSent(tx);
  if (!row) return { state: "none", total: 0, done: 0, failed: 0, startedAt: null, endedAt: null, waitingFor: null };
  const { total, done, failed, waiting_for } = await progressOf(tx, row.id);
  return {
    ...{ state: row.state, total, done, failed },
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    waitingFor: row.ended_at ? null : waiting_for,
  };
}

async function note(tx: Tx, accountId: number, actor: string, action: string) {
  await tx.query("INSERT INTO audit (account_id, actor, action) VALUES ($1, $2, $3)", [accountId, actor, action]);
}
