import { Module } from "@nestjs/common";
import { TerminusModule } from "@nestjs/terminus";
import { InstallationModule } from "../installation/installation.module.ts";
import { QueueModule } from "../queue/queue.module.ts";
import { WorkModule } from "../work/work.module.ts";
import { AccountNames } from "./account-names.ts";
import { Erasure } from "./erasure.ts";
import { HealthController } from "./health.controller.ts";
import { MetricsController } from "./metrics.controller.ts";
import { Metrics } from "./metrics.ts";
import { OperatorToken } from "./operator-token.ts";
import { PersonErasure } from "./person-erasure.ts";
import { Retention } from "./retention.ts";
import { Upkeep } from "./upkeep.ts";
import { WrongTokens } from "./wrong-tokens.ts";

/** What an operator looks at, and what nobody should have to do by hand. */
@Module({
  imports: [TerminusModule, QueueModule, InstallationModule, WorkModule],
  controllers: [HealthController, MetricsController],
  providers: [AccountNames, Erasure, Metrics, OperatorToken, PersonErasure, Retention, Upkeep, WrongTokens],
  exports: [AccountNames, OperatorToken, PersonErasure],
})
export class OperationsModule {}
