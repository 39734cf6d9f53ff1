import { IntakeBody, IntakeReceipt } from "@dealscope/shared/intake";
import { Body, Controller, Get, Headers, Param, Post, UseGuards, UseInterceptors } from "@nestjs/common";
import { ApiConsumes, ApiHeader, ApiOperation, ApiTags } from "@nestjs/swagger";
import { z } from "zod";
import { Intake } from "../intake/intake.service.ts";
import type { KeyOwner } from "../intake/intake-keys.service.ts";
import { Answers } from "./answers.decorator.ts";
import { ApiFailure } from "./api-failure.ts";
import { FormPages } from "./form-pages.interceptor.ts";
import { FormOwner, IntakeGuard } from "./intake.guard.ts";

const FormKey = z.object({ key: z.string() });
const ReceiptPath = FormKey.extend({ id: z.uuid("A receipt's id is a UUID.") });
type ReceiptPath = z.infer<typeof ReceiptPath>;

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** Where forms of web pages and other systems send who wants to buy. Open to any page: the key is the only proof. */
@ApiTags("intake")
@UseGuards(IntakeGuard)
@Controller("intake")
export class FormsController {
  constructor(private readonly intake: Intake) {}

  @Post(":key")
  @UseInterceptors(FormPages)
  @ApiOperation({
    summary: "Send a deal with its company and up to 20 contacts",
    description: [
      "Answered as soon as it is kept; the receipt tells what became of it. Roles of a trusted key are set, those of any other are suggested to the rep.",
      "A phone that cannot be read is an error for a trusted key. For any other the request is taken without it, as long as its contact has a name or an e-mail, and the deal's note says it as it was written.",
      "A form may send it as well, with names such as `contacts[0][email]`; when it asks for `text/html`, as browsers without a script do, it is answered by a page for people.",
      "The `title` of a contact is written into Kommo's own field for it when the contact is made; of people who are known, and where an administrator has deleted that field, it stands in the deal's note only.",
      "The same Idempotency-Key, and without one the same body within ten minutes, gives the same receipt.",
      "Equal requests with different keys are different requests: twenty of them have twenty receipts, and make twenty deals, unless the account extends open deals; then the first makes one and the others add their words to it. Their people and their company are made once all the same, because each request looks who is known by e-mail, phone or the company's name; only people without e-mail and phone are made anew by each.",
      "At most 60 requests a minute from an address (of IPv6: from a /64), and 300 by a key.",
    ].join(" "),
  })
  @ApiConsumes("application/json", "application/x-www-form-urlencoded")
  @ApiHeader({
    name: "Idempotency-Key",
    required: false,
    description:
      "Names this request, so that sending it again with this key does nothing twice; up to 200 letters, digits and signs. Another key is another request.",
  })
  @Answers(
    { IntakeReceipt },
    {
      is: "It is kept. Ask for the receipt below.",
      status: 202,
      refusals: ["not_found", "conflict"],
    },
  )
  take(
    @FormOwner() owner: KeyOwner,
    @Param({ schema: FormKey }) _: z.infer<typeof FormKey>,
    @Body({ schema: IntakeBody }) body: IntakeBody,
    @Headers("idempotency-key") idempotencyKey?: string,
  ): Promise<IntakeReceipt> {
    if (idempotencyKey !== undefined && !IDEMPOTENCY_KEY.test(idempotencyKey)) {
      const message = "The Idempotency-Key has up to 200 letters, digits and signs, and no spaces.";
      throw new ApiFailure("invalid_input", message, { issues: [{ path: "Idempotency-Key", message }] });
    }
    return this.intake.take(owner, body, idempotencyKey ?? null);
  }

  @Get(":key/receipts/:id")
  @ApiOperation({
    summary: "What became of a request",
    description:
      "Any key is told the status and what Kommo did not take, by field. What was found and made in Kommo (`leadId`, `contactIds`, `isExtended`, `mergeProposals`) is told to trusted keys only.",
  })
  @Answers({ IntakeReceipt }, { is: "The receipt.", refusals: ["not_found"] })
  receipt(@FormOwner() owner: KeyOwner, @Param({ schema: ReceiptPath }) { id }: ReceiptPath): Promise<IntakeReceipt> {
    return this.intake.receipt(owner, id);
  }
}
