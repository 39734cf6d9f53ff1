import type { Unseen, Verdict } from "@dealscope/shared/qualification";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable, type OnModuleInit } from "@nestjs/common";
import { Tenancy, type Tx } from "../database/tenancy.ts";
import { Accounts } from "../installation/accounts.ts";
import { type Provisioned, provisioned } from "../installation/provisioning.ts";
import { KommoForbidden, KommoRejected } from "../kommo/errors.ts";
import type { Lead } from "../kommo/resources.ts";
import { LeadReader } from "../leads/reader.ts";
import { isUrgent, priorities } from "../queue/priority.ts";
import { Listeners } from "../webhooks/listeners.ts";
import { Work } from "../work/work.ts";
import { type Decision, type WorkItem, type WorkKind, waitsFor } from "../work/work-kind.ts";
import { type LastWritten, lastWritten } from "../write-back/last-written.ts";
import { duplicatesBeside } from "./duplicates.ts";
import { hasOnlyLostWords } from "./erased.ts";
import { readFacts } from "./facts.ts";
import { hardVerdict } from "./judging/hard-rules.ts";
import { manualVerdict } from "./judging/manual-verdict.ts";
import { History } from "./lead-text/history.ts";
import { inputHash } from "./lead-text/input-hash.ts";
import { hasUnheardWords, leadQuestion } from "./lead-text/lead-question.ts";
import type { ModelInput } from "./lead-text/model-input.ts";
import { unseenPart } from "./lead-text/unseen.ts";
import { ModelService } from "./model/model.service.ts";
import { type Opinion, OpinionService } from "./model/opinion.service.ts";
import type { PaidAnswer } from "./model/paid-answer.ts";
import { delayMs, isFinal } from "./model/patience.ts";
import { handEdit } from "./overrides/hand-edit.ts";
import { Overrides } from "./overrides/overrides.service.ts";
import type { PromptVersionEntity } from "./prompt/prompt-version.entity.ts";
import { PromptVersions } from "./prompt/prompt-versions.service.ts";
import { SettingsService } from "./settings.service.ts";
import { segmentTag } from "./tags.ts";
import { isPause, keepCosts, keepVerdict } from "./verdict-rows.ts";
import { type Judged, VerdictWrites } from "./verdict-writes.ts";

export const QUALIFY = "qualify";

/** In the detail of a row that a person has asked for, or a backfill. */
export interface QualifyDetail {
  askedAt?: string;
  askedBy?: string;
  backfillId?: number;
  /** The customer's own Digital Pipeline wants it, whatever pipeline it is in. */
  isCalled?: boolean;
}

interface Case extends Judged {
  item: WorkItem;
  version: PromptVersionEntity;
  hash: string;
  unseen: Unseen;
  askedBy: string;
  /** Nothing has been kept yet that answers this asking. */
  isNewAsk: boolean;
}

/** One lead's verdict: read, decide, keep. */
@Injectable()
export class QualifyWork implements WorkKind, OnModuleInit {
  readonly kind = QUALIFY;

  constructor(
    private readonly work: Work,
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly settings: SettingsService,
    private readonly versions: PromptVersions,
    private readonly reader: LeadReader,
    private readonly history: History,
    private readonly models: ModelService,
    private readonly opinions: OpinionService,
    private readonly overrides: Overrides,
    private readonly writes: VerdictWrites,
    private readonly listeners: Listeners,
  ) {}

  onModuleInit() {
    this.work.register(this);
  }

