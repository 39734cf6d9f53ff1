import { Card, Pending, TaskWish } from "@dealscope/shared/card";
import { Override } from "@dealscope/shared/qualification";
import { Body, Controller, Delete, Get, Param, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { NextActions } from "../qualification/next-actions.service.ts";
import { Overrides } from "../qualification/overrides/overrides.service.ts";
import { Answers } from "./answers.decorator.ts";
import { Cards } from "./cards.ts";
import { LeadAccess } from "./lead-access.ts";
import { LeadId } from "./lead-id.ts";
import { Requalify } from "./requalify.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, SessionGuard } from "./session.guard.ts";

@ApiTags("leads")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/leads/:id")
export class LeadsController {
  constructor(
    private readonly cards: Cards,
    private readonly access: LeadAccess,
    private readonly requalify: Requalify,
    private readonly overrides: Overrides,
    private readonly nextActions: NextActions,
  ) {}

  @Get("card")
  @ApiOperation({ summary: "Everything the deal card shows" })
  @Answers({ Card }, { is: "The card.", refusals: ["not_found", "unavailable", "needs_reconnect"] })
  card(@ActingRep() rep: Rep, @Param({ schema: LeadId }) { id }: LeadId): Promise<Card> {
    return this.cards.of(rep, id);
  }

  @Post("requalify")
  @ApiOperation({ summary: "Have the lead judged again now; at most once in 10 seconds" })
  @Answers(
    { Pending },
    {
      is: "The verdict on its way.",
      status: 202,
      refusals: ["not_found", "forbidden", "too_soon", "unavailable", "needs_reconnect"],
    },
  )
  async judgeAgain(@ActingRep() rep: Rep, @Param({ schema: LeadId }) { id }: LeadId): Promise<Pending> {
    await this.access.require(rep, id, "edit");
    return this.requalify.ask(rep, id);
  }

  @Post("task")
  @ApiOperation({ summary: "Make the next action a task in Kommo; once for each verdict, however often it is asked" })
  @Answers(
    { Card },
    {
      is: "The card with the task.",
      refusals: ["not_found", "forbidden", "conflict", "unavailable", "needs_reconnect"],
    },
  )
  async makeTask(
    @ActingRep() rep: Rep,
    @Param({ schema: LeadId }) { id }: LeadId,
    @Body({ schema: TaskWish }) wish: TaskWish,
  ): Promise<Card> {
    await this.access.require(rep, id, "edit");
    await this.nextActions.makeTask(rep.accountId, id, wish, rep);
    return this.cards.of(rep, id);
  }

  @Post("override")
  @ApiOperation({ summary: "Set the segment or score by hand, until it expires or is cleared" })
  @Answers(
    { Card },
    {
      is: "The card with the override.",
      refusals: ["not_found", "forbidden", "unavailable", "needs_reconnect"],
    },
  )
  async override(
    @ActingRep() rep: Rep,
    @Param({ schema: LeadId }) { id }: LeadId,
    @Body({ schema: Override }) override: Override,
  ): Promise<Card> {
    await this.access.require(rep, id, "edit");
    await this.overrides.set(rep.accountId, id, override, rep);
    return this.cards.of(rep, id);
  }

  @Delete("override")
  @ApiOperation({ summary: "Let the last verdict stand again" })
  @Answers(
    { Card },
    {
      is: "The card without the override.",
      refusals: ["not_found", "forbidden", "conflict", "unavailable", "needs_reconnect"],
    },
  )
  async clear(@ActingRep() rep: Rep, @Param({ schema: LeadId }) { id }: LeadId): Promise<Card> {
    await this.access.require(rep, id, "edit");
    await this.overrides.clear(rep.accountId, id, rep);
    return this.cards.of(rep, id);
  }
}
