import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { LeadsModule } from "../leads/leads.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { WriteBackModule } from "../write-back/write-back.module.ts";
import { BackTestWork } from "./back-test/back-test.work.ts";
import { BackTests } from "./back-test/back-tests.service.ts";
import { BackfillWork } from "./backfill/backfill.work.ts";
import { Backfills } from "./backfill/backfills.service.ts";
import { FreedDuplicates } from "./duplicates.listener.ts";
import { History } from "./lead-text/history.ts";
import { Cap } from "./model/cap.ts";
import { ModelService } from "./model/model.service.ts";
import { OpinionService } from "./model/opinion.service.ts";
import { OverrideExpiry } from "./overrides/override-expiry.work.ts";
import { Overrides } from "./overrides/overrides.service.ts";
import { PromptVersions } from "./prompt/prompt-versions.service.ts";
import { QualifyWork } from "./qualify.work.ts";
import { SettingsService } from "./settings.service.ts";
import { QualificationTriggers } from "./triggers.listener.ts";
import { VerdictWrites } from "./verdict-writes.ts";

@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [
    BackTestWork,
    BackTests,
    BackfillWork,
    Backfills,
    Cap,
    FreedDuplicates,
    History,
    ModelService,
    OpinionService,
    OverrideExpiry,
    Overrides,
    PromptVersions,
    QualifyWork,
    SettingsService,
    QualificationTriggers,
    VerdictWrites,
  ],
  exports: [Backfills, BackTests, ModelService, Overrides, PromptVersions, QualificationTriggers, SettingsService],
})
export class QualificationModule {}
