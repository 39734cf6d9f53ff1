import { Controller, Get, HttpCode, Param, ParseIntPipe, Post, UseGuards } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import { OperatorGuard } from "../operations/operator.guard.ts";
import { Redrive } from "../redrive/redrive.ts";

@ApiExcludeController()
@Controller("operator/accounts/:accountId")
@UseGuards(OperatorGuard)
export class RedriveController {
  constructor(private readonly redrive: Redrive) {}

  @Get("stuck")
  stuck(@Param("accountId", ParseIntPipe) accountId: number) {
    return this.redrive.stuck(accountId);
  }

  @Post("redrive")
  @HttpCode(200)
  putBack(@Param("accountId", ParseIntPipe) accountId: number) {
    return this.redrive.putBack(accountId, "operator");
  }
}
