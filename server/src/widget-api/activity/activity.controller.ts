import { Activity, ActivityQuery, Retried, RetryWish, Stuck } from "@dealscope/shared/activity";
import { Body, Controller, Get, Post, Query, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { Answers } from "../answers.decorator.ts";
import type { Rep } from "../rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "../session.guard.ts";
import { Activities } from "./activities.ts";

@ApiTags("activity")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/activity")
export class ActivityController {
  constructor(private readonly activities: Activities) {}

  @Get()
  @ApiOperation({
    summary: "What happened: received, decided, written, failed; of all leads the user may see, or of one",
  })
  @Answers({ Activity }, { is: "A page, newest first." })
  read(@ActingRep() rep: Rep, @Query({ schema: ActivityQuery }) query: ActivityQuery): Promise<Activity> {
    return this.activities.of(rep, query);
  }

  @Get("stuck")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "What was given up, and why" })
  @Answers({ Stuck }, { is: "The stuck items, newest first.", refusals: ["forbidden"] })
  stuck(@ActingRep() { accountId }: Rep): Promise<Stuck> {
    return this.activities.stuck(accountId);
  }

  @Post("retry")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Let stuck items be tried again from the start: those named, or all that can be" })
  @Answers({ Retried }, { is: "How many are tried again.", refusals: ["forbidden"] })
  async retry(@ActingRep() rep: Rep, @Body({ schema: RetryWish }) { ids }: RetryWish): Promise<Retried> {
    return { retried: await this.activities.retry(rep, ids) };
  }
}
