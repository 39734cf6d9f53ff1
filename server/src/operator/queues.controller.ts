import { Controller, Get, Req, Res, UseFilters, UseGuards } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply, FastifyRequest } from "fastify";
import { QueueBoard } from "../queue/board.ts";
import { SignedInGuard } from "./login/signed-in.guard.ts";
import { PageErrors } from "./page-errors.filter.ts";
import { PAGE_HEADERS } from "./show.ts";

const PLACE = "/operator/queues";

/** The board is an application of its own, with scripts; it gets its own files and nothing from elsewhere, not even its letters. */
const BOARD_HEADERS = {
  ...PAGE_HEADERS,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'self'; frame-ancestors 'none'",
};

/** Bull's queue, to look at only: other methods have no route. */
@ApiExcludeController()
@Controller("operator/queues")
@UseGuards(SignedInGuard)
@UseFilters(PageErrors)
export class QueuesController {
  constructor(private readonly board: QueueBoard) {}

  @Get(["", "*"])
  async answer(@Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    const answer = await this.board.open(PLACE, BOARD_HEADERS);
    reply.hijack();
    answer(request.raw, reply.raw);
  }
}
