import {
  Agreement,
  BackTest,
  Disagreements,
  DraftRevision,
  PromptVersion,
  PromptVersionNumber,
  Publication,
  PromptVersions as VersionList,
} from "@dealscope/shared/prompt-versions";
import { PromptVersionContent } from "@dealscope/shared/qualification";
import { Body, Controller, Delete, Get, Param, Post, Put, Query, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { z } from "zod";
import { Tenancy } from "../database/tenancy.ts";
import { BackTests } from "../qualification/back-test/back-tests.service.ts";
import type { PromptVersionEntity } from "../qualification/prompt/prompt-version.entity.ts";
import { PromptVersions } from "../qualification/prompt/prompt-versions.service.ts";
import { Agreements } from "./agreements.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

const VersionNumber = z.object({
  number: z.coerce
    .number("A version's number is a number.")
    .int("A version's number is whole.")
    .positive("Versions begin at 1."),
});
type VersionNumber = z.infer<typeof VersionNumber>;

/** Whoever has a session may read how leads are judged; administrators change it. */
@ApiTags("prompt versions")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/prompt-versions")
export class PromptVersionsController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly versions: PromptVersions,
    private readonly agreements: Agreements,
    private readonly backTests: BackTests,
  ) {}

  @Get()
  @ApiOperation({ summary: "All versions of how the account's leads are judged" })
  @Answers({ VersionList }, { is: "The versions, newest first." })
  list(@ActingRep() { accountId }: Rep): Promise<VersionList> {
    return this.tenancy.run(accountId, async (tx) => {
      await this.versions.published(tx, accountId);
      return { versions: (await this.versions.all(tx, accountId)).map(toVersion) };
    });
  }

  @Post()
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Make a draft" })
  @Answers({ PromptVersionNumber }, { is: "The draft's number.", status: 201, refusals: ["forbidden"] })
  draft(
    @ActingRep() { accountId, name }: Rep,
    @Body({ schema: PromptVersionContent }) content: PromptVersionContent,
  ): Promise<PromptVersionNumber> {
    return this.tenancy.run(accountId, async (tx) => ({
      number: await this.versions.draft(tx, accountId, content, name),
    }));
  }

  @Put(":number")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Change a draft; what was published is never changed" })
  @Answers({ PromptVersion }, { is: "The draft as saved.", refusals: ["forbidden", "not_found", "conflict"] })
  edit(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
    @Query({ schema: DraftRevision }) { revision }: DraftRevision,
    @Body({ schema: PromptVersionContent }) content: PromptVersionContent,
  ): Promise<PromptVersion> {
    return this.tenancy.run(accountId, async (tx) => {
      await this.versions.edit(tx, accountId, number, content, revision);
      return toVersion(await this.versions.one(tx, accountId, number));
    });
  }

  @Delete(":number")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Throw a draft away" })
  @Answers({ VersionList }, { is: "The versions that are left.", refusals: ["forbidden", "not_found", "conflict"] })
  discard(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<VersionList> {
    return this.tenancy.run(accountId, async (tx) => {
      await this.versions.discard(tx, accountId, number);
      return { versions: (await this.versions.all(tx, accountId)).map(toVersion) };
    });
  }

  @Post(":number/publish")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Put a draft in force, or roll back to an archived version" })
  @Answers({ PromptVersion }, { is: "The version now in force.", refusals: ["forbidden", "not_found", "conflict"] })
  publish(
    @ActingRep() { accountId, name }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
    @Query({ schema: DraftRevision }) { revision }: DraftRevision,
    @Body({ schema: Publication }) { note }: Publication,
  ): Promise<PromptVersion> {
    return this.tenancy.run(accountId, async (tx) => {
      await this.versions.publish(tx, accountId, number, name, { note, revision });
      return toVersion(await this.versions.one(tx, accountId, number));
    });
  }

  @Get(":number/agreement")
  @ApiOperation({ summary: "How far a version agrees with people: overrides, and labels of experts" })
  @Answers({ Agreement }, { is: "The confusion matrix.", refusals: ["not_found"] })
  agreement(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<Agreement> {
    return this.agreements.of(accountId, number);
  }

  @Get(":number/disagreements")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Leads of which a version thinks otherwise than a person, to be read" })
  @Answers({ Disagreements }, { is: "Newest word of a person first.", refusals: ["forbidden", "not_found"] })
  async disagreements(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<Disagreements> {
    return { disagreements: await this.agreements.disagreements(accountId, number) };
  }

  @Post(":number/back-test")
  @UseGuards(AdminGuard)
  @ApiOperation({ summary: "Try a version on leads that people have judged, without changing anything" })
  @Answers(
    { BackTest },
    {
      is: "It has started, or goes on.",
      status: 202,
      refusals: ["forbidden", "not_found", "conflict"],
    },
  )
  async startBackTest(
    @ActingRep() { accountId, name }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<BackTest> {
    await this.backTests.start(accountId, number, name);
    return this.backTests.of(accountId, number);
  }

  @Get(":number/back-test")
  @ApiOperation({ summary: "How far a version agrees with people on the leads it was tried on" })
  @Answers({ BackTest }, { is: "The results so far.", refusals: ["not_found"] })
  backTest(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<BackTest> {
    return this.backTests.of(accountId, number);
  }
}

function toVersion(version: PromptVersionEntity): PromptVersion {
  const { number, state, content, revision, note, createdBy } = version;
  return {
    ...{ number, state, content, revision, note, createdBy },
    createdAt: version.createdAt.toISOString(),
    publishedAt: version.publishedAt?.toISOString() ?? null,
  };
}
