import { setTimeout as sleep } from "node:timers/promises";
import { Inject, Injectable } from "@nestjs/common";
import { DataSource } from "typeorm";
import { CONFIG, type Config } from "../config.ts";
import { Doors } from "../database/doors.ts";
import { Tenancy } from "../database/tenancy.ts";

/** Small enough that nobody waits for a lock. */
const TOGETHER = 1_000;

const LONG_AGO = "app_now() - interval '90 days'";

const ENDED_BACKFILL = `ended_at < ${LONG_AGO}`;

/** Longer than the hours of any rule and the memory of any rep; campaigns run for months. */
const ENGAGEMENT_DAYS = 400;

/**
 * How far we were told is compared with what a scan finds. What the scan is past by more than it ever looks back has been
 * read since.
 */
const passedBy = (scan: string) => `at < (SELECT cursor_at FROM scan WHERE kind = '${scan}') - interval '1 hour'`;

const isRecent = (column: string) => `${column} >= app_now() - interval '${ENGAGEMENT_DAYS} days'`;

/** Of whom Kommo knows nothing any more; whoever was never read is somebody. */
const nobody = (table: string) => `EXISTS (SELECT FROM contact c WHERE c.contact_id = ${table}.contact_id AND c.gone)`;

/**
 * Where most rows are deleted: found by an index from the oldest on. Left to the planner, each thousand may read the whole table,
 * as it takes old rows to be spread over it.
 */
const OLDEST_FIRST: Record<string, string> = { delivery: "ORDER BY received_at", write: "ORDER BY ended_at" };

/** What is old enough to go, table by table. Talks that were heard stay: of messages of any other we would think that we lack some. */
export const old = (days: number): Record<string, string> => ({
  delivery: `received_at < app_now() - interval '${days} days'`,
  // A task that was made is closed by way of its row, however much later that is; a note about a mail gets other words as long
  // as the mail is told of.
  write: `ended_at < app_now() - interval '${days} days' AND NOT (target = 'task' AND state = 'sent')
      AND NOT (target = 'note' AND origin = 'engagement' AND state = 'sent' AND ${isRecent("ended_at")})`,
  engagement_event: `NOT ${isRecent("at")}`,
  engagement_call: `NOT ${isRecent("made_at")}`,
  // Who is no contact and has done nothing for so long is nobody to us; that he wants no mail is not forgotten.
  customerio_person: `unsubscribed_at IS NULL AND NOT opted_out
      AND NOT EXISTS (SELECT FROM customerio_person_contact c WHERE c.person_id = customerio_person.id)
      AND NOT EXISTS (SELECT FROM engagement_event e WHERE e.person_id = customerio_person.id)
      AND NOT EXISTS (SELECT FROM customerio_write w WHERE w.person_id = customerio_person.id AND w.state IN ('due', 'stuck'))
      AND NOT EXISTS (SELECT FROM engagement_mark m WHERE m.person_id = customerio_person.id)`,
  customerio_person_contact: nobody("customerio_person_contact"),
  engagement_mark: nobody("engagement_mark"),
  // Campaigns that are started by deals are listed again each day.
  customerio_source: `asked_at < app_now() - interval '${ENGAGEMENT_DAYS} days' AND NOT is_ours
      AND NOT EXISTS (SELECT FROM engagement_event e
                       WHERE e.source_kind = customerio_source.kind AND e.source_id = customerio_source.source_id)`,
  engagement_note: "NOT EXISTS (SELECT FROM engagement_event e WHERE e.delivery_id = engagement_note.delivery_id)",
  // By the id of an event it is known for as long as mails are, of which deal they are.
  customerio_write: `state <> 'due' AND ended_at < app_now() - interval '${days} days'
                     AND NOT (kind = 'event' AND state = 'sent' AND ${isRecent("ended_at")})`,
  // Whoever restores a deal after so long finds it told of by the ids of its events.
  customerio_deal: `people = '{}' AND object IS NULL AND NOT EXISTS (
      SELECT FROM lead l WHERE l.lead_id = customerio_deal.lead_id AND (l.gone IS NULL OR l.seen_at >= ${LONG_AGO}))`,
  deals_sent_lead: `deals_sent_id IN (SELECT id FROM deals_sent WHERE ended_at < ${LONG_AGO})`,
  // The last one is shown, and gives the next its number.
  deals_sent: `ended_at < ${LONG_AGO} AND id < (SELECT max(id) FROM deals_sent)`,
  heard_lead: passedBy("leads"),
  heard_contact: passedBy("contacts"),
  backfill_lead: `backfill_id IN (SELECT id FROM backfill WHERE ${ENDED_BACKFILL})`,
  backfill: ENDED_BACKFILL,
  // Until then the same Idempotency-Key gives the same receipt. What was given up has been shown for so long.
  intake_request: `received_at < app_now() - interval '${days} days' AND state <> 'received'`,
  intake_creation: "NOT EXISTS (SELECT FROM intake_request r WHERE r.no = request_no)",
  // Some time after the token's own `exp`, which no test clock moves.
  spent_token: "expires_at < now()",
});

/** Deletes what has served its time. */
@Injectable()
export class Retention {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly dataSource: DataSource,
    private readonly doors: Doors,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async prune(accountId: number) {
    for (const [table, condition] of Object.entries(old(this.config.DELIVERY_DAYS))) {
      for (;;) {
        const began = performance.now();
        if ((await this.deleteSome(accountId, table, condition)) < TOGETHER) break;
        // Those who wait for an answer have the database for themselves half of the time.
        await sleep(performance.now() - began);
      }
    }
  }

  /** What belongs to no account. Settled callbacks are kept for a day, to see why somebody could not connect. */
  async pruneOfNoAccount() {
    await this.dataSource.query(
      "DELETE FROM install_callback WHERE state <> 'new' AND received_at < now() - interval '1 day'",
    );
    await this.dataSource.query("DELETE FROM operator_session WHERE ends_at < now()");
    await this.doors.pruneOperatorAudit();
  }

  private deleteSome(accountId: number, table: string, condition: string): Promise<number> {
    return this.tenancy.run(accountId, async (tx) => {
      const [, deleted] = await tx.query(
        `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} ${OLDEST_FIRST[table] ?? ""} LIMIT ${TOGETHER}))`,
      );
      return deleted;
    });
  }
}
