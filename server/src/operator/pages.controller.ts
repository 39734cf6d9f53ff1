import { Controller, Get, Query, Res, UseFilters, UseGuards } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { Doors } from "../database/doors.ts";
import { fromText, toText } from "../database/page-cursor.ts";
import { Line } from "../kommo/line.ts";
import { Bell } from "../queue/bell.ts";
import { AccountsHealth, narrowed, SHOWN } from "./accounts-health.ts";
import { SignedIn, SignedInGuard } from "./login/signed-in.guard.ts";
import { AUDIT_PAGE, OperatorLog } from "./operator-log.ts";
import { PageErrors } from "./page-errors.filter.ts";
import type { Viewer } from "./pages/layout.tsx";
import { show } from "./show.ts";

const ACCOUNTS_PAGE = 100;
const STUCK_GROUPS = 200;
const REDIS_PATIENCE_MS = 1_000;

/** What is looked for: letters, as PostgreSQL keeps them. */
const word = z
  .string()
  .max(100)
  .transform((text) => text.replace(/\p{C}/gu, " ").trim())
  .catch("");
const AccountsWish = z.object({
  q: word,
  show: z.enum(SHOWN).catch("all"),
  page: z.coerce.number().int().positive().max(10_000).catch(1),
});
const AuditWish = z.object({ q: word, before: z.string().max(200).catch("") });

/** What an operator sees of all accounts together. */
@ApiExcludeController()
@Controller("operator")
@UseGuards(SignedInGuard)
@UseFilters(PageErrors)
export class PagesController {
  constructor(
    private readonly accounts: AccountsHealth,
    private readonly log: OperatorLog,
    private readonly doors: Doors,
    private readonly bell: Bell,
    private readonly line: Line,
  ) {}

  @Get()
  async list(@Query() query: unknown, @SignedIn() viewer: Viewer, @Res() reply: FastifyReply) {
    const { q, show: shown, page: wanted } = AccountsWish.parse(query);
    const [{ lines, totals }, faults] = await Promise.all([this.accounts.all(), this.faults()]);
    const found = narrowed(lines, q, shown);
    const pages = Math.max(1, Math.ceil(found.length / ACCOUNTS_PAGE));
    const page = Math.min(wanted, pages);
    return show(reply, () => import("./pages/accounts-page.tsx").then((m) => m.AccountsPage), {
      ...{ viewer, totals, faults, word: q, shown, page, pages, found: found.length, at: new Date() },
      lines: found.slice((page - 1) * ACCOUNTS_PAGE, page * ACCOUNTS_PAGE),
    });
  }

  @Get("stuck")
  async stuck(@SignedIn() viewer: Viewer, @Res() reply: FastifyReply) {
    const groups = await this.doors.stuckForOperator(STUCK_GROUPS);
    return show(reply, () => import("./pages/stuck-page.tsx").then((m) => m.StuckPage), {
      ...{ viewer, groups, at: new Date() },
    });
  }

  @Get("audit")
  async audit(@Query() query: unknown, @SignedIn() viewer: Viewer, @Res() reply: FastifyReply) {
    const { q, before } = AuditWish.parse(query);
    const found = await this.log.page(before === "" ? undefined : fromText(before), q === "" ? undefined : q);
    const rows = found.slice(0, AUDIT_PAGE);
    const last = found.length > AUDIT_PAGE ? rows.at(-1) : undefined;
    return show(reply, () => import("./pages/audit-page.tsx").then((m) => m.AuditPage), {
      ...{ viewer, rows, word: q, next: last ? toText(last) : null },
    });
  }

  /** What is away for every account. That PostgreSQL answers is seen by the page. */
  private async faults(): Promise<string[]> {
    const faults: string[] = [];
    if (!(await this.bell.reaches(REDIS_PATIENCE_MS)))
      faults.push("Redis does not answer. Webhooks are stored, and worked off when it is back.");
    if (this.line.isBlocked)
      faults.push(
        "Kommo has blocked the address of this server. Calls go on when the block is over, after some minutes.",
      );
    return faults;
  }
}