  async run(item: WorkItem): Promise<Decision> {
    const { accountId, subject: leadId } = item;
    const priority = readingPriority(item.priority);
    const [account, settings, version] = await Promise.all([
      this.accounts.get(accountId),
      this.settings.of(accountId),
      this.versions.current(accountId),
    ]);
    const reading = await this.reader.readNew(accountId, leadId, priority, item.firstEventAt);
    const free = (tx: Tx) => this.freeDuplicates(tx, accountId, leadId);
    if (!reading) return { keep: free };
    if (reading === "not yet")
      return { again: { afterMs: 5_000, counts: "nothing", why: "Kommo does not show it yet." } };
    const { lead } = reading;
    const read = () => this.tenancy.run(accountId, (tx) => readFacts(tx, leadId, lead.responsible_user_id ?? null));
    let facts = await read();

    const { askedAt, askedBy: asker = "a person" } = item.detail as QualifyDetail;
    const isNewAsk = askedAt !== undefined && new Date(askedAt) > (facts.last?.decidedAt ?? new Date(0));
    // What a person has asked for is not done with "the model is away".
    const isForced = isNewAsk || (askedAt !== undefined && facts.last !== null && !isFinal(facts.last.verdict));
    if (!isForced && isLeftOut(lead, settings, item)) return {};
    const isUnread = hasUnheardWords(lead, facts, account) && !lead.closed_at;
    const isReadSince =
      askedAt !== undefined && facts.historyReadAt !== null && facts.historyReadAt > new Date(askedAt);
    if ((isForced && !isReadSince) || isUnread) {
      await this.history.read(accountId, leadId, priority);
      facts = await read();
    }

    const question = leadQuestion(reading, facts, account);
    const { input } = question;
    const model = this.models.modelOf(version);
    const hash = inputHash({
      promptVersion: version.number,
      content: version.content,
      model,
      document: input.document,
      engagement: input.engagement,
    });
    const askedBy = isForced ? asker : "events";
    const { missing, cut } = input.document;
    const one: Case = {
      accountId,
      item,
      lead,
      settings,
      version,
      facts,
      hash,
      unseen: { missing, cut },
      askedBy,
      isNewAsk,
    };

    const made = provisioned.parse(account.provisioned);
    const word = await this.wordInKommo(one, made);
    // Nobody works on a closed deal any more: it is judged only for somebody who asks.
    if (lead.closed_at && !isForced) return { keep: (tx) => Promise.resolve(word?.(tx)).then(() => free(tx)) };
    // The verdict stands, and not on what is left of its words: nothing is judged or written for their being gone.
    if (!isForced && hasOnlyLostWords(facts)) return word ? { keep: word } : {};
    const rule = isForced
      ? null
      : hardVerdict(question.lead, { ...facts, blocklist: settings.blocklist }, version.number);
    const { last } = facts;
    // What the model said to a person who asked past a rule stands until the lead says something new.
    const isSameRule = (rule?.rule ?? null) === last?.verdict.rule || last?.askedBy !== "events";
    const isEqual = last?.inputHash === hash && isFinal(last.verdict) && isSameRule;
    if (isEqual && !isForced) return word ? { keep: word } : { keep: (tx) => this.writes.repair(tx, one, made) };
    const decision = rule ? this.decided(one, rule, []) : await this.ask(one, input);
    if (!word) return decision;
    // Said before it was judged: so the verdict is kept and shown, and not written.
    return { ...decision, keep: (tx) => word(tx).then(() => decision.keep?.(tx)) };
  }

  /** Leads that waited because this one was there before them are judged now that it is closed or gone. */
  private async freeDuplicates(tx: Tx, accountId: number, leadId: number) {
    const ids = await duplicatesBeside(tx, leadId);
    const requests = ids.map((subject) => ({ kind: QUALIFY, subject, priority: "qualification" as const }));
    await this.work.schedule(tx, accountId, requests);
  }

  private async ask(one: Case, input: ModelInput): Promise<Decision> {
    const { item, settings, version } = one;
    const opinion = await this.opinions.ask({
      ...{ accountId: item.accountId, version, input },
      capDollars: settings.monthlyCapDollars,
      isUrgent: isUrgent(item.priority),
    });
    return opinion.verdict ? this.decided(one, opinion.verdict, opinion.paid) : this.postponed(one, opinion);
  }

  /** Keeps what a person has put into our segment and score fields in Kommo, if anything: it is their word. */
  private async wordInKommo({ item, lead, settings, facts, version }: Case, made: Provisioned) {
    const { accountId } = item;
    const editIn = (shown: Lead, written: LastWritten["fields"]) =>
      handEdit(shown, written, made, version.content.segments);
    const standing = facts.last?.verdict;
    if (!standing || settings.dryRun || (!facts.override && !editIn(lead, standing))) return undefined;
    const written = await this.tenancy.run(accountId, (tx) => lastWritten(tx, lead.id));
    if (!written || !editIn(lead, written.fields)) return undefined;
    // What was read before our own write arrived would look the same, so it is read again.
    const now = (await this.reader.read(accountId, lead.id, "qualification"))?.lead;
    const edit = now && editIn(now, written.fields);
    return edit && ((tx: Tx) => this.overrides.hear(tx, accountId, now, edit, written));
  }

