import { Controller, Get, HttpCode, Param, Post, UseGuards } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import { OperatorGuard } from "../operations/operator.guard.ts";
import { Redrive } from "../redrive/redrive.ts";
import { IdPipe } from "./id.pipe.ts";

@ApiExcludeController()
@Controller("operator/accounts/:accountId")
@UseGuards(OperatorGuard)
export class RedriveController {
  constructor(private readonly redrive: Redrive) {}

  @Get("stuck")
  stuck(@Param("accountId", IdPipe) accountId: number) {
    return this.redrive.stuck(accountId);
  }

  @Post("redrive")
  @HttpCode(200)
  putBack(@Param("accountId", IdPipe) accountId: number) {
    return this.redrive.putBack(accountId, "operator");
  }
}
