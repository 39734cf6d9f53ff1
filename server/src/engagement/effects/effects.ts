import { Injectable, type OnModuleInit } from "@nestjs/common";
import type { Tx } from "../../database/tenancy.ts";
import { Listeners } from "../../webhooks/listeners.ts";
import { Work } from "../../work/work.ts";
import type { Timing } from "../../work/work-kind.ts";
import { MAIL_CALL, MAIL_NOTES, MAIL_STANDING } from "../kinds.ts";

/** Whoever reads a mail reads it again: one note is written for it all, and not later than this after the first. */
const NOTES: Timing = { settleMs: 20_000, atMostMs: 120_000, hastens: false };
/** Who should be called has just read what we wrote. */
const CALL: Timing = { settleMs: 0, atMostMs: 0, hastens: false };
/** One act may be told twice, of the message and of the person; together they say more. */
const STANDING: Timing = { settleMs: 1_500, atMostMs: 5_000, hastens: false };

/** What follows in Kommo from what people do with mails; decided later, from all that is known by then. */
@Injectable()
export class Effects implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly listeners: Listeners,
  ) {}

  onModuleInit() {
    for (const kind of [MAIL_NOTES, MAIL_CALL, MAIL_STANDING]) this.work.expect(kind);
  }

  /** @param rethought events that are a machine's now and were not, or the other way round */
  async ofReading(tx: Tx, accountId: number, eventIds: readonly string[], rethought: readonly string[]) {
    const rows: { lead_id: number }[] = await tx.query(
      `SELECT DISTINCT lead_id FROM engagement_event
        WHERE event_id = ANY($1) AND lead_id IS NOT NULL AND metric IN ('opened', 'clicked') AND channel = 'email'
          AND (machine IS NULL OR event_id = ANY($2))
        ORDER BY lead_id`,
      [[...eventIds, ...rethought], rethought],
    );
    const leadIds = rows.map((row) => row.lead_id);
    if (leadIds.length === 0) return;
    const news = leadIds.map((leadId) => ({ type: "lead.engaged" as const, leadId }));
    await this.listeners.tell(tx, accountId, news);
    await this.ask(tx, accountId, MAIL_NOTES, leadIds, NOTES);
    await this.ask(tx, accountId, MAIL_CALL, leadIds, CALL);
  }

  async ofStanding(tx: Tx, accountId: number, personIds: readonly number[]) {
    await this.ask(tx, accountId, MAIL_STANDING, personIds, STANDING);
  }

  private async ask(tx: Tx, accountId: number, kind: string, subjects: readonly number[], timing: Timing) {
    const requests = subjects.map((subject) => ({ kind, subject, priority: "engagement" as const }));
    await this.work.schedule(tx, accountId, requests, timing);
  }
}
