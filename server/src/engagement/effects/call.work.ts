import type { EngagementEffects } from "@dealscope/shared/engagement";
import { fillIn } from "@dealscope/shared/engagement";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { lockLeads } from "../../database/lock-leads.ts";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import type { Lead } from "../../kommo/resources.ts";
import { LeadReader } from "../../leads/reader.ts";
import { Work } from "../../work/work.ts";
import type { Decision, WorkItem, WorkKind } from "../../work/work-kind.ts";
import { markerFor } from "../../write-back/marker.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import { MAIL_CALL } from "../kinds.ts";
import { wishesOf } from "./account.ts";
import { type ReadingRow, readSignals } from "./reading-rows.ts";
import { newestWindow, type Signal, type Window } from "./window.ts";
import { linkName, readable, say, type Tongue } from "./wording.ts";

const HOUR_MS = 3_600_000;
/** So long it may still turn out that links are followed by a scanner: it takes a few of them to show. */
const SCANNER_SHOWS_MS = 12_000;
/** For so long Customer.io holds back what it could not tell. Whatever ended before that is no reason to call today. */
const LATEST_DAYS = 7;
/** A task is read on a phone. */
const LISTED_AT_MOST = 10;

interface Due {
  rule: EngagementEffects["call"];
  window: Window<ReadingRow & Signal>;
  tongue: Tongue;
}

/** Asks for a call when enough was read within the hours; counted anew each time from all that is stored. */
@Injectable()
export class MailCall implements WorkKind, OnModuleInit {
  readonly kind = MAIL_CALL;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly leads: LeadReader,
    private readonly writes: WriteBack,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run({ accountId, subject: leadId }: WorkItem): Promise<Decision> {
    const due = await this.tenancy.run(accountId, (tx) => this.due(tx, accountId, leadId));
    if (!due) return {};
    const clicked = due.window.signals.filter(({ metric }) => metric === "clicked").map(({ toldMs }) => toldMs);
    const afterMs = SCANNER_SHOWS_MS - Math.min(SCANNER_SHOWS_MS, ...clicked);
    if (afterMs > 0) return { again: { afterMs, counts: "nothing", why: "A scanner may be following the links." } };
    // Whose deal it is, and that it is open, is true now and not when it was last read.
    const lead = await this.leads.readAlone(accountId, leadId, "engagement", "long ago");
    if (!lead || lead.closed_at !== null) return {};
    return { keep: (tx) => this.keep(tx, accountId, lead) };
  }

  private async due(tx: Tx, accountId: number, leadId: number): Promise<Due | undefined> {
    const { effects, dryRun, tongue } = await wishesOf(tx, this.accounts, accountId);
    const rule = effects.call;
    if (!rule.isOn || dryRun) return undefined;
    const [{ since, is_cooling }]: [{ since: Date; is_cooling: boolean }] = await tx.query(
      `SELECT greatest(c.last_at + $2 * interval '1 hour', (SELECT calls_from FROM customerio_connection),
                       app_now() - interval '${LATEST_DAYS} days') AS since,
              coalesce(c.made_at + $2 * interval '1 hour' > app_now(), false) AS is_cooling
         FROM (SELECT) one
         LEFT JOIN (SELECT last_at, made_at FROM engagement_call WHERE lead_id = $1 ORDER BY made_at DESC LIMIT 1) c ON true`,
      [leadId, rule.coolDownHours],
    );
    if (is_cooling) return undefined;
    const rows = await readSignals(tx, leadId, new Date(+since - rule.hours * HOUR_MS));
    const worth = { opened: 1, clicked: rule.clickCounts };
    const signals = rows.map((row) => ({ ...row, worth: worth[row.metric] }));
    const window = newestWindow(signals, rule, since);
    return window && { rule, window, tongue };
  }

  private async keep(tx: Tx, accountId: number, lead: Lead) {
    await lockLeads(tx, accountId, [lead.id]);
    const due = await this.due(tx, accountId, lead.id);
    if (!due) return;
    const { rule, window } = due;
    const [made] = await tx.query(
      `INSERT INTO engagement_call (account_id, lead_id, opens, hours, last_at) VALUES ($1, $2, $3, $4, $5) RETURNING id`,
      [accountId, lead.id, window.opens, rule.hours, window.signals.at(-1)!.at],
    );
    await this.writes.put(tx, accountId, {
      leadId: lead.id,
      origin: "engagement",
      target: "task",
      marker: markerFor(accountId, "mail call", made.id),
      body: {
        text: textOf(due),
        completeTill: Math.floor(Date.now() / 1000) + rule.minutes * 60,
        ...(lead.responsible_user_id ? { responsibleUserId: lead.responsible_user_id } : {}),
      },
    });
  }
}

function textOf({ rule, window: { signals, opens }, tongue }: Due): string {
  const people = new Set(signals.map(({ person }) => person ?? say(tongue, "somebody")));
  const listed = signals.slice(-LISTED_AT_MOST).map((signal) => `· ${lineOf(tongue, signal)}`);
  const left = signals.length - listed.length;
  return fillIn(rule.text, {
    person: [...people].join(", "),
    opens,
    hours: rule.hours,
    list: [...listed, ...(left > 0 ? [`· ${say(tongue, "more", { n: String(left) })}`] : [])].join("\n"),
  }).trim();
}

function lineOf(tongue: Tongue, { metric, at, subject, campaign, link }: ReadingRow): string {
  const values = { at: readable(tongue, at), subject: subject ?? campaign ?? "–", link: linkName(link) };
  return say(tongue, metric, values);
}
