import { Card } from "@dealscope/shared/card";
import { DigitalPipelineSetup, Gates, GateTemplate } from "@dealscope/shared/gates";
import { Controller, Get, Param, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { GatesView } from "../committee/gates/gates-view.service.ts";
import { Holds } from "../committee/gates/holds.service.ts";
import { PipelineTemplate } from "../committee/gates/pipeline-template.work.ts";
import { DigitalPipelineKey } from "../installation/digital-pipeline-key.ts";
import { KommoSettings } from "../installation/kommo-settings.ts";
import { Answers } from "./answers.decorator.ts";
import { Cards } from "./cards.ts";
import { LeadAccess } from "./lead-access.ts";
import { LeadId } from "./lead-id.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

/** The rules themselves are saved with the settings. */
@ApiTags("gates")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api")
export class GatesController {
  constructor(
    private readonly view: GatesView,
    private readonly template: PipelineTemplate,
    private readonly holds: Holds,
    private readonly key: DigitalPipelineKey,
    private readonly settings: KommoSettings,
    private readonly access: LeadAccess,
    private readonly cards: Cards,
  ) {}

  @Get("gates")
  @ApiOperation({ summary: "The rules beside what Kommo has, and what is broken in them" })
  @Answers({ Gates }, { is: "The rules, in the order of the settings." })
  gates(@ActingRep() { accountId }: Rep): Promise<Gates> {
    return this.view.of(accountId);
  }

  @Post("gates/template")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Make a pipeline of the buying stages in Kommo, or find the one that was made before" })
  @Answers({ GateTemplate }, { is: "It is being made.", status: 202, refusals: ["forbidden"] })
  async makeTemplate(@ActingRep() { accountId, name }: Rep): Promise<GateTemplate> {
    await this.template.ask(accountId, name);
    return (await this.view.of(accountId)).template;
  }

  @Get("gates/digital-pipeline")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "What goes into the settings of our actions in the Digital Pipeline" })
  @Answers({ DigitalPipelineSetup }, { is: "The address, and the account's key.", refusals: ["forbidden"] })
  async digitalPipeline(@ActingRep() { accountId }: Rep): Promise<DigitalPipelineSetup> {
    return { url: this.settings.digitalPipelineUrl, key: await this.key.of(accountId) };
  }

  @Post("leads/:id/hold/overrule")
  @ApiOperation({ summary: "Let a deal go where it is wanted, whatever is missing" })
  @Answers(
    { Card },
    {
      is: "The card without the hold.",
      refusals: ["not_found", "forbidden", "conflict", "unavailable", "needs_reconnect"],
    },
  )
  async overrule(@ActingRep() rep: Rep, @Param({ schema: LeadId }) { id }: LeadId): Promise<Card> {
    await this.access.require(rep, id, "edit");
    await this.holds.overrule(rep.accountId, id, rep);
    return this.cards.of(rep, id);
  }
}
