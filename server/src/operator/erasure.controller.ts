import { Controller, HttpCode, Param, Post, UseGuards } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import { OperatorGuard } from "../operations/operator.guard.ts";
import { PersonErasure } from "../operations/person-erasure.ts";
import { IdPipe } from "./id.pipe.ts";

@ApiExcludeController()
@Controller("operator/accounts/:accountId/contacts/:contactId")
@UseGuards(OperatorGuard)
export class ErasureController {
  constructor(private readonly people: PersonErasure) {}

  @Post("erase")
  @HttpCode(200)
  erase(@Param("accountId", IdPipe) accountId: number, @Param("contactId", IdPipe) contactId: number) {
    return this.people.erase(accountId, contactId);
  }
}
