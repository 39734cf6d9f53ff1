import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { LeadsModule } from "../leads/leads.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { WriteBackModule } from "../write-back/write-back.module.ts";
import { Creations } from "./creations.ts";
import { Ending } from "./ending.ts";
import { Intake } from "./intake.service.ts";
import { IntakeWork } from "./intake.work.ts";
import { IntakeKeys } from "./intake-keys.service.ts";
import { Maker } from "./maker.ts";
import { Planner } from "./planner.ts";
import { ReferenceFields } from "./reference-fields.ts";

@Module({
  imports: [InstallationModule, LeadsModule, WebhooksModule, WorkModule, WriteBackModule],
  providers: [Creations, Ending, Intake, IntakeKeys, IntakeWork, Maker, Planner, ReferenceFields],
  exports: [Intake, IntakeKeys],
})
export class IntakeModule {}
