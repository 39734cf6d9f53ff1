import { createHash } from "node:crypto";
import { fillIn } from "@dealscope/shared/engagement";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import type { Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import { MAIL_NOTES } from "../kinds.ts";
import { wishesOf } from "./account.ts";
import { type ReadingRow, readMails } from "./reading-rows.ts";
import { clicksOf, readable, say, type Tongue } from "./wording.ts";

/** What was told before, when nobody wanted notes, gets none. Work may have waited so long for an account that was away. */
const LATELY = "3 days";

/** One note for each mail that somebody has read: made once, and given other words as more is done with the mail. */
@Injectable()
export class MailNotes implements WorkKind, OnModuleInit {
  readonly kind = MAIL_NOTES;

  constructor(
    private readonly work: Work,
    private readonly accounts: Accounts,
    private readonly writes: WriteBack,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId, subject: leadId }: WorkItem): Promise<Decision> {
    return { keep: (tx) => this.keep(tx, accountId, leadId) };
  }

  private async keep(tx: Tx, accountId: number, leadId: number) {
    const { effects, dryRun, tongue } = await wishesOf(tx, this.accounts, accountId);
    if (!effects.notes.isOn || dryRun) return;
    await lockLeads(tx, accountId, [leadId]);
    const [{ gone }] = await tx.query("SELECT gone FROM lead WHERE lead_id = $1", [leadId]);
    if (gone !== null) return;
    const mails = Map.groupBy(await readMails(tx, leadId, LATELY), ({ deliveryId }) => deliveryId!);
    for (const [deliveryId, readings] of mails) {
      const read = readings.filter(({ isHuman }) => isHuman);
      if (read.length > 0) await this.tell(tx, accountId, leadId, deliveryId, noteOf(effects.notes.text, read, tongue));
      else await this.takeBack(tx, accountId, leadId, deliveryId, unreadOf(readings, tongue));
    }
  }

  /** What a note tells has turned out to be a machine's, all of it. Where there is no note there is nothing to be said. */
  private async takeBack(tx: Tx, accountId: number, leadId: number, deliveryId: string, text: string) {
    const [told] = await tx.query("SELECT 1 FROM engagement_note WHERE lead_id = $1 AND delivery_id = $2", [
      leadId,
      deliveryId,
    ]);
    if (told) await this.tell(tx, accountId, leadId, deliveryId, text);
  }

  private async tell(tx: Tx, accountId: number, leadId: number, deliveryId: string, text: string) {
    const words = createHash("sha256").update(text).digest();
    const [told] = await tx.query("SELECT marker, words FROM engagement_note WHERE lead_id = $1 AND delivery_id = $2", [
      leadId,
      deliveryId,
    ]);
    // One that came from a deal that was merged into this has the mark it was made with.
    const marker: string = told?.marker ?? markerFor(accountId, "mail note", leadId, deliveryId);
    if (told && words.equals(told.words)) return;
    await tx.query(
      `INSERT INTO engagement_note (account_id, lead_id, delivery_id, marker, words) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (account_id, lead_id, delivery_id) DO UPDATE SET words = excluded.words`,
      [accountId, leadId, deliveryId, marker, words],
    );
    const write = { leadId, origin: "engagement" } as const;
    if (told) await this.writes.put(tx, accountId, { ...write, target: "note_text", body: { marker, text } });
    else await this.writes.put(tx, accountId, { ...write, target: "note", marker, body: { text } });
  }
}

function unreadOf(readings: readonly ReadingRow[], tongue: Tongue): string {
  const { subject, campaign } = readings.at(-1)!;
  return say(tongue, "unread", { subject: subject ?? campaign ?? "–" });
}

/** Whoever followed a link has seen the mail, although only a machine's open was told of it. */
function noteOf(template: string, readings: readonly ReadingRow[], tongue: Tongue): string {
  const last = readings.at(-1)!;
  const clicks = readings.filter(({ metric }) => metric === "clicked");
  return fillIn(template, {
    person: last.person ?? say(tongue, "somebody"),
    subject: last.subject ?? last.campaign ?? "–",
    campaign: last.campaign ?? last.subject ?? "–",
    opens: Math.max(1, readings.length - clicks.length),
    last: readable(tongue, last.at),
    clicks: clicksOf(
      tongue,
      clicks.map(({ link }) => link),
    ),
  }).trim();
}
