import { Module, StandardSchemaValidationPipe } from "@nestjs/common";
import { APP_FILTER, APP_PIPE } from "@nestjs/core";
import { GatesModule } from "../committee/gates/gates.module.ts";
import { PeopleModule } from "../committee/people/people.module.ts";
import { EngagementModule } from "../engagement/engagement.module.ts";
import { InstallationModule } from "../installation/installation.module.ts";
import { IntakeModule } from "../intake/intake.module.ts";
import { LeadsModule } from "../leads/leads.module.ts";
import { QualificationModule } from "../qualification/qualification.module.ts";
import { RedriveModule } from "../redrive/redrive.module.ts";
import { ReportingModule } from "../reporting/reporting.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { AccountController } from "./account.controller.ts";
import { AccountCosts } from "./account-costs.ts";
import { AccountLists } from "./account-lists.ts";
import { AccountSetup } from "./account-setup.ts";
import { Activities } from "./activity/activities.ts";
import { ActivityController } from "./activity/activity.controller.ts";
import { Agreements } from "./agreements.ts";
import { ApiErrors } from "./api-errors.filter.ts";
import { wrongInput } from "./api-failure.ts";
import { BackfillsController } from "./backfills.controller.ts";
import { BiController } from "./bi.controller.ts";
import { Cards } from "./cards.ts";
import { CommitteeController } from "./committee.controller.ts";
import { DealsSentController } from "./deals-sent.controller.ts";
import { EngagementController } from "./engagement.controller.ts";
import { ExportsController } from "./exports.controller.ts";
import { FormsController } from "./forms.controller.ts";
import { GatesController } from "./gates.controller.ts";
import { IntakeController } from "./intake.controller.ts";
import { LabelsController } from "./labels.controller.ts";
import { LeadAccess } from "./lead-access.ts";
import { LeadSearchController } from "./lead-search.controller.ts";
import { LeadSearch } from "./lead-search.ts";
import { LeadsController } from "./leads.controller.ts";
import { OneTimeTokens } from "./one-time-tokens.ts";
import { PromptVersionsController } from "./prompt-versions.controller.ts";
import { QueueController } from "./queue.controller.ts";
import { Queues } from "./queues.ts";
import { RateLimits } from "./rate-limits.ts";
import { ReportsController } from "./reports.controller.ts";
import { Reps } from "./reps.ts";
import { Requalify } from "./requalify.ts";
import { Segments } from "./segments.ts";
import { SessionController } from "./session.controller.ts";
import { SessionTokens } from "./session-tokens.ts";
import { Sessions } from "./sessions.ts";
import { TimelineController } from "./timeline.controller.ts";
import { TryOutController } from "./try-out.controller.ts";

/** What the card and the settings page ask for. Composes the features; decides nothing that is theirs. */
@Module({
  imports: [
    EngagementModule,
    GatesModule,
    InstallationModule,
    IntakeModule,
    LeadsModule,
    PeopleModule,
    QualificationModule,
    RedriveModule,
    ReportingModule,
    WebhooksModule,
    WorkModule,
  ],
  controllers: [
    SessionController,
    LeadSearchController,
    LeadsController,
    TimelineController,
    CommitteeController,
    QueueController,
    AccountController,
    TryOutController,
    PromptVersionsController,
    LabelsController,
    BackfillsController,
    ActivityController,
    ReportsController,
    GatesController,
    ExportsController,
    BiController,
    EngagementController,
    DealsSentController,
    IntakeController,
    FormsController,
  ],
  providers: [
    AccountCosts,
    AccountLists,
    AccountSetup,
    Activities,
    Agreements,
    Cards,
    LeadAccess,
    LeadSearch,
    OneTimeTokens,
    Queues,
    RateLimits,
    Reps,
    Requalify,
    Segments,
    SessionTokens,
    Sessions,
    { provide: APP_FILTER, useClass: ApiErrors },
    { provide: APP_PIPE, useFactory: () => new StandardSchemaValidationPipe({ exceptionFactory: wrongInput }) },
  ],
})
export class WidgetApiModule {}
