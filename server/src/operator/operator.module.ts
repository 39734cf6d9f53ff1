import { Module } from "@nestjs/common";
import { InstallationModule } from "../installation/installation.module.ts";
import { OperationsModule } from "../operations/operations.module.ts";
import { QueueModule } from "../queue/queue.module.ts";
import { RedriveModule } from "../redrive/redrive.module.ts";
import { AccountController } from "./account.controller.ts";
import { AccountErasure } from "./account-erasure.ts";
import { AccountsHealth } from "./accounts-health.ts";
import { ErasureController } from "./erasure.controller.ts";
import { OperatorSessions } from "./login/sessions.ts";
import { SignInController } from "./login/sign-in.controller.ts";
import { OperatorLog } from "./operator-log.ts";
import { PagesController } from "./pages.controller.ts";
import { QueuesController } from "./queues.controller.ts";
import { RedriveController } from "./redrive.controller.ts";
import { StyleController } from "./style.controller.ts";

/** Pages and an API for whoever runs this server: how the accounts are, and what to do about it. */
@Module({
  imports: [InstallationModule, OperationsModule, QueueModule, RedriveModule],
  controllers: [
    SignInController,
    PagesController,
    AccountController,
    QueuesController,
    StyleController,
    RedriveController,
    ErasureController,
  ],
  providers: [AccountErasure, AccountsHealth, OperatorLog, OperatorSessions],
})
export class OperatorModule {}
