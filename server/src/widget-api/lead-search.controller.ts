import { FoundLeads, LeadSearchQuery } from "@dealscope/shared/lead-search";
import { Controller, Get, Query, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { Answers } from "./answers.decorator.ts";
import { LeadSearch } from "./lead-search.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, SessionGuard } from "./session.guard.ts";

@ApiTags("leads")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/leads")
export class LeadSearchController {
  constructor(private readonly leads: LeadSearch) {}

  @Get()
  @ApiOperation({ summary: "Find leads by a part of their name or by their number" })
  @Answers({ FoundLeads }, { is: "Leads the user may see, newest first." })
  find(@ActingRep() rep: Rep, @Query({ schema: LeadSearchQuery }) { search }: LeadSearchQuery): Promise<FoundLeads> {
    return this.leads.find(rep, search);
  }
}
