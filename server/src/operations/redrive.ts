import { Injectable, NotFoundException } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Bell } from "../queue/bell.ts";

const SHOWN = 100;

/** What has been given up in an account, and the way back for it once the reason is mended. */
@Injectable()
export class Redrive {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly bell: Bell,
  ) {}

  /** The newest of each; reasons, and no text of any lead. */
  async stuck(accountId: number) {
    return this.inAccount(accountId, async (tx) => ({
      deliveries: await tx.query(
        `SELECT id, state, received_at AS "receivedAt", coalesce(last_error, flag) AS error FROM delivery
          WHERE state IN ('dead', 'quarantined') ORDER BY id DESC LIMIT ${SHOWN}`,
      ),
      work: await tx.query(
        `SELECT id, kind, subject, first_event_at AS "firstEventAt", last_error AS error FROM work
          WHERE state = 'dead' ORDER BY id DESC LIMIT ${SHOWN}`,
      ),
      writes: await tx.query(
        `SELECT id, lead_id AS "leadId", target, ended_at AS "endedAt", coalesce(outcome, last_error) AS error FROM write
          WHERE state = 'dead' ORDER BY id DESC LIMIT ${SHOWN}`,
      ),
    }));
  }

  /**
   * Dead deliveries and work are tried again from the start, and work that waits for something (a key, credit, Kommo) tries
   * at once, because the operator has seen to it. Quarantined deliveries, those that were cut, and writes
   * stay as they are: the first two can never be right, and a write is decided anew by the work that wanted it.
   */
  async putBack(accountId: number) {
    const counts = await this.inAccount(accountId, async (tx) => {
      const [, deliveries] = await tx.query(
        "UPDATE delivery SET state = 'new', attempts = 0 WHERE state = 'dead' AND flag IS NULL",
      );
      const [, work] = await tx.query(
        `UPDATE work SET state = 'open', attempts = 0, waits = 0, generation = generation + 1, due_at = app_now()
          WHERE state = 'dead'`,
      );
      await tx.query("UPDATE work SET due_at = app_now() WHERE state = 'open' AND waits > 0 AND due_at > app_now()");
      await tx.query("INSERT INTO audit (account_id, actor, action, detail) VALUES ($1, 'operator', 'redriven', $2)", [
        accountId,
        JSON.stringify({ deliveries, work }),
      ]);
      return { deliveries, work };
    });
    this.bell.ring(accountId);
    return counts;
  }

  private inAccount<T>(accountId: number, use: (tx: Tx) => Promise<T>): Promise<T> {
    return this.tenancy.run(accountId, async (tx) => {
      const [account] = await tx.query("SELECT 1 FROM account");
      if (!account) throw new NotFoundException("Dealscope is not installed in this account.");
      return use(tx);
    });
  }
}
