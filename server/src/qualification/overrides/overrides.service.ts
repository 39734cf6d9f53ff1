import type { Override, Segment, Verdict } from "@dealscope/shared/qualification";
import { Injectable } from "@nestjs/common";
import { Tenancy, type Tx } from "../../database/tenancy.ts";
import type { Lead } from "../../kommo/resources.ts";
import { LeadReader } from "../../leads/reader.ts";
import { Listeners } from "../../webhooks/listeners.ts";
import { SubjectGone } from "../../work/failure.ts";
import { Work } from "../../work/work.ts";
import { type LastWritten, lastWritten } from "../../write-back/last-written.ts";
import { WriteBack } from "../../write-back/write-back.ts";
import type { LeadChange, NewWrite } from "../../write-back/write-row.ts";
import { labelOf } from "../back-test/back-test.ts";
import { cardChange, overrideChange } from "../card-change.ts";
import { segmentOf } from "../judging/score.ts";
import { manualTaskDone } from "../manual-task.ts";
import { PromptVersions } from "../prompt/prompt-versions.service.ts";
import { SettingsService } from "../settings.service.ts";
import { isOurTag } from "../tags.ts";
import { activeOverride } from "./active-override.ts";
import type { HandEdit } from "./hand-edit.ts";

export const OVERRIDE_EXPIRY = "override-expiry";

/** Who, and why, when a person has changed our fields in Kommo itself: it does not say more. */
const CHANGED_IN_KOMMO = "changed in Kommo";

/** Timers reach 24 days; what lies further ahead is looked at daily. */
export const LOOK_AGAIN_MS = 86_400_000;

/** The override cannot be kept; `field` is what is wrong with it. */
export class UnusableOverride extends Error {
  constructor(
    message: string,
    readonly field: keyof Override,
  ) {
    super(message);
  }
}

/** There is nothing to clear. */
export class NoOverride extends Error {}

export interface Person {
  userId: number;
  name: string;
}

interface Standing {
  /** The last verdict that says something of the lead; the one at a money cap does not. */
  verdict: Verdict | null;
  verdictId: number | null;
  now: Date;
}

