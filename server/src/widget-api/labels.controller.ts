import { Labels, LabelsImported, LabelsToImport } from "@dealscope/shared/labels";
import { Body, Controller, Delete, Get, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { ExpertLabels } from "../qualification/back-test/expert-labels.service.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

@ApiTags("agreement")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
@Controller("api/agreement/labels")
export class LabelsController {
  constructor(private readonly labels: ExpertLabels) {}

  @Get()
  @ApiOperation({ summary: "How many labels of experts there are" })
  @Answers({ Labels }, { is: "The labels by segment.", refusals: ["forbidden"] })
  show(@ActingRep() { accountId }: Rep): Promise<Labels> {
    return this.labels.show(accountId);
  }

  @Post()
  @ApiOperation({ summary: "Import what experts say of leads; a later label of a lead replaces an earlier one" })
  @Answers(
    { LabelsImported },
    {
      is: "How many were kept, and which were not.",
      refusals: ["forbidden", "unavailable", "needs_reconnect"],
    },
  )
  import(
    @ActingRep() { accountId, name }: Rep,
    @Body({ schema: LabelsToImport }) { rows }: LabelsToImport,
  ): Promise<LabelsImported> {
    return this.labels.import(accountId, rows, name);
  }

  @Delete()
  @ApiOperation({ summary: "Delete all imported labels; overrides stay" })
  @Answers({ Labels }, { is: "None are left.", refusals: ["forbidden"] })
  clear(@ActingRep() { accountId, name }: Rep): Promise<Labels> {
    return this.labels.clear(accountId, name);
  }
}
