import { Backfill, BackfillFilter, Backfills as BackfillList } from "@dealscope/shared/backfill";
import { Body, Controller, Get, Param, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { z } from "zod";
import { Backfills } from "../qualification/backfill/backfills.service.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

const BackfillId = z.object({ id: z.coerce.number().int().positive("The number of a backfill is 1 or more.") });
type BackfillId = z.infer<typeof BackfillId>;

@ApiTags("backfill")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/backfills")
export class BackfillsController {
  constructor(private readonly backfills: Backfills) {}

  @Get()
  @ApiOperation({ summary: "The last ten backfills" })
  @Answers({ BackfillList }, { is: "Newest first." })
  async list(@ActingRep() { accountId }: Rep): Promise<BackfillList> {
    return { backfills: await this.backfills.list(accountId) };
  }

  @Post()
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Count which existing leads a filter means, and what qualifying them will take" })
  @Answers({ Backfill }, { is: "The counting has begun.", status: 202, refusals: ["forbidden", "conflict"] })
  prepare(
    @ActingRep() { accountId, name }: Rep,
    @Body({ schema: BackfillFilter }) filter: BackfillFilter,
  ): Promise<Backfill> {
    return this.backfills.prepare(accountId, filter, name);
  }

  @Get(":id")
  @ApiOperation({ summary: "How far a backfill is" })
  @Answers({ Backfill }, { is: "The backfill.", refusals: ["not_found"] })
  show(@ActingRep() { accountId }: Rep, @Param({ schema: BackfillId }) { id }: BackfillId): Promise<Backfill> {
    return this.backfills.of(accountId, id);
  }

  @Post(":id/start")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Start it, or go on after a pause" })
  @Answers({ Backfill }, { is: "It runs.", refusals: ["forbidden", "not_found", "conflict"] })
  start(@ActingRep() { accountId, name }: Rep, @Param({ schema: BackfillId }) { id }: BackfillId): Promise<Backfill> {
    return this.backfills.start(accountId, id, name);
  }

  @Post(":id/pause")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Pause it: what is being judged at this moment is finished, nothing else" })
  @Answers({ Backfill }, { is: "It stands still.", refusals: ["forbidden", "not_found", "conflict"] })
  pause(@ActingRep() { accountId, name }: Rep, @Param({ schema: BackfillId }) { id }: BackfillId): Promise<Backfill> {
    return this.backfills.pause(accountId, id, name);
  }

  @Post(":id/cancel")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Cancel it for good; verdicts that were made stay" })
  @Answers({ Backfill }, { is: "It is over.", refusals: ["forbidden", "not_found", "conflict"] })
  cancel(@ActingRep() { accountId, name }: Rep, @Param({ schema: BackfillId }) { id }: BackfillId): Promise<Backfill> {
    return this.backfills.cancel(accountId, id, name);
  }
}
