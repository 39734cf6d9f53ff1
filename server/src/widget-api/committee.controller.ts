import type { ApiErrorCode } from "@dealscope/shared/api-error";
import { Card } from "@dealscope/shared/card";
import {
  ApprovalWish,
  FoundContacts,
  MemberChange,
  NewMember,
  NewObjection,
  ObjectionChange,
  SuggestionAnswer,
} from "@dealscope/shared/committee";
import { Body, Controller, Get, Param, Post, Put, Query, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import { z } from "zod";
import { DealNewcomers } from "../committee/people/newcomers.service.ts";
import { Objections } from "../committee/people/objections.service.ts";
import { Stakeholders } from "../committee/people/stakeholders.service.ts";
import { Answers } from "./answers.decorator.ts";
import { Cards } from "./cards.ts";
import { LeadAccess } from "./lead-access.ts";
import type { Rep } from "./rights.ts";
import { ActingRep, SessionGuard } from "./session.guard.ts";

const idOf = (whose: string) =>
  z.coerce
    .number(`${whose} id is a number.`)
    .int(`${whose} id is a whole number.`)
    .positive(`${whose} id is positive.`);

const InLead = z.object({ id: idOf("A lead's") });
type InLead = z.infer<typeof InLead>;
const OfMember = InLead.extend({ contactId: idOf("A contact's") });
type OfMember = z.infer<typeof OfMember>;
const OfSuggestion = InLead.extend({ suggestionId: idOf("A suggestion's") });
type OfSuggestion = z.infer<typeof OfSuggestion>;
const OfObjection = InLead.extend({ objectionId: idOf("An objection's") });
type OfObjection = z.infer<typeof OfObjection>;

const Search = z.object({
  query: z
    .string("Say whom to look for.")
    .trim()
    .min(2, "Type at least two letters to look for somebody.")
    .max(200, "At most 200 characters can be looked for."),
});
type Search = z.infer<typeof Search>;

const refusals: ApiErrorCode[] = ["not_found", "forbidden", "unavailable", "needs_reconnect"];

/** What a rep says of the people in a deal. Every answer is the card as it is then. */
@ApiTags("committee")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/leads/:id/committee")
export class CommitteeController {
  constructor(
    private readonly cards: Cards,
    private readonly access: LeadAccess,
    private readonly newcomers: DealNewcomers,
    private readonly stakeholders: Stakeholders,
    private readonly objections: Objections,
  ) {}

  @Get("contacts")
  @ApiOperation({ summary: "Look in Kommo for somebody to add: by name, e-mail or phone" })
  @Answers({ FoundContacts }, { is: "At most 20 contacts.", refusals })
  async contacts(
    @ActingRep() rep: Rep,
    @Param({ schema: InLead }) { id }: InLead,
    @Query({ schema: Search }) { query }: Search,
  ): Promise<FoundContacts> {
    await this.access.require(rep, id, "edit");
    return { contacts: await this.newcomers.search(rep.accountId, id, query) };
  }

  @Post("members")
  @ApiOperation({
    summary: "Add somebody to the deal: whoever has this e-mail or phone in Kommo is linked, else a contact is made",
  })
  @Answers(
    { Card },
    {
      is: "The card; `committee.joining` tells of who is not linked in Kommo yet.",
      refusals: [...refusals, "conflict"],
    },
  )
  add(
    @ActingRep() rep: Rep,
    @Param({ schema: InLead }) { id }: InLead,
    @Body({ schema: NewMember }) member: NewMember,
  ): Promise<Card> {
    return this.changed(rep, id, () => this.newcomers.add(rep.accountId, id, member, rep));
  }

  @Put("members/:contactId")
  @ApiOperation({ summary: "Change somebody's role or weight in this deal" })
  @Answers({ Card }, { is: "The card with the change.", refusals })
  member(
    @ActingRep() rep: Rep,
    @Param({ schema: OfMember }) { id, contactId }: OfMember,
    @Body({ schema: MemberChange }) wish: MemberChange,
  ): Promise<Card> {
    return this.changed(rep, id, () => this.stakeholders.change(rep.accountId, id, contactId, wish, rep.name));
  }

  @Put("members/:contactId/approval")
  @ApiOperation({ summary: "Say whether somebody has approved; what holds the deal is looked at again" })
  @Answers({ Card }, { is: "The card with the approval.", refusals })
  approval(
    @ActingRep() rep: Rep,
    @Param({ schema: OfMember }) { id, contactId }: OfMember,
    @Body({ schema: ApprovalWish }) wish: ApprovalWish,
  ): Promise<Card> {
    return this.changed(rep, id, () => this.stakeholders.approve(rep.accountId, id, contactId, wish, rep.name));
  }

  @Post("suggestions/:suggestionId")
  @ApiOperation({ summary: "Take a suggested role, or dismiss it for good" })
  @Answers({ Card }, { is: "The card without the suggestion.", refusals: [...refusals, "conflict"] })
  suggestion(
    @ActingRep() rep: Rep,
    @Param({ schema: OfSuggestion }) { id, suggestionId }: OfSuggestion,
    @Body({ schema: SuggestionAnswer }) answer: SuggestionAnswer,
  ): Promise<Card> {
    return this.changed(rep, id, () =>
      this.stakeholders.answerSuggestion(rep.accountId, id, suggestionId, answer, rep.name),
    );
  }

  @Post("objections")
  @ApiOperation({ summary: "Write down what somebody holds against the purchase" })
  @Answers({ Card }, { is: "The card with the objection.", refusals })
  object(
    @ActingRep() rep: Rep,
    @Param({ schema: InLead }) { id }: InLead,
    @Body({ schema: NewObjection }) objection: NewObjection,
  ): Promise<Card> {
    return this.changed(rep, id, () => this.objections.add(rep.accountId, id, objection, rep.name));
  }

  @Put("objections/:objectionId")
  @ApiOperation({ summary: "Confirm, answer, open again or dismiss an objection, and word it otherwise" })
  @Answers({ Card }, { is: "The card with the objection as it is now.", refusals })
  objection(
    @ActingRep() rep: Rep,
    @Param({ schema: OfObjection }) { id, objectionId }: OfObjection,
    @Body({ schema: ObjectionChange }) change: ObjectionChange,
  ): Promise<Card> {
    return this.changed(rep, id, () => this.objections.change(rep.accountId, id, objectionId, change, rep.name));
  }

  private async changed(rep: Rep, leadId: number, make: () => Promise<void>): Promise<Card> {
    await this.access.require(rep, leadId, "edit");
    await make();
    return this.cards.of(rep, leadId);
  }
}
