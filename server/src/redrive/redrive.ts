import { Injectable, NotFoundException } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Bell } from "../queue/bell.ts";
import { priorities } from "../queue/priority.ts";

export const STUCK_SHOWN = 100;

/** Ids of one sort that the view `given_up` names: those that may still succeed. */
const givenUp = (what: "delivery" | "work" | "write" | "customerio") =>
  `SELECT id FROM given_up WHERE what = '${what}'`;

/** What Customer.io has refused is sent again as it is; whose an address is, is looked up with the deal. */
const SEND_AGAIN = `
  WITH again AS (
    UPDATE customerio_write SET state = CASE kind WHEN 'address' THEN 'dropped' ELSE 'due' END, reason = NULL
     WHERE state = 'stuck' AND id IN (${givenUp("customerio")}) AND ($1::bigint[] IS NULL OR id = ANY($1))
    RETURNING account_id, kind, lead_id),
  asked AS (
    SELECT DISTINCT account_id, CASE kind WHEN 'address' THEN 'customerio_deal' ELSE 'customerio_send' END AS kind,
           CASE kind WHEN 'address' THEN lead_id ELSE account_id END AS subject FROM again)
  INSERT INTO work AS w (account_id, kind, subject, priority, due_at)
  SELECT account_id, kind, subject, ${priorities.engagement}, app_now() FROM asked ORDER BY kind, subject
  ON CONFLICT (account_id, kind, subject) DO UPDATE SET
    state = 'open', attempts = 0, waits = 0, generation = w.generation + 1, due_at = app_now()`;

interface StuckRow {
  id: number;
  error: string;
  canRetry: boolean;
  /** By which the log tells of what it was part of; null: from before there were any. */
  traceId: string | null;
}

export interface StuckThings {
  deliveries: (StuckRow & { state: string; receivedAt: Date })[];
  work: (StuckRow & { kind: string; subject: number; dueAt: Date })[];
  writes: (StuckRow & { leadId: number; target: string; endedAt: Date })[];
  /** What Customer.io has not taken, and what a person has to decide before it is told. */
  customerio: (StuckRow & { leadId: number; kind: string; endedAt: Date })[];
}

/** Work that waits for something that is away. */
export interface WaitingWork {
  on: string;
  count: number;
  nextTryAt: Date;
  reason: string;
}

/** Ids of what is to be tried again, by sort. */
export interface Chosen {
  deliveries: readonly number[];
  work: readonly number[];
  writes: readonly number[];
  customerio: readonly number[];
}

/** @param ids such as `work-12`; what is no such id names nothing */
export function chosenBy(ids: readonly string[]): Chosen {
  const of = (what: string) =>
    ids.flatMap((id) => {
      const number = Number(id.startsWith(`${what}-`) ? id.slice(what.length + 1) : Number.NaN);
      return Number.isSafeInteger(number) ? [number] : [];
    });
  return { deliveries: of("delivery"), work: of("work"), writes: of("write"), customerio: of("customerio") };
}

/** What has been given up in an account, and the way back for it once the reason is mended. */
@Injectable()
export class Redrive {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly bell: Bell,
  ) {}

  /** The newest of each; reasons, and no text of any lead. */
  async stuck(accountId: number): Promise<StuckThings> {
    return this.inAccount(accountId, async (tx) => ({
      deliveries: await tx.query(
        `SELECT id, state, received_at AS "receivedAt", coalesce(last_error, flag, '') AS error,
                id IN (${givenUp("delivery")}) AS "canRetry", trace_id AS "traceId" FROM delivery
          WHERE state IN ('dead', 'quarantined') ORDER BY id DESC LIMIT ${STUCK_SHOWN}`,
      ),
      work: await tx.query(
        `SELECT id, kind, subject, due_at AS "dueAt", coalesce(last_error, '') AS error,
                id IN (${givenUp("work")}) AS "canRetry", trace_id AS "traceId" FROM work
          WHERE state = 'dead' ORDER BY id DESC LIMIT ${STUCK_SHOWN}`,
      ),
      writes: await tx.query(
        `SELECT id, lead_id AS "leadId", target, ended_at AS "endedAt", coalesce(outcome, last_error, '') AS error,
                id IN (${givenUp("write")}) AS "canRetry", trace_id AS "traceId" FROM write
          WHERE state = 'dead' ORDER BY id DESC LIMIT ${STUCK_SHOWN}`,
      ),
      customerio: await tx.query(
        `SELECT id, lead_id AS "leadId", kind, ended_at AS "endedAt", coalesce(reason, '') AS error,
                id IN (${givenUp("customerio")}) AS "canRetry", trace_id AS "traceId" FROM customerio_write WHERE state = 'stuck' ORDER BY id DESC LIMIT ${STUCK_SHOWN}`,
      ),
    }));
  }

  waiting(accountId: number): Promise<WaitingWork[]> {
    return this.inAccount(accountId, (tx) =>
      tx.query(
        `SELECT waits_on AS "on", count(*)::int AS count, min(due_at) AS "nextTryAt", coalesce(max(last_error), '') AS reason
           FROM work WHERE state = 'open' AND waits > 0 AND waits_on IS NOT NULL AND due_at > app_now()
          GROUP BY waits_on ORDER BY count(*) DESC`,
      ),
    );
  }

  /**
   * Lets what may still succeed be tried again from the start: all of it, or what is chosen. The state is looked at beside the view,
   * because only what is asked of the row itself is asked again when somebody else has put it back meanwhile.
   */
  async putBack(accountId: number, actor: string, chosen?: Chosen) {
    const counts = await this.inAccount(accountId, async (tx) => {
      const [, deliveries] = await tx.query(
        `UPDATE delivery SET state = 'new', attempts = 0
          WHERE state = 'dead' AND id IN (${givenUp("delivery")}) AND ($1::bigint[] IS NULL OR id = ANY($1))`,
        [chosen?.deliveries ?? null],
      );
      const [, work] = await tx.query(
        `UPDATE work SET state = 'open', attempts = 0, waits = 0, generation = generation + 1, due_at = app_now()
          WHERE state = 'dead' AND id IN (${givenUp("work")}) AND ($1::bigint[] IS NULL OR id = ANY($1))`,
        [chosen?.work ?? null],
      );
      // What waits for something (a key, credit, Kommo) tries at once, because whoever asks has seen to it.
      if (!chosen)
        await tx.query("UPDATE work SET due_at = app_now() WHERE state = 'open' AND waits > 0 AND due_at > app_now()");
      const [, writes] = await tx.query(
        `UPDATE write SET state = 'due', attempts = 0, waits = 0, left_at = NULL, outcome = NULL, ended_at = NULL, due_at = app_now()
          WHERE state = 'dead' AND id IN (${givenUp("write")}) AND ($1::bigint[] IS NULL OR id = ANY($1))`,
        [chosen?.writes ?? null],
      );
      const [{ customerio }] = await tx.query(
        `SELECT count(*)::int AS customerio FROM given_up
          WHERE what = 'customerio' AND ($1::bigint[] IS NULL OR id = ANY($1))`,
        [chosen?.customerio ?? null],
      );
      await tx.query(SEND_AGAIN, [chosen?.customerio ?? null]);
      await tx.query("INSERT INTO audit (account_id, actor, action, detail) VALUES ($1, $2, 'redriven', $3)", [
        ...[accountId, actor, JSON.stringify({ deliveries, work, writes, customerio })],
      ]);
      return { deliveries, work, writes, customerio };
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
