import { DealsSent as DealsSentAnswer, Preview, PreviewWish } from "@dealscope/shared/customerio";
import { Body, Controller, Delete, Get, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { DealPreview } from "../engagement/outbound/deals/preview.service.ts";
import { DealsSent } from "../engagement/outbound/existing/deals-sent.service.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

/** What Customer.io is told of deals: shown before it is sent, and sent of those that are there already. */
@ApiTags("engagement")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
@Controller("api/engagement")
export class DealsSentController {
  constructor(
    private readonly previews: DealPreview,
    private readonly dealsSent: DealsSent,
  ) {}

  @Post("preview")
  @ApiOperation({ summary: "Show what these settings, saved or not, would send of a real lead; nothing is sent" })
  @Answers(
    { Preview },
    {
      is: "What would be sent, and what cannot be sent as it is.",
      refusals: ["forbidden", "not_found", "unavailable", "needs_reconnect"],
    },
  )
  preview(@ActingRep() { accountId }: Rep, @Body({ schema: PreviewWish }) wish: PreviewWish): Promise<Preview> {
    return this.previews.of(accountId, wish.leadId, wish.settings);
  }

  @Get("deals-sent")
  @ApiOperation({ summary: "How far the sending of existing deals is" })
  @Answers({ DealsSentAnswer }, { is: "The last one; `none` when there was none.", refusals: ["forbidden"] })
  show(@ActingRep() { accountId }: Rep): Promise<DealsSentAnswer> {
    return this.dealsSent.show(accountId);
  }

  @Post("deals-sent")
  @ApiOperation({ summary: "Send the attributes of all existing deals, without events" })
  @Answers({ DealsSentAnswer }, { is: "It has begun.", status: 202, refusals: ["forbidden", "conflict"] })
  start(@ActingRep() { accountId, name }: Rep): Promise<DealsSentAnswer> {
    return this.dealsSent.start(accountId, name);
  }

  @Delete("deals-sent")
  @ApiOperation({ summary: "Stop sending existing deals; what was sent stays" })
  @Answers({ DealsSentAnswer }, { is: "It is over.", refusals: ["forbidden", "conflict"] })
  cancel(@ActingRep() { accountId, name }: Rep): Promise<DealsSentAnswer> {
    return this.dealsSent.cancel(accountId, name);
  }
}
