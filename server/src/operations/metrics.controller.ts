import { Controller, Get, Res, UseGuards } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply } from "fastify";
import { AccountNames } from "./account-names.ts";
import { MetricsGuard } from "./metrics.guard.ts";
import { Metrics } from "./metrics.ts";
import { OperatorGuard } from "./operator.guard.ts";

@ApiExcludeController()
@Controller("metrics")
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly names: AccountNames,
  ) {}

  @Get()
  @UseGuards(MetricsGuard)
  async scrape(@Res() reply: FastifyReply) {
    return reply.type(this.metrics.contentType).send(await this.metrics.scrape());
  }

  /** Who stands behind the label `account`: names of customers, which who collects figures need not know. */
  @Get("accounts")
  @UseGuards(OperatorGuard)
  accounts() {
    return this.names.all();
  }
}