/** A rep's word against the model's: it holds until it expires or is cleared, and then the last verdict stands again. */
@Injectable()
export class Overrides {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly reader: LeadReader,
    private readonly versions: PromptVersions,
    private readonly settings: SettingsService,
    private readonly work: Work,
    private readonly writes: WriteBack,
    private readonly listeners: Listeners,
  ) {
    work.expect(OVERRIDE_EXPIRY);
  }

  /** @throws UnusableOverride; SubjectGone when Kommo has no such lead */
  async set(accountId: number, leadId: number, override: Override, by: Person): Promise<void> {
    const { segments } = (await this.versions.current(accountId)).content;
    if (override.segment !== null && !segments.some(({ key }) => key === override.segment))
      throw new UnusableOverride(`There is no segment ${override.segment}.`, "segment");
    const lead = await this.leadNow(accountId, leadId);
    await this.tenancy.run(accountId, async (tx) => {
      const standing = await this.hold(tx, leadId);
      const leftMs = override.expiresAt === null ? null : Date.parse(override.expiresAt) - standing.now.getTime();
      if (leftMs !== null && leftMs <= 0)
        throw new UnusableOverride("An override must expire in the future.", "expiresAt");
      await this.give(tx, accountId, lead, override, by, standing, segments);
      if (leftMs !== null) await this.scheduleExpiry(tx, accountId, leadId, leftMs);
    });
  }

  /** Takes what a person has put into our fields in Kommo for their word, unless we have written there meanwhile. */
  async hear(tx: Tx, accountId: number, lead: Lead, edit: HandEdit, written: LastWritten): Promise<void> {
    const { segments } = (await this.versions.published(tx, accountId)).content;
    const standing = await this.hold(tx, lead.id);
    if ((await lastWritten(tx, lead.id))?.seq !== written.seq) return;
    const override = { ...edit, reason: CHANGED_IN_KOMMO, expiresAt: null };
    await this.give(tx, accountId, lead, override, { userId: null, name: CHANGED_IN_KOMMO }, standing, segments);
  }

  /** @throws NoOverride; SubjectGone when Kommo has no such lead */
  async clear(accountId: number, leadId: number, by: Person): Promise<void> {
    const lead = await this.leadNow(accountId, leadId);
    await this.tenancy.run(accountId, async (tx) => {
      const standing = await this.hold(tx, leadId);
      if (!(await activeOverride(tx, leadId))) throw new NoOverride("There is no override to clear.");
      await tx.query(
        `INSERT INTO override (account_id, lead_id, kind, by_user_id, by_name, verdict_id) VALUES ($1, $2, 'clear', $3, $4, $5)`,
        [accountId, leadId, by.userId, by.name, standing.verdictId],
      );
      await this.note(tx, accountId, leadId, by.name, "override cleared");
      await this.restore(tx, accountId, lead, standing);
    });
  }

  /** Milliseconds until the lead's override expires, 0 or less when it has; undefined when there is none that ever will. */
  timeLeft(accountId: number, leadId: number): Promise<number | undefined> {
    return this.tenancy.run(accountId, (tx) => this.left(tx, leadId));
  }

  /** Lets the last verdict stand again, unless a newer override has come meanwhile. */
  async expire(tx: Tx, accountId: number, lead: Lead): Promise<void> {
    const standing = await this.hold(tx, lead.id);
    const leftMs = await this.left(tx, lead.id);
    if (leftMs === undefined || leftMs > 0) return;
    await this.note(tx, accountId, lead.id, "dealscope", "override expired");
    await this.restore(tx, accountId, lead, standing);
  }

  private async leadNow(accountId: number, leadId: number): Promise<Lead> {
    const reading = await this.reader.read(accountId, leadId, "interactive");
    if (!reading) throw new SubjectGone(`Lead ${leadId} is gone.`);
    return reading.lead;
  }

  /** Locks the lead, so that what is said of it comes one after the other. */
  private async hold(tx: Tx, leadId: number): Promise<Standing> {
    const [{ now }] = await tx.query("SELECT app_now() AS now FROM lead WHERE lead_id = $1 FOR UPDATE", [leadId]);
    const [row] = await tx.query(
      "SELECT id, detail FROM verdict WHERE lead_id = $1 AND reason IS DISTINCT FROM 'cap' ORDER BY id DESC LIMIT 1",
      [leadId],
    );
    return { verdict: row?.detail ?? null, verdictId: row?.id ?? null, now };
  }

  private async left(tx: Tx, leadId: number): Promise<number | undefined> {
    const [row] = await tx.query(
      `SELECT (extract(epoch FROM expires_at - app_now()) * 1000)::float8 AS ms
         FROM (SELECT * FROM override WHERE lead_id = $1 ORDER BY id DESC LIMIT 1) o
        WHERE kind = 'set' AND expires_at IS NOT NULL`,
      [leadId],
    );
    return row?.ms;
  }

  private restore(tx: Tx, accountId: number, lead: Lead, { verdict }: Standing) {
    const tags = tagsOf(lead);
    if (verdict) return this.stand(tx, accountId, lead, verdict, cardChange(verdict, tags));
    const ours = tags.filter(isOurTag);
    const nothing: LeadChange = {
      fields: { score: null, segment: null },
      ...(ours.length > 0 ? { tagsRemove: ours } : {}),
    };
    return this.stand(tx, accountId, lead, { segment: null, score: null }, nothing);
  }

  /**
   * Makes something the lead's standing: in the queue, and in Kommo. Also what is restored is written as a rep's word,
   * because it must win over an override that is still waiting to be sent.
   */
  private async stand(
    tx: Tx,
    accountId: number,
    lead: Lead,
    { segment, score }: { segment: string | null; score: number | null },
    change: LeadChange,
    more?: NewWrite,
  ) {
    await tx.query("UPDATE lead SET segment = $2, score = $3 WHERE lead_id = $1", [lead.id, segment, score]);
    await this.listeners.tell(tx, accountId, [{ type: "lead.judged", leadId: lead.id }]);
    const { dryRun } = await this.settings.of(accountId);
    if (dryRun) return;
    await this.writes.put(tx, accountId, { leadId: lead.id, origin: "rep", target: "lead", body: change });
    if (more) await this.writes.put(tx, accountId, more);
  }

  private async give(
    tx: Tx,
    accountId: number,
    lead: Lead,
    override: Override,
    by: Person | { userId: null; name: string },
    { verdict, verdictId }: Standing,
    segments: readonly Segment[],
  ) {
    const who = by.userId === null ? "by hand in Kommo" : `by ${by.name}`;
    const done = await manualTaskDone(tx, accountId, lead.id, `Qualified ${who}.`);
    await tx.query(
      `INSERT INTO override (account_id, lead_id, kind, segment, score, reason, by_user_id, by_name, verdict_id, expires_at)
       VALUES ($1, $2, 'set', $3, $4, $5, $6, $7, $8, $9)`,
      [
        ...[accountId, lead.id, override.segment, override.score, override.reason],
        ...[by.userId, by.name, verdictId, override.expiresAt],
      ],
    );
    await this.note(tx, accountId, lead.id, by.name, "override set", override);
    // A rep who names only the segment does not deny the score.
    const meant = { segment: labelOf(override, segments), score: override.score ?? verdict?.score ?? null };
    await this.stand(tx, accountId, lead, meant, wordOf(meant, segments, tagsOf(lead)), done);
  }

  private async scheduleExpiry(tx: Tx, accountId: number, leadId: number, leftMs: number) {
    const settleMs = Math.min(leftMs, LOOK_AGAIN_MS);
    const request = { kind: OVERRIDE_EXPIRY, subject: leadId, priority: "qualification" } as const;
    await this.work.schedule(tx, accountId, [request], { settleMs, atMostMs: settleMs, hastens: true });
  }

  private async note(tx: Tx, accountId: number, leadId: number, actor: string, action: string, detail: object = {}) {
    await tx.query("INSERT INTO audit (account_id, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)", [
      ...[accountId, actor, action, `lead ${leadId}`],
      JSON.stringify(detail),
    ]);
  }
}

/** The score is always named, also as null: one that an earlier override has set must not stay. */
function wordOf(
  meant: { segment: string | null; score: number | null },
  segments: readonly Segment[],
  tags: readonly string[],
): LeadChange {
  const change = overrideChange(meant, (score) => segmentOf(score, segments), tags);
  return { ...change, fields: { score: meant.score, ...change.fields } };
}

function tagsOf(lead: Lead): string[] {
  return lead._embedded.tags.map((tag) => tag.name);
}
