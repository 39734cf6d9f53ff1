import { ConnectAddress, Session } from "@dealscope/shared/session";
import { Controller, Headers, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiSecurity, ApiTags } from "@nestjs/swagger";
import { Answers } from "./answers.decorator.ts";
import { AddressLimit } from "./rate-limits.ts";
import { bearerToken } from "./session.guard.ts";
import { Sessions } from "./sessions.ts";

@ApiTags("session")
@UseGuards(AddressLimit)
@Controller("api")
export class SessionController {
  constructor(private readonly sessions: Sessions) {}

  @Post("session")
  @ApiOperation({ summary: "Trade Kommo's one-time token for a session of 15 minutes" })
  @ApiSecurity("one-time-token")
  @Answers({ Session }, { is: "The session.", status: 201, refusals: ["not_connected"] })
  open(@Headers("x-auth-token") token?: string): Promise<Session> {
    return this.sessions.open(token);
  }

  @Post("connect")
  @ApiOperation({ summary: "The address at which an administrator connects, or reconnects, the account" })
  @ApiSecurity("one-time-token")
  @ApiBearerAuth("session")
  @Answers({ ConnectAddress }, { is: "The address of Kommo's consent window." })
  connect(
    @Headers("authorization") authorization?: string,
    @Headers("x-auth-token") token?: string,
  ): Promise<ConnectAddress> {
    return this.sessions.addressFor(bearerToken(authorization), token);
  }
}
