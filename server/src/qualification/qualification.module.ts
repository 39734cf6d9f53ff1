import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { LeadsModule } from "../leads/leads.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { WriteBackModule } from "../write-back/write-back.module.ts";
import { BackTestWork } from "./back-test/back-test.work.ts";
import { BackTests } from "./back-test/back-tests.service.ts";
import { ExpertLabels } from "./back-test/expert-labels.service.ts";
import { BackfillWork } from "./backfill/backfill.work.ts";
import { Backfills } from "./backfill/backfills.service.ts";
import { FreedDuplicates } from "./duplicates.listener.ts";
import { History } from "./lead-text/history.ts";
import { Cap } from "./model/cap.ts";
import { ModelService } from "./model/model.service.ts";
import { ModelChecks } from "./model/model-check.service.ts";
import { OpinionService } from "./model/opinion.service.ts";
import { NextActions } from "./next-actions.service.ts";
import { OverrideExpiry } from "./overrides/override-expiry.work.ts";
import { Overrides } from "./overrides/overrides.service.ts";
import { PromptVersions } from "./prompt/prompt-versions.service.ts";
import { QualificationLeaving } from "./qualification-leaving.ts";
import { QualifyWork } from "./qualify.work.ts";
import { SettingsService } from "./settings.service.ts";
import { QualificationTriggers } from "./triggers.listener.ts";
import { Compiler } from "./try-out/compiler.service.ts";
import { DryRunWork } from "./try-out/dry-run.work.ts";
import { DryRuns } from "./try-out/dry-runs.service.ts";
import { Trials } from "./try-out/trials.service.ts";
import { TryOut } from "./try-out/try-out.service.ts";
import { VerdictWrites } from "./verdict-writes.ts";

@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [
    BackTestWork,
    BackTests,
    BackfillWork,
    Backfills,
    Cap,
    Compiler,
    DryRunWork,
    DryRuns,
    ExpertLabels,
    FreedDuplicates,
    History,
    ModelChecks,
    ModelService,
    NextActions,
    OpinionService,
    OverrideExpiry,
    Overrides,
    PromptVersions,
    QualificationLeaving,
    QualifyWork,
    SettingsService,
    QualificationTriggers,
    Trials,
    TryOut,
    VerdictWrites,
  ],
  exports: [
    Backfills,
    BackTests,
    Compiler,
    DryRuns,
    ExpertLabels,
    ModelChecks,
    ModelService,
    NextActions,
    Overrides,
    PromptVersions,
    QualificationTriggers,
    SettingsService,
    TryOut,
  ],
})
export class QualificationModule {}
