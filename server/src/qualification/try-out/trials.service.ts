import type { HardRule, ManualReason, PromptVersionContent, Verdict } from "@dealscope/shared/qualification";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { LeadReader } from "../../leads/reader.ts";
import { isUrgent, type Priority, priorities } from "../../queue/priority.ts";
import { type Facts, readFacts } from "../facts.ts";
import { hardVerdict } from "../judging/hard-rules.ts";
import { type LeadQuestion, leadQuestion } from "../lead-text/lead-question.ts";
import { OpinionService } from "../model/opinion.service.ts";
import type { PaidAnswer } from "../model/paid-answer.ts";
import { PromptVersionEntity } from "../prompt/prompt-version.entity.ts";
import { SettingsService } from "../settings.service.ts";

/** Stands for a text that is no version yet; versions begin at 1. */
const NO_VERSION = 0;

export interface Trial {
  leadName: string;
  /** The hard rule that decides on this lead, and what it says. */
  rule: HardRule | null;
  verdict: Verdict | null;
  /** Why there is no verdict. */
  reason: ManualReason | null;
  paid: readonly PaidAnswer[];
}

/** A lead as the model would be asked about it now. */
export interface TrialLead extends LeadQuestion {
  name: string;
  facts: Facts;
}

interface Wish {
  content: PromptVersionContent;
  leadId: number;
  priority: Priority;
  /** Whether a hard rule spares the model, as it does with a lead that comes in. */
  rulesDecide: boolean;
}

/** Judges one lead as it is now by some text. Nothing is kept, in Kommo or here; who asks keeps what was paid. */
@Injectable()
export class Trials {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: Accounts,
    private readonly settings: SettingsService,
    private readonly reader: LeadReader,
    private readonly opinions: OpinionService,
  ) {}

  /** @returns undefined when the lead is gone */
  async look(accountId: number, leadId: number, priority: Priority): Promise<TrialLead | undefined> {
    const account = await this.accounts.get(accountId);
    const reading = await this.reader.read(accountId, leadId, priority);
    if (!reading) return undefined;
    const { name, responsible_user_id = null } = reading.lead;
    const facts = await this.tenancy.run(accountId, (tx) => readFacts(tx, leadId, responsible_user_id));
    return { name, facts, ...leadQuestion(reading, facts, account) };
  }

  /** @returns undefined when the lead is gone */
  async judge(accountId: number, { content, leadId, priority, rulesDecide }: Wish): Promise<Trial | undefined> {
    const settings = await this.settings.of(accountId);
    const seen = await this.look(accountId, leadId, priority);
    if (!seen) return undefined;
    const { lead, facts, input } = seen;
    const ruled = hardVerdict(lead, { ...facts, blocklist: settings.blocklist }, NO_VERSION);
    const about = { leadName: seen.name, rule: ruled?.rule ?? null };
    if (ruled && rulesDecide) return { ...about, verdict: ruled, reason: null, paid: [] };
    const { verdict, reason, paid } = await this.opinions.ask({
      accountId,
      version: asVersion(accountId, content),
      input,
      capDollars: settings.monthlyCapDollars,
      isUrgent: isUrgent(priorities[priority]),
    });
    return { ...about, verdict: verdict ?? null, reason: verdict ? null : reason, paid };
  }
}

function asVersion(accountId: number, content: PromptVersionContent): PromptVersionEntity {
  return Object.assign(new PromptVersionEntity(), { accountId, number: NO_VERSION, state: "draft" as const, content });
}
