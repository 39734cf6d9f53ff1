import {
  IntakeRequests,
  IntakeSnippet,
  IntakeKeys as KeyList,
  MergeProposals,
  NewIntakeKey,
} from "@dealscope/shared/intake";
import { Body, Controller, Delete, Get, Param, Post, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { z } from "zod";
import { formSnippet } from "../intake/form-snippet.ts";
import { Intake } from "../intake/intake.service.ts";
import { IntakeKeys } from "../intake/intake-keys.service.ts";
import { Answers } from "./answers.decorator.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, AdminGuard, SessionGuard } from "./session.guard.ts";

const Numbered = z.object({
  id: z.coerce.number("An id is a number.").int("An id is a whole number.").positive("Ids begin at 1."),
});
type Numbered = z.infer<typeof Numbered>;

/** Forms are the whole account's, so all of this is for administrators. */
@ApiTags("intake")
@ApiBearerAuth("session")
@UseGuards(SessionGuard, AdminGuard)
@Controller("api/intake")
export class IntakeController {
  constructor(
    private readonly keys: IntakeKeys,
    private readonly intake: Intake,
  ) {}

  @Get("keys")
  @ApiOperation({ summary: "The keys by which forms reach the account" })
  @Answers({ KeyList }, { is: "Oldest first, without those that were revoked.", refusals: ["forbidden"] })
  list(@ActingRep() rep: Rep): Promise<KeyList> {
    return this.all(rep);
  }

  @Post("keys")
  @ApiOperation({
    summary: "Make a key",
    description:
      "A key for web pages is known to whoever reads the page: the roles it sends are suggestions, and its receipts tell of no contact or deal. A trusted one is for your own servers: its roles count at once. A key cannot be made trusted later.",
  })
  @Answers({ KeyList }, { is: "The keys with the new one.", status: 201, refusals: ["forbidden", "conflict"] })
  async make(@ActingRep() rep: Rep, @Body({ schema: NewIntakeKey }) wish: NewIntakeKey): Promise<KeyList> {
    await this.keys.make(rep.accountId, wish, rep.name);
    return this.all(rep);
  }

  @Post("keys/:id/rotate")
  @ApiOperation({ summary: "Exchange a key; the one before works a day longer" })
  @Answers({ KeyList }, { is: "The keys as they are now.", refusals: ["forbidden", "not_found"] })
  async rotate(@ActingRep() rep: Rep, @Param({ schema: Numbered }) { id }: Numbered): Promise<KeyList> {
    await this.keys.rotate(rep.accountId, id, rep.name);
    return this.all(rep);
  }

  @Delete("keys/:id")
  @ApiOperation({ summary: "Revoke a key for good, in every process within ten seconds" })
  @Answers({ KeyList }, { is: "The keys that are left.", refusals: ["forbidden", "not_found"] })
  async revoke(@ActingRep() rep: Rep, @Param({ schema: Numbered }) { id }: Numbered): Promise<KeyList> {
    await this.keys.revoke(rep.accountId, id, rep.name);
    return this.all(rep);
  }

  @Get("keys/:id/snippet")
  @ApiOperation({ summary: "A form to be put into a page" })
  @Answers({ IntakeSnippet }, { is: "The form with its script.", refusals: ["forbidden", "not_found", "conflict"] })
  async snippet(
    @ActingRep() { accountId }: Rep,
    @Param({ schema: Numbered }) { id }: Numbered,
  ): Promise<IntakeSnippet> {
    return { html: formSnippet(await this.keys.urlForPage(accountId, id)) };
  }

  @Get("requests")
  @ApiOperation({ summary: "What has come in by forms, and what became of it" })
  @Answers({ IntakeRequests }, { is: "The last 50, newest first.", refusals: ["forbidden"] })
  async requests(@ActingRep() { accountId }: Rep): Promise<IntakeRequests> {
    return { requests: await this.intake.recent(accountId) };
  }

  @Get("merge-proposals")
  @ApiOperation({ summary: "Contacts and companies that may be the same" })
  @Answers({ MergeProposals }, { is: "Open ones, newest first.", refusals: ["forbidden"] })
  async proposals(@ActingRep() { accountId }: Rep): Promise<MergeProposals> {
    return { proposals: await this.intake.proposals(accountId) };
  }

  @Post("merge-proposals/:id/dismiss")
  @ApiOperation({ summary: "Say that they are not the same; it is not proposed again" })
  @Answers({ MergeProposals }, { is: "The ones that are left.", refusals: ["forbidden", "not_found"] })
  async dismiss(
    @ActingRep() { accountId, name }: Rep,
    @Param({ schema: Numbered }) { id }: Numbered,
  ): Promise<MergeProposals> {
    return { proposals: await this.intake.dismiss(accountId, id, name) };
  }

  private async all({ accountId }: Rep): Promise<KeyList> {
    return { keys: await this.keys.list(accountId) };
  }
}
