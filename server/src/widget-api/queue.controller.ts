import { Queue, QueueQuery } from "@dealscope/shared/queue";
import { Controller, Get, Query, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { Answers } from "./answers.decorator.ts";
import { Queues } from "./queues.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, SessionGuard } from "./session.guard.ts";

@ApiTags("leads")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/queue")
export class QueueController {
  constructor(private readonly queues: Queues) {}

  @Get()
  @ApiOperation({ summary: "Open leads in the order in which to work on them" })
  @Answers({ Queue }, { is: "A page of the queue." })
  read(@ActingRep() rep: Rep, @Query({ schema: QueueQuery }) query: QueueQuery): Promise<Queue> {
    return this.queues.of(rep, query);
  }
}
