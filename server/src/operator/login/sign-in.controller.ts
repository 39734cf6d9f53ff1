import {
  Body,
  Controller,
  Get,
  Inject,
  NotFoundException,
  Post,
  Query,
  Req,
  Res,
  UseFilters,
  UseGuards,
} from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply, FastifyRequest } from "fastify";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { z } from "zod";
import { CONFIG, type Config } from "../../config.ts";
import { networkOf } from "../../http/network-of.ts";
import { OperatorToken } from "../../operations/operator-token.ts";
import { OperatorLog } from "../operator-log.ts";
import { PageErrors } from "../page-errors.filter.ts";
import { show } from "../show.ts";
import { setCookie } from "./cookie.ts";
import { placeIn } from "./place.ts";
import { OperatorSessions, type Session } from "./sessions.ts";
import { isReachedByHttps, refuseOtherSites, SignedIn, SignedInGuard } from "./signed-in.guard.ts";

const text = z.string().catch("");

/** What is no form at all has filled in nothing. */
const SignInForm = z.object({ name: text, token: text, to: text }).catch({ name: "", token: "", to: "" });

/** A line for each would let anybody fill the audit. */
const FAILURES_WRITTEN_DOWN = { points: 30, duration: 3_600 };

/** Where the operator's token is traded for a session, and back. */
@ApiExcludeController()
@Controller("operator")
@UseFilters(PageErrors)
export class SignInController {
  private readonly failures = new RateLimiterMemory(FAILURES_WRITTEN_DOWN);

  constructor(
    private readonly token: OperatorToken,
    private readonly sessions: OperatorSessions,
    private readonly audit: OperatorLog,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get("sign-in")
  form(@Query("to") to: unknown, @Res() reply: FastifyReply) {
    if (!this.token.isSet) throw new NotFoundException();
    return this.showForm(reply, { to: placeIn(to) });
  }

  @Post("sign-in")
  async signIn(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply) {
    if (!this.token.isSet) throw new NotFoundException();
    refuseOtherSites(request);
    const given = SignInForm.parse(body);
    const name = plain(given.name);
    const to = placeIn(given.to);
    if (!(await this.token.isRight(given.token.trim(), request.ip, "form"))) {
      await this.writeDown(request.ip);
      reply.code(401);
      return this.showForm(reply, { to, name, problem: "This is not the operator's token." });
    }
    if (name === "") {
      reply.code(400);
      return this.showForm(reply, { to, problem: "Your name is missing: the audit says who did what." });
    }
    const cookie = await this.sessions.begin(name, request.ip);
    await this.audit.add(operatorNamed(name), "signed in", `from ${networkOf(request.ip)}`);
    setCookie(reply, cookie, isReachedByHttps(this.config));
    return reply.code(303).header("location", to).send();
  }

  @Post("sign-out")
  @UseGuards(SignedInGuard)
  async signOut(@SignedIn() session: Session, @Res() reply: FastifyReply) {
    await this.sessions.end(session);
    await this.audit.add(operatorNamed(session.name), "signed out");
    setCookie(reply, "", isReachedByHttps(this.config));
    return reply.code(303).header("location", "/operator/sign-in").send();
  }

  private showForm(reply: FastifyReply, props: { to: string; name?: string; problem?: string }) {
    return show(reply, () => import("../pages/sign-in-page.tsx").then((m) => m.SignInPage), props);
  }

  /** What was typed stays unwritten: it may be the token but for one letter. */
  private async writeDown(address: string) {
    const isWritten = await this.failures.consume("all").then(
      () => true,
      () => false,
    );
    if (isWritten) await this.audit.add("somebody", "sign-in refused", `from ${networkOf(address)}`);
  }
}

/** As the audit calls who has signed in. */
export function operatorNamed(name: string): string {
  return `operator ${name}`;
}

/** A name, whatever was pasted there. */
function plain(name: string): string {
  return name
    .replace(/[\p{C}\s]+/gu, " ")
    .trim()
    .slice(0, 60);
}
