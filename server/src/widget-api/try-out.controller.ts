import {
  Compiled,
  ContentToCompile,
  DryRun,
  DryRuns as DryRunList,
  DryRunWish,
  LeadToTry,
  Tried,
} from "@dealscope/shared/try-out";
import { Body, Controller, Get, Param, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { z } from "zod";
import { Compiler } from "../qualification/try-out/compiler.service.ts";
import { DryRuns } from "../qualification/try-out/dry-runs.service.ts";
import { TryOut } from "../qualification/try-out/try-out.service.ts";
import { Answers } from "./answers.decorator.ts";
import { LeadAccess } from "./lead-access.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

const DryRunId = z.object({ id: z.coerce.number().int().positive("The number of a run is 1 or more.") });
type DryRunId = z.infer<typeof DryRunId>;

/** What a text does before it counts. */
@ApiTags("try out")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
@Controller("api")
export class TryOutController {
  constructor(
    private readonly compiler: Compiler,
    private readonly tryOut: TryOut,
    private readonly dryRuns: DryRuns,
    private readonly access: LeadAccess,
  ) {}

  @Post("prompt-versions/compile")
  @ApiOperation({ summary: "What the model will read, its tokens, and what it costs a lead and a month" })
  @Answers({ Compiled }, { is: "The compiled text.", refusals: ["forbidden"] })
  compile(
    @ActingRep() { accountId }: Rep,
    @Body({ schema: ContentToCompile }) { content }: ContentToCompile,
  ): Promise<Compiled> {
    return this.compiler.compile(accountId, content);
  }

  @Post("prompt-versions/try")
  @ApiOperation({ summary: "Judge one lead by a text; takes as long as the model does, and changes nothing" })
  @Answers(
    { Tried },
    {
      is: "What the text says of the lead.",
      refusals: ["forbidden", "not_found", "unavailable", "needs_reconnect"],
    },
  )
  async try(@ActingRep() rep: Rep, @Body({ schema: LeadToTry }) wish: LeadToTry): Promise<Tried> {
    await this.access.require(rep, wish.leadId, "view");
    return this.tryOut.of(rep.accountId, wish);
  }

  @Get("dry-runs")
  @ApiOperation({ summary: "The last five times that leads were scored dry" })
  @Answers({ DryRunList }, { is: "Newest first.", refusals: ["forbidden"] })
  async list(@ActingRep() { accountId }: Rep): Promise<DryRunList> {
    return { dryRuns: await this.dryRuns.list(accountId) };
  }

  @Post("dry-runs")
  @ApiOperation({ summary: "Score the newest leads dry: judged and shown, nothing of it in Kommo or in their history" })
  @Answers({ DryRun }, { is: "It has begun.", status: 202, refusals: ["forbidden", "conflict"] })
  start(@ActingRep() { accountId, name }: Rep, @Body({ schema: DryRunWish }) wish: DryRunWish): Promise<DryRun> {
    return this.dryRuns.start(accountId, wish, name);
  }

  @Get("dry-runs/:id")
  @ApiOperation({ summary: "How far it is, with the verdicts so far" })
  @Answers({ DryRun }, { is: "The run.", refusals: ["forbidden", "not_found"] })
  show(@ActingRep() { accountId }: Rep, @Param({ schema: DryRunId }) { id }: DryRunId): Promise<DryRun> {
    return this.dryRuns.of(accountId, id);
  }
}
