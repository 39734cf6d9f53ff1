import { Module } from "@nestjs/common";
import { Redis } from "ioredis";
import { CONFIG, type Config } from "../config.ts";
import { Budget } from "../kommo/budget.ts";
import { Line } from "../kommo/line.ts";
import { priorities } from "../queue/priority.ts";
import { WorkModule } from "../work/work.module.ts";
import { AccountLimits } from "./account-limits.ts";
import { Accounts } from "./accounts.ts";
import { Callbacks } from "./callbacks.ts";
import { Clients } from "./clients.ts";
import { DigitalPipelineKey } from "./digital-pipeline-key.ts";
import { EgressBreaker } from "./egress-breaker.ts";
import { Installations } from "./installations.ts";
import { KnownLists } from "./known-lists.ts";
import { KommoSettings } from "./kommo-settings.ts";
import { LeadFields } from "./lead-fields.ts";
import { Leavings } from "./leavings.ts";
import { OAuthController } from "./oauth.controller.ts";
import { OAuthState } from "./oauth-state.ts";
import { Provision } from "./provision.ts";
import { Resealing } from "./resealing.ts";
import { Sealing } from "./sealing.ts";
import { SettingsParts } from "./settings-parts.ts";
import { SpentTokens } from "./spent-tokens.ts";
import { Tokens } from "./tokens.ts";
import { Users } from "./users.ts";
import { Webhook } from "./webhook.ts";

@Module({
  imports: [WorkModule],
  controllers: [OAuthController],
  providers: [
    AccountLimits,
    Accounts,
    Callbacks,
    Clients,
    DigitalPipelineKey,
    EgressBreaker,
    Installations,
    KnownLists,
    KommoSettings,
    LeadFields,
    Leavings,
    OAuthState,
    Provision,
    Resealing,
    Sealing,
    SettingsParts,
    SpentTokens,
    Tokens,
    Users,
    Webhook,
    {
      provide: Line,
      inject: [CONFIG],
      useFactory: (config: Config) => {
        // A limiter that waits for Redis would stop everything; without it each process keeps to its share.
        const redis = new Redis(config.REDIS_URL, {
          connectionName: "dealscope-limits",
          enableOfflineQueue: false,
          maxRetriesPerRequest: 0,
          commandTimeout: 500,
        });
        redis.on("error", () => {});
        const budget = new Budget(redis, { accountRps: config.KOMMO_ACCOUNT_RPS, egressRps: config.KOMMO_EGRESS_RPS });
        return new Line(budget, {
          urgentUpTo: priorities.gate,
          backfillIs: priorities.backfill,
          scanIs: priorities.scan,
        });
      },
    },
  ],
  exports: [
    Accounts,
    Callbacks,
    Clients,
    DigitalPipelineKey,
    EgressBreaker,
    Installations,
    KnownLists,
    KommoSettings,
    LeadFields,
    Leavings,
    Line,
    OAuthState,
    Provision,
    Resealing,
    Sealing,
    SettingsParts,
    SpentTokens,
    Tokens,
    Users,
  ],
})
export class InstallationModule {}
