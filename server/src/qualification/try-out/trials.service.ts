import type { HardRule, ManualReason, PromptVersionContent, Verdict } from "@dealscope/shared/qualification";
import { Injectable } from "@nestjs/common";
import { Tenancy } from "../../database/tenancy.ts";
import { Accounts } from "../../installation/accounts.ts";
import { LeadReader } from "../../leads/reader.ts";
import { isUrgent, type Priority, priorities } from "../../queue/priority.ts";
import { readFacts } from "../facts.ts";
import { hardVerdict } from "../judging/hard-rules.ts";
import { leadQuestion } from "../lead-text/lead-question.ts";
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
  async judge(accountId: number, { content, leadId, priority, rulesDecide }: Wish): Promise<Trial | undefined> {
    const [account, settings] = await Promise.all([this.accounts.get(accountId), this.settings.of(accountId)]);
    const reading = await this.reader.read(accountId, leadId, priority);
    if (!reading) return undefined;
    const responsible = reading.lead.responsible_user_id ?? null;
    const facts = await this.tenancy.run(accountId, (tx) => readFacts(tx, leadId, responsible));
    const { lead, input } = leadQuestion(reading, facts, account);
    const ruled = hardVerdict(lead, { ...facts, blocklist: settings.blocklist }, NO_VERSION);
    const about = { leadName: reading.lead.name, rule: ruled?.rule ?? null };
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
