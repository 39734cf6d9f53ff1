import { AccountSettings } from "@dealscope/shared/account-settings";
import { Costs } from "@dealscope/shared/costs";
import { Setup } from "@dealscope/shared/setup";
import { Body, Controller, Get, Put, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { Tenancy } from "../database/tenancy.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { AccountCosts } from "./account-costs.ts";
import { AccountSetup } from "./account-setup.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

@ApiTags("account")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
@Controller("api")
export class AccountController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly settings: SettingsService,
    private readonly setups: AccountSetup,
    private readonly costs: AccountCosts,
  ) {}

  @Get("settings")
  @ApiOperation({ summary: "The account's settings" })
  @Answers(AccountSettings, { is: "The settings and their version.", refusals: ["forbidden"] })
  readSettings(@ActingRep() { accountId }: Rep): Promise<AccountSettings> {
    return this.tenancy.run(accountId, (tx) => this.settings.read(tx, accountId));
  }

  @Put("settings")
  @ApiOperation({ summary: "Save the settings, if nobody else has since they were read" })
  @Answers(AccountSettings, {
    is: "The settings as saved, and their new version.",
    refusals: ["forbidden", "conflict"],
  })
  saveSettings(
    @ActingRep() { accountId, name }: Rep,
    @Body({ schema: AccountSettings }) { version, settings }: AccountSettings,
  ): Promise<AccountSettings> {
    return this.tenancy.run(accountId, async (tx) => ({
      version: await this.settings.save(tx, accountId, version, settings, name),
      settings,
    }));
  }

  @Get("setup")
  @ApiOperation({ summary: "Whether each link from Kommo to the verdict holds" })
  @Answers(Setup, { is: "The state of the installation.", refusals: ["forbidden"] })
  setup(@ActingRep() { accountId }: Rep): Promise<Setup> {
    return this.setups.of(accountId);
  }

  @Get("costs")
  @ApiOperation({ summary: "What the model has cost" })
  @Answers(Costs, { is: "Spending by month, day and outcome.", refusals: ["forbidden"] })
  spending(@ActingRep() { accountId }: Rep): Promise<Costs> {
    return this.costs.of(accountId);
  }
}
