import { ExportQuery } from "@dealscope/shared/reports";
import { Controller, Get, Logger, Query, Res, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import type { FastifyReply } from "fastify";
import { Tenancy } from "../database/tenancy.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { Exports } from "../reporting/exports.ts";
import { Streams } from "./answers.decorator.ts";
import { type Rep, visibleTo } from "./rights.ts";
import { ActingRep, SessionGuard } from "./session.guard.ts";

const TYPES = { csv: "text/csv; charset=utf-8", jsonl: "application/x-ndjson; charset=utf-8" } as const;

/** The whole account is for administrators to carry away; everybody else takes his own deals. */
@ApiTags("reports")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/reports/export")
export class ExportsController {
  private readonly log = new Logger("api");

  constructor(
    private readonly exports: Exports,
    private readonly settings: SettingsService,
    private readonly tenancy: Tenancy,
  ) {}

  @Get()
  @ApiOperation({ summary: "What the reports are made of, streamed; to reps the deals they are responsible for" })
  @Streams(["text/csv", "application/x-ndjson"], { is: "One row, or one line, a thing." })
  async export(@ActingRep() rep: Rep, @Query({ schema: ExportQuery }) wish: ExportQuery, @Res() reply: FastifyReply) {
    const { accountId } = rep;
    const { table, format, ...filter } = wish;
    const { committee, gates } = await this.settings.of(accountId);
    const visible: Parameters<Exports["stream"]>[1]["visible"] = (place) =>
      rep.isAdmin ? "true" : `l.responsible_user_id = ${place(rep.userId)}::bigint AND ${visibleTo(rep, place)}`;
    await this.tenancy.run(accountId, (tx) =>
      tx.query("INSERT INTO audit (account_id, actor, action, subject, detail) VALUES ($1, $2, 'exported', $3, $4)", [
        ...[accountId, rep.name, table, JSON.stringify(filter)],
      ]),
    );
    const text = await this.exports.stream(accountId, { committee, gates, query: filter, visible }, table, format);
    text.on("error", (error) => this.log.warn(`An export of account ${accountId} ended early: ${error.message}`));
    return reply
      .type(TYPES[format])
      .header("content-disposition", `attachment; filename="dealscope-${table}.${format}"`)
      .send(text);
  }
}
