import { AccountSettings } from "@dealscope/shared/account-settings";
import { Costs } from "@dealscope/shared/costs";
import { IcpSamples } from "@dealscope/shared/icp-samples";
import { Lists } from "@dealscope/shared/lists";
import { ModelCheck, Setup } from "@dealscope/shared/setup";
import { Body, Controller, Get, Post, Put, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { Tenancy } from "../database/tenancy.ts";
import { ModelChecks } from "../qualification/model/model-check.service.ts";
import { ICP_SAMPLES } from "../qualification/prompt/icp-samples.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { AccountCosts } from "./account-costs.ts";
import { AccountLists } from "./account-lists.ts";
import { AccountSetup } from "./account-setup.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";
import { namesFields, unknownFields } from "./unknown-fields.ts";

/** Whoever has a session may read what the account is set to; administrators change it. */
@ApiTags("account")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api")
export class AccountController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly settings: SettingsService,
    private readonly setups: AccountSetup,
    private readonly costs: AccountCosts,
    private readonly lists: AccountLists,
    private readonly modelChecks: ModelChecks,
  ) {}

  @Get("settings")
  @ApiOperation({ summary: "The account's settings" })
  @Answers({ AccountSettings }, { is: "The settings and their version." })
  readSettings(@ActingRep() { accountId }: Rep): Promise<AccountSettings> {
    return this.tenancy.run(accountId, (tx) => this.settings.read(tx, accountId));
  }

  @Put("settings")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Save the settings, if nobody else has since they were read" })
  @Answers(
    { AccountSettings },
    {
      is: "The settings as saved, and their new version.",
      refusals: ["forbidden", "conflict"],
    },
  )
  async saveSettings(
    @ActingRep() { accountId, name }: Rep,
    @Body({ schema: AccountSettings }) { version, settings }: AccountSettings,
  ): Promise<AccountSettings> {
    // Asked of Kommo, so before anything is begun here.
    const unknown = namesFields(settings) ? unknownFields(settings, await this.lists.of(accountId)) : [];
    return this.tenancy.run(accountId, async (tx) => ({
      version: await this.settings.save(tx, accountId, version, settings, name, unknown),
      settings,
    }));
  }

  @Get("setup")
  @ApiOperation({ summary: "Whether each link from Kommo to the verdict holds" })
  @Answers({ Setup }, { is: "The state of the installation." })
  setup(@ActingRep() { accountId }: Rep): Promise<Setup> {
    return this.setups.of(accountId);
  }

  @Post("setup/repair")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Look at everything made in Kommo, and make it again where it is missing" })
  @Answers({ Setup }, { is: "It is under way.", status: 202, refusals: ["forbidden", "needs_reconnect"] })
  repair(@ActingRep() rep: Rep): Promise<Setup> {
    return this.setups.repair(rep);
  }

  @Post("setup/check-model")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Ask the model for one word, to see that its key works and has credit" })
  @Answers({ ModelCheck }, { is: "Whether it answers, and else why not.", refusals: ["forbidden"] })
  checkModel(@ActingRep() { accountId }: Rep): Promise<ModelCheck> {
    return this.modelChecks.check(accountId);
  }

  @Get("lists")
  @ApiOperation({ summary: "What the settings are chosen from: pipelines, users, fields, models" })
  @Answers({ Lists }, { is: "The lists." })
  choices(@ActingRep() { accountId }: Rep): Promise<Lists> {
    return this.lists.of(accountId);
  }

  @Get("icp-samples")
  @ApiOperation({ summary: "Ideal customers to start from, by industry" })
  @Answers({ IcpSamples }, { is: "The samples." })
  async samples(): Promise<IcpSamples> {
    return { samples: ICP_SAMPLES };
  }

  @Get("costs")
  @ApiOperation({ summary: "What the model has cost" })
  @Answers({ Costs }, { is: "Spending by month, day and outcome." })
  spending(@ActingRep() { accountId }: Rep): Promise<Costs> {
    return this.costs.of(accountId);
  }
}
