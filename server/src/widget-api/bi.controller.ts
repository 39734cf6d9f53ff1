import { BiAccess, BiSecret } from "@dealscope/shared/bi";
import { Controller, Delete, Get, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { BiLogins } from "../reporting/bi-logins.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

@ApiTags("reports")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
@Controller("api/bi")
export class BiController {
  constructor(private readonly logins: BiLogins) {}

  @Get()
  @ApiOperation({ summary: "The account's login for tools such as Metabase" })
  @Answers({ BiAccess }, { is: "The login, without its password.", refusals: ["forbidden"] })
  read(@ActingRep() { accountId }: Rep): Promise<BiAccess> {
    return this.logins.of(accountId);
  }

  @Post()
  @ApiOperation({ summary: "Make the login, or give it a new password" })
  @Answers(
    { BiSecret },
    {
      is: "The login with its password, which is shown this once.",
      status: 201,
      refusals: ["forbidden", "conflict"],
    },
  )
  make(@ActingRep() { accountId, name }: Rep): Promise<BiSecret> {
    return this.logins.make(accountId, name);
  }

  @Delete()
  @ApiOperation({ summary: "Take the login away, and end its connections" })
  @Answers({ BiAccess }, { is: "There is none any more.", refusals: ["forbidden"] })
  revoke(@ActingRep() { accountId, name }: Rep): Promise<BiAccess> {
    return this.logins.revoke(accountId, name);
  }
}
