import { type DynamicModule, Module } from "@nestjs/common";
import { GatesModule } from "./committee/gates/gates.module.ts";
import { MirrorModule } from "./committee/mirror/mirror.module.ts";
import { PeopleModule } from "./committee/people/people.module.ts";
import { CONFIG, type Config } from "./config.ts";
import { DatabaseModule } from "./database/database.module.ts";
import { EngagementModule } from "./engagement/engagement.module.ts";
import { entities } from "./entities.ts";
import { InstallationModule } from "./installation/installation.module.ts";
import { IntakeModule } from "./intake/intake.module.ts";
import { LeadsModule } from "./leads/leads.module.ts";
import { OperationsModule } from "./operations/operations.module.ts";
import { OperatorModule } from "./operator/operator.module.ts";
import { QualificationModule } from "./qualification/qualification.module.ts";
import { QueueModule } from "./queue/queue.module.ts";
import { ReportingModule } from "./reporting/reporting.module.ts";
import { ScanModule } from "./scan/scan.module.ts";
import { WebhooksModule } from "./webhooks/webhooks.module.ts";
import { WidgetApiModule } from "./widget-api/widget-api.module.ts";
import { WorkModule } from "./work/work.module.ts";
import { WriteBackModule } from "./write-back/write-back.module.ts";

/** The whole server; which part of it is awake is decided by ROLE. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        DatabaseModule.with(config, entities),
        QueueModule,
        WebhooksModule,
        WorkModule,
        InstallationModule,
        WriteBackModule,
        LeadsModule,
        PeopleModule,
        QualificationModule,
        MirrorModule,
        GatesModule,
        ReportingModule,
        IntakeModule,
        EngagementModule,
        ScanModule,
        OperationsModule,
        OperatorModule,
        WidgetApiModule,
      ],
      providers: [{ provide: CONFIG, useValue: config }],
      exports: [CONFIG],
    };
  }
}
