import { Controller, Get, NotFoundException, Res } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply } from "fastify";
import { OperatorToken } from "../operations/operator-token.ts";
import { PAGE_HEADERS } from "./show.ts";

/** How the pages look; no secret, and needed by the one on which nobody is signed in yet. */
@ApiExcludeController()
@Controller("operator/style.css")
export class StyleController {
  constructor(private readonly token: OperatorToken) {}

  @Get()
  async sheet(@Res() reply: FastifyReply) {
    if (!this.token.isSet) throw new NotFoundException();
    const { STYLE } = await import("./pages/style.ts");
    return reply.headers(PAGE_HEADERS).type("text/css; charset=utf-8").send(STYLE);
  }
}
