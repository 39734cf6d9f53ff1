import type { Verdict } from "@dealscope/shared/qualification";
import type { Settings } from "@dealscope/shared/settings";
import { Injectable } from "@nestjs/common";
import type { Tx } from "../database/tenancy.ts";
import type { Provisioned } from "../installation/provisioning.ts";
import type { Lead } from "../kommo/resources.ts";
import { fold } from "../write-back/fold.ts";
import { plan } from "../write-back/patch.ts";
import { WriteBack } from "../write-back/write-back.ts";
import type { LeadChange, NewWrite } from "../write-back/write-row.ts";
import { cardChange } from "./card-change.ts";
import type { Facts } from "./facts.ts";
import { manualTaskDone, manualTaskWrite, openManualTask, type TaskLead } from "./manual-task.ts";
import { enters, segmentWrites } from "./segment-actions.ts";
import { isPause } from "./verdict-rows.ts";

/** A lead as it was when it was judged. */
export interface Judged {
  accountId: number;
  lead: Lead;
  settings: Settings;
  facts: Facts;
}

/** What a verdict changes in the deal, as rows of write-back. */
@Injectable()
export class VerdictWrites {
  constructor(private readonly writes: WriteBack) {}

  async put(tx: Tx, { accountId, lead, settings, facts }: Judged, verdict: Verdict, verdictId: number): Promise<void> {
    if (isPause(verdict)) return;
    const tags = tagsOf(lead);
    if (verdict.status === "needs_manual") {
      return this.handOver(tx, accountId, lead, verdict, { id: verdictId, tags, settings });
    }
    await this.writes.put(tx, accountId, leadWrite(lead.id, cardChange(verdict, tags)));
    if (facts.last?.verdict.status === "needs_manual") {
      const done = await manualTaskDone(tx, accountId, lead.id, "Qualified by Dealscope.", verdictId);
      if (done) await this.writes.put(tx, accountId, done);
    }
    const action = verdict.segment === null ? undefined : settings.actions[verdict.segment];
    // A lead that looks as if it was written for the model must not move: a person looks at those. A closed one is done with.
    const isTrusted = !verdict.flags.includes("suspected_injection") && !verdict.flags.includes("repeated_quote");
    if (verdict.segment === null || !isTrusted || lead.closed_at) return;
    if (!(await enters(tx, lead.id, verdict.segment)) || !action) return;
    for (const write of await segmentWrites(tx, accountId, lead, verdict.segment, action, verdictId)) {
      await this.writes.put(tx, accountId, write);
    }
  }

  /** Marks the lead for a person, with a task if the admin wants one and there is none for this yet. */
  async handOver(
    tx: Tx,
    accountId: number,
    lead: TaskLead,
    verdict: Verdict,
    { id, tags, settings }: { id: number; tags: readonly string[]; settings: Settings },
  ): Promise<void> {
    await this.writes.put(tx, accountId, leadWrite(lead.id, cardChange(verdict, tags)));
    if (!settings.taskWhenManual || (await openManualTask(tx, accountId, lead.id))) return;
    await this.writes.put(tx, accountId, manualTaskWrite(accountId, lead, verdict, id));
  }

  /** The verdict stands: what somebody has changed of it in Kommo is put right. */
  async repair(tx: Tx, { accountId, lead, settings, facts }: Judged, made: Provisioned): Promise<void> {
    const { last } = facts;
    if (!last || facts.override || settings.dryRun) return;
    const change = cardChange(last.verdict, tagsOf(lead));
    const [folded] = fold([rowOf(lead.id, change)]);
    if (!folded || plan(folded, lead, made).kind === "equal") return;
    await this.writes.put(tx, accountId, leadWrite(lead.id, change));
  }
}

function tagsOf(lead: Lead): string[] {
  return lead._embedded.tags.map((tag) => tag.name);
}

function leadWrite(leadId: number, body: LeadChange): NewWrite {
  return { leadId, origin: "qualification", workKind: "qualify", target: "lead", body };
}

function rowOf(leadId: number, body: LeadChange) {
  return {
    id: 0,
    leadId,
    seq: 0,
    target: "lead",
    origin: "qualification",
    body,
    expect: null,
    marker: null,
    workKind: null,
    traceId: "",
    attempts: 0,
    waits: 0,
    unknownForMs: null,
    isDecidedAgain: false,
  } as const;
}
