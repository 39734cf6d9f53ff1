import {
  Body,
  Controller,
  Get,
  NotFoundException,
  Param,
  Post,
  Query,
  Res,
  UseFilters,
  UseGuards,
} from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { Tenancy } from "../database/tenancy.ts";
import { PersonErasure } from "../operations/person-erasure.ts";
import { chosenBy, Redrive } from "../redrive/redrive.ts";
import { AccountErasure, StillConnected } from "./account-erasure.ts";
import { AccountsHealth } from "./accounts-health.ts";
import { IdPipe } from "./id.pipe.ts";
import { OperatorSessions, type Session } from "./login/sessions.ts";
import { operatorNamed } from "./login/sign-in.controller.ts";
import { SignedIn, SignedInGuard } from "./login/signed-in.guard.ts";
import type { AuditRow } from "./operator-log.ts";
import { PageErrors, Refused } from "./page-errors.filter.ts";
import type { Viewer } from "./pages/layout.tsx";
import { show } from "./show.ts";

const AUDIT_SHOWN = 20;

type Acting = Viewer & Session;

const RetryForm = z.object({ item: z.string().regex(/^(?:all|(?:delivery|work|write|customerio)-\d{1,15})$/) });
const PersonForm = z.object({
  contactId: z
    .string()
    .trim()
    .regex(/^\d{1,15}$/)
    .transform(Number),
});
const AccountForm = z.object({ confirmed: z.string().trim() });

/** What was done, told on the page one is led to; with the session's proof, or a link of anybody could say so. */
const Told = z.record(z.string(), z.string()).catch({});
const count = z.coerce.number().int().nonnegative().max(1e9);
const Done = z.union([
  z.object({ retried: count }).transform(({ retried }) => `Tried again: ${retried}.`),
  z
    .object({ erased: count, waiting: count })
    .transform(({ erased, waiting }) =>
      waiting === 0
        ? `The person is erased, in ${erased} leads.`
        : `The person is erased, in ${erased} leads. ${waiting} things are still under way: erase once more in a minute.`,
    ),
  z.object({ erasing: z.literal("1") }).transform(() => "The account is being erased, within minutes."),
]);

/** One account: how it is, what is stuck and why, and what an operator may do about it. */
@ApiExcludeController()
@Controller("operator/accounts/:accountId")
@UseGuards(SignedInGuard)
@UseFilters(PageErrors)
export class AccountController {
  constructor(
    private readonly tenancy: Tenancy,
    private readonly accounts: AccountsHealth,
    private readonly redrive: Redrive,
    private readonly people: PersonErasure,
    private readonly erasure: AccountErasure,
    private readonly sessions: OperatorSessions,
  ) {}

  @Get()
  async page(
    @Param("accountId", IdPipe) accountId: number,
    @Query() query: unknown,
    @SignedIn() viewer: Acting,
    @Res() reply: FastifyReply,
  ) {
    const line = await this.accounts.one(accountId);
    if (!line) throw new NotFoundException();
    const [stuck, waiting, audit] = await Promise.all([
      this.redrive.stuck(accountId),
      this.redrive.waiting(accountId),
      this.auditOf(accountId),
    ]);
    return show(reply, () => import("./pages/account-page.tsx").then((m) => m.AccountPage), {
      ...{ viewer, line, stuck, waiting, audit, done: this.doneIn(query, accountId, viewer) },
    });
  }

  @Post("forms/retry")
  async retry(
    @Param("accountId", IdPipe) accountId: number,
    @Body() body: unknown,
    @SignedIn() viewer: Acting,
    @Res() reply: FastifyReply,
  ) {
    const { item } = read(RetryForm, body, "What is to be tried again is not named.");
    const chosen = item === "all" ? undefined : chosenBy([item]);
    const counts = await this.redrive.putBack(accountId, operatorNamed(viewer.name), chosen);
    const retried = counts.deliveries + counts.work + counts.writes + counts.customerio;
    return this.back(reply, accountId, viewer, { retried: String(retried) });
  }

  @Post("forms/erase-person")
  async erasePerson(
    @Param("accountId", IdPipe) accountId: number,
    @Body() body: unknown,
    @SignedIn() viewer: Acting,
    @Res() reply: FastifyReply,
  ) {
    const { contactId } = read(PersonForm, body, "The id of the contact is a number.");
    const { leads, waiting } = await this.people
      .erase(accountId, contactId, operatorNamed(viewer.name))
      .catch((error: unknown) => {
        if (error instanceof NotFoundException) throw new Refused(`Nothing is known of a contact ${contactId}.`);
        throw error;
      });
    return this.back(reply, accountId, viewer, { erased: String(leads), waiting: String(waiting) });
  }

  @Post("forms/erase-account")
  async eraseAccount(
    @Param("accountId", IdPipe) accountId: number,
    @Body() body: unknown,
    @SignedIn() viewer: Acting,
    @Res() reply: FastifyReply,
  ) {
    const { confirmed } = read(AccountForm, body, "The number of the account is missing.");
    if (confirmed !== String(accountId))
      throw new Refused(`The number that was typed is not that of this account, ${accountId}. Nothing was erased.`);
    await this.erasure.hasten(accountId, operatorNamed(viewer.name)).catch((error: unknown) => {
      if (error instanceof StillConnected)
        throw new Refused(`${error.message} An administrator has to remove the integration in Kommo first.`);
      throw error;
    });
    return this.back(reply, accountId, viewer, { erasing: "1" });
  }

  /** By a redirect, so that loading the page again does nothing again. */
  private back(reply: FastifyReply, accountId: number, viewer: Acting, done: Record<string, string>) {
    const proof = this.sessions.proof(viewer, toldOf(accountId, done));
    return reply
      .code(303)
      .header("location", `/operator/accounts/${accountId}?${new URLSearchParams({ ...done, proof })}`)
      .send();
  }

  private doneIn(query: unknown, accountId: number, viewer: Acting): string | undefined {
    const { proof = "", ...told } = Told.parse(query);
    return this.sessions.isProof(viewer, toldOf(accountId, told), proof) ? Done.safeParse(told).data : undefined;
  }

  private auditOf(accountId: number): Promise<AuditRow[]> {
    return this.tenancy.run(accountId, (tx) =>
      tx.query(
        `SELECT at, id::text AS key, NULL AS "accountId", actor, action, subject, detail
           FROM audit ORDER BY id DESC LIMIT ${AUDIT_SHOWN}`,
      ),
    );
  }
}

/** @throws Refused with `otherwise` when it is no such form */
function read<Form>(form: z.ZodType<Form>, body: unknown, otherwise: string): Form {
  const { data } = form.safeParse(body);
  if (data === undefined) throw new Refused(otherwise);
  return data;
}

function toldOf(accountId: number, done: Record<string, string>): string {
  return `done ${accountId} ${new URLSearchParams(done)}`;
}
