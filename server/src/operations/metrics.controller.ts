import { Controller, Get, Res, UseGuards } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply } from "fastify";
import { Metrics } from "./metrics.ts";
import { OperatorGuard } from "./operator.guard.ts";

@ApiExcludeController()
@Controller("metrics")
@UseGuards(OperatorGuard)
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async scrape(@Res() reply: FastifyReply) {
    return reply.type(this.metrics.contentType).send(await this.metrics.scrape());
  }
}
