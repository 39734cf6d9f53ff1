import { Timeline, TimelineQuery } from "@dealscope/shared/engagement-panel";
import { Controller, Get, Param, Query, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { fromText } from "../database/page-cursor.ts";
import { Tenancy } from "../database/tenancy.ts";
import { EngagementPanels } from "../engagement/panel/engagement-panels.ts";
import { Answers } from "./answers.decorator.ts";
import { ApiFailure } from "./api-failure.ts";
import { LeadAccess } from "./lead-access.ts";
import { LeadId } from "./lead-id.ts";
import type { Rep } from "./rights.ts";
import { Segments } from "./segments.ts";
import { ActingRep, SessionGuard } from "./session.guard.ts";

@ApiTags("leads")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/leads/:id/engagement")
export class TimelineController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly access: LeadAccess,
    private readonly panels: EngagementPanels,
    private readonly segments: Segments,
  ) {}

  @Get()
  @ApiOperation({ summary: "What happened to the deal and what its people did with mails" })
  @Answers({ Timeline }, { is: "A page, newest first.", refusals: ["not_found", "unavailable", "needs_reconnect"] })
  async read(
    @ActingRep() rep: Rep,
    @Param({ schema: LeadId }) { id }: LeadId,
    @Query({ schema: TimelineQuery }) { before }: TimelineQuery,
  ): Promise<Timeline> {
    await this.access.require(rep, id, "view");
    const cursor = before === undefined ? undefined : fromText(before);
    if (before !== undefined && !cursor) throw new ApiFailure("invalid_input", "This page does not exist.");
    const { accountId } = rep;
    const { named } = await this.segments.of(accountId);
    return this.tenancy.run(accountId, (tx) => this.panels.timeline(tx, accountId, id, named, cursor));
  }
}
