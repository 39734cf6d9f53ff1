import {
  Agreement,
  BackTest,
  PromptVersion,
  PromptVersionNumber,
  PromptVersions as VersionList,
} from "@dealscope/shared/prompt-versions";
import { PromptVersionContent } from "@dealscope/shared/qualification";
import { Body, Controller, Get, Param, Post, Put, UseGuards } from "@nestjs/common";
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

@ApiTags("prompt versions")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
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
  @Answers(VersionList, { is: "The versions, newest first.", refusals: ["forbidden"] })
  list(@ActingRep() { accountId }: Rep): Promise<VersionList> {
    return this.tenancy.run(accountId, async (tx) => {
      await this.versions.published(tx, accountId);
      return { versions: (await this.versions.all(tx, accountId)).map(toVersion) };
    });
  }

  @Post()
  @ApiOperation({ summary: "Make a draft" })
  @Answers(PromptVersionNumber, { is: "The draft's number.", status: 201, refusals: ["forbidden"] })
  draft(
    @ActingRep() { accountId, name }: Rep,
    @Body({ schema: PromptVersionContent }) content: PromptVersionContent,
  ): Promise<PromptVersionNumber> {
    return this.tenancy.run(accountId, async (tx) => ({
      number: await this.versions.draft(tx, accountId, content, name),
    }));
  }

  @Put(":number")
  @ApiOperation({ summary: "Change a draft; what was published is never changed" })
  @Answers(PromptVersion, { is: "The draft as saved.", refusals: ["forbidden", "not_found", "conflict"] })
  edit(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
    @Body({ schema: PromptVersionContent }) content: PromptVersionContent,
  ): Promise<PromptVersion> {
    return this.tenancy.run(accountId, async (tx) => {
      await this.versions.edit(tx, accountId, number, content);
      return toVersion(await this.versions.one(tx, accountId, number));
    });
  }

  @Post(":number/publish")
  @ApiOperation({ summary: "Put a draft in force, or roll back to an archived version" })
  @Answers(PromptVersion, { is: "The version now in force.", refusals: ["forbidden", "not_found"] })
  publish(
    @ActingRep() { accountId, name }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<PromptVersion> {
    return this.tenancy.run(accountId, async (tx) => {
      await this.versions.publish(tx, accountId, number, name);
      return toVersion(await this.versions.one(tx, accountId, number));
    });
  }

  @Get(":number/agreement")
  @ApiOperation({ summary: "How far a version agrees with the people who overrode it" })
  @Answers(Agreement, { is: "The confusion matrix.", refusals: ["forbidden", "not_found"] })
  agreement(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<Agreement> {
    return this.agreements.of(accountId, number);
  }

  @Post(":number/back-test")
  @ApiOperation({ summary: "Try a version on the leads that people overrode last, without changing anything" })
  @Answers(BackTest, {
    is: "It has started, or goes on.",
    status: 202,
    refusals: ["forbidden", "not_found", "conflict"],
  })
  async startBackTest(
    @ActingRep() { accountId, name }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<BackTest> {
    await this.backTests.start(accountId, number, name);
    return this.backTests.of(accountId, number);
  }

  @Get(":number/back-test")
  @ApiOperation({ summary: "How far a version agrees with people on the leads it was tried on" })
  @Answers(BackTest, { is: "The results so far.", refusals: ["forbidden", "not_found"] })
  backTest(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: VersionNumber }) { number }: VersionNumber,
  ): Promise<BackTest> {
    return this.backTests.of(accountId, number);
  }
}

function toVersion(version: PromptVersionEntity): PromptVersion {
  const { number, state, content, createdBy } = version;
  return {
    ...{ number, state, content, createdBy },
    createdAt: version.createdAt.toISOString(),
    publishedAt: version.publishedAt?.toISOString() ?? null,
  };
}
