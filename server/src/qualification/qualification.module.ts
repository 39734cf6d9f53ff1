import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { LeadsModule } from "../leads/leads.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { WriteBackModule } from "../write-back/write-back.module.ts";
import { BackTestWork } from "./back-test.work.ts";
import { BackTests } from "./back-tests.service.ts";
import { Cap } from "./cap.ts";
import { FreedDuplicates } from "./duplicates.listener.ts";
import { History } from "./history.ts";
import { ModelService } from "./model.service.ts";
import { OpinionService } from "./opinion.service.ts";
import { OverrideExpiry } from "./override-expiry.work.ts";
import { Overrides } from "./overrides.service.ts";
import { PromptVersions } from "./prompt-versions.service.ts";
import { QualifyWork } from "./qualify.work.ts";
import { SettingsService } from "./settings.service.ts";
import { QualificationTriggers } from "./triggers.listener.ts";
import { VerdictWrites } from "./verdict-writes.ts";

@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [
    BackTestWork,
    BackTests,
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
  exports: [BackTests, ModelService, Overrides, PromptVersions, QualificationTriggers, SettingsService],
})
export class QualificationModule {}