  /** A lead we cannot even read or keep: a person has to look, and is told so on the lead. */
  async onDead(tx: Tx, item: WorkItem, error: Error) {
    const { accountId, subject: leadId } = item;
    const { number, content } = await this.versions.published(tx, accountId);
    const { settings } = await this.settings.read(tx, accountId);
    const isKommos = error instanceof KommoForbidden || error instanceof KommoRejected;
    const verdict = manualVerdict(isKommos ? "kommo" : "internal", number, null);
    const { askedBy = "events" } = item.detail as QualifyDetail;
    const unseen = { missing: [unseenPart("lead")], cut: [] };
    const kept = await keepVerdict(tx, accountId, leadId, verdict, { inputHash: "", askedBy, paid: [], unseen });
    if (!kept.isLocked) await this.tell(tx, accountId, leadId);
    if (kept.isLocked || settings.dryRun) return;
    const [row] = await tx.query("SELECT responsible_user_id FROM lead WHERE lead_id = $1", [leadId]);
    // The deal cannot be looked at: whatever tag of ours may be there goes.
    const tags = content.segments.map(({ key }) => segmentTag(key));
    await this.writes.handOver(tx, accountId, { id: leadId, ...row }, verdict, { id: kept.id, tags, settings });
  }

  private decided(one: Case, verdict: Verdict, paid: readonly PaidAnswer[]): Decision {
    return { keep: (tx) => this.keep(tx, one, verdict, paid).then(() => {}) };
  }

  /**
   * The model could not say. What it cannot judge today it cannot judge tomorrow: a person is asked at once, and the
   * work ends. What may pass (an outage, a cap, a key) is tried again: quickly at first, then ever more rarely.
   */
  private postponed(one: Case, { reason, paid, retryAfterMs }: Omit<Opinion, "verdict">): Decision {
    const { item, version, facts } = one;
    const waits = waitsFor(item, reason);
    const delay = delayMs(reason, waits);
    // Said already, and waited for since. An end is kept each time: it is the answer to what the lead says now.
    const isMarked = delay !== undefined && !one.isNewAsk && facts.last?.verdict.reason === reason;
    const isPatient = reason === "model_unavailable" && waits < ATTEMPTS - 1;
    const keep = async (tx: Tx) => {
      if (isMarked || isPatient) return keepCosts(tx, item.accountId, one.lead.id, version.number, paid);
      return this.keep(tx, one, manualVerdict(reason, version.number, null), paid);
    };
    if (delay === undefined) return { keep };
    const afterMs = Math.max(retryAfterMs ?? 0, delay * (0.9 + Math.random() / 5));
    return { keep, again: { afterMs, counts: "wait", on: reason, why: `No verdict: ${reason}.` } };
  }

  private async keep(tx: Tx, one: Case, verdict: Verdict, paid: readonly PaidAnswer[]) {
    const { item, lead, settings, version, hash, askedBy, unseen } = one;
    const { accountId } = item;
    const kept = await keepVerdict(tx, accountId, lead.id, verdict, { inputHash: hash, askedBy, paid, unseen });
    if (!kept.isLocked && !isPause(verdict)) await this.tell(tx, accountId, lead.id);
    if (!kept.isLocked && !settings.dryRun) await this.writes.put(tx, one, verdict, kept.id);
    await keepCosts(tx, accountId, lead.id, version.number, paid);
  }

  private tell(tx: Tx, accountId: number, leadId: number) {
    return this.listeners.tell(tx, accountId, [{ type: "lead.judged", leadId }]);
  }
}

/** A backfill and the Digital Pipeline name their stages themselves, and a person may have any lead judged. */
function isLeftOut(lead: Lead, { triggers }: Settings, { detail }: WorkItem): boolean {
  const { pipelineIds } = triggers;
  const { backfillId, isCalled = false } = detail as QualifyDetail;
  return pipelineIds.length > 0 && backfillId === undefined && !isCalled && !pipelineIds.includes(lead.pipeline_id);
}

function readingPriority(priority: number) {
  if (isUrgent(priority)) return "interactive";
  return priority >= priorities.backfill ? "backfill" : "qualification";
}

/** With the last of these the lead is marked for a person. */
const ATTEMPTS = 3;
