import { Module, StandardSchemaValidationPipe } from "@nestjs/common";
import { APP_FILTER, APP_PIPE } from "@nestjs/core";
import { InstallationModule } from "../installation/installation.module.ts";
import { LeadsModule } from "../leads/leads.module.ts";
import { QualificationModule } from "../qualification/qualification.module.ts";
import { WebhooksModule } from "../webhooks/webhooks.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { WriteBackModule } from "../write-back/write-back.module.ts";
import { AccountController } from "./account.controller.ts";
import { AccountCosts } from "./account-costs.ts";
import { AccountSetup } from "./account-setup.ts";
import { Agreements } from "./agreements.ts";
import { ApiErrors } from "./api-errors.filter.ts";
import { wrongInput } from "./api-failure.ts";
import { Cards } from "./cards.ts";
import { LeadAccess } from "./lead-access.ts";
import { LeadsController } from "./leads.controller.ts";
import { NextActionTasks } from "./next-action-task.ts";
import { OneTimeTokens } from "./one-time-tokens.ts";
import { PromptVersionsController } from "./prompt-versions.controller.ts";
import { QueueController } from "./queue.controller.ts";
import { Queues } from "./queues.ts";
import { RateLimits } from "./rate-limits.ts";
import { Reps } from "./reps.ts";
import { Requalify } from "./requalify.ts";
import { Segments } from "./segments.ts";
import { SessionController } from "./session.controller.ts";
import { SessionTokens } from "./session-tokens.ts";
import { Sessions } from "./sessions.ts";

/** What the card and the settings page ask for. Composes the features; decides nothing that is theirs. */
@Module({
  imports: [InstallationModule, LeadsModule, QualificationModule, WebhooksModule, WorkModule, WriteBackModule],
  controllers: [SessionController, LeadsController, QueueController, AccountController, PromptVersionsController],
  providers: [
    AccountCosts,
    AccountSetup,
    Agreements,
    Cards,
    LeadAccess,
    NextActionTasks,
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
