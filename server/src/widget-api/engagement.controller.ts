import { ConnectionAnswer, ConnectionCheck, ConnectionWish, ObjectTypes } from "@dealscope/shared/customerio";
import { Body, Controller, Delete, Get, Post, Put, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { ConnectionChecks } from "../engagement/connection/connection-checks.ts";
import { Connections } from "../engagement/connection/connections.ts";
import { ReportingWebhooks } from "../engagement/connection/reporting-webhook.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

/** The account's way to Customer.io, which is for administrators; keys go in and never come out. */
@ApiTags("engagement")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
@Controller("api/engagement")
export class EngagementController {
  constructor(
    private readonly connections: Connections,
    private readonly checks: ConnectionChecks,
    private readonly webhooks: ReportingWebhooks,
  ) {}

  @Get("connection")
  @ApiOperation({ summary: "How the account stands with Customer.io" })
  @Answers({ ConnectionAnswer }, { is: "The connection; null before any keys were saved.", refusals: ["forbidden"] })
  show(@ActingRep() { accountId }: Rep): Promise<ConnectionAnswer> {
    return this.answer(accountId);
  }

  @Put("connection")
  @ApiOperation({ summary: "Save keys, after Customer.io was asked whether it knows them" })
  @Answers(
    { ConnectionAnswer },
    {
      is: "The connection with the region that was found.",
      refusals: ["forbidden", "unavailable"],
    },
  )
  async save(
    @ActingRep() { accountId, name }: Rep,
    @Body({ schema: ConnectionWish }) wish: ConnectionWish,
  ): Promise<ConnectionAnswer> {
    await this.connections.save(accountId, wish, name);
    return this.answer(accountId);
  }

  @Delete("connection")
  @ApiOperation({ summary: "Forget the keys; nothing is sent or heard any more" })
  @Answers({ ConnectionAnswer }, { is: "There is none.", refusals: ["forbidden"] })
  async remove(@ActingRep() { accountId, name }: Rep): Promise<ConnectionAnswer> {
    await this.connections.remove(accountId, name);
    return this.answer(accountId);
  }

  @Post("check")
  @ApiOperation({ summary: "Try every link to Customer.io" })
  @Answers(
    { ConnectionCheck },
    { is: "What works, and what to do about the rest.", refusals: ["forbidden", "conflict"] },
  )
  check(@ActingRep() { accountId }: Rep): Promise<ConnectionCheck> {
    return this.checks.check(accountId);
  }

  @Post("webhook")
  @ApiOperation({ summary: "Make the reporting webhook by the App API, or put it right" })
  @Answers(
    { ConnectionAnswer },
    {
      is: "The connection with its webhook.",
      refusals: ["forbidden", "conflict", "unavailable"],
    },
  )
  async makeWebhook(@ActingRep() { accountId }: Rep): Promise<ConnectionAnswer> {
    await this.webhooks.make(accountId);
    return this.answer(accountId);
  }

  @Get("object-types")
  @ApiOperation({ summary: "What deals can be objects of" })
  @Answers(
    { ObjectTypes },
    {
      is: "The workspace's types; none without an App key.",
      refusals: ["forbidden", "conflict", "unavailable"],
    },
  )
  async objectTypes(@ActingRep() { accountId }: Rep): Promise<ObjectTypes> {
    return { types: await this.connections.objectTypes(accountId) };
  }

  private async answer(accountId: number): Promise<ConnectionAnswer> {
    return { connection: await this.connections.show(accountId) };
  }
}
