import {
  DecisionMakersReport,
  FirstTouchReport,
  ForecastReport,
  FunnelReport,
  GatesReport,
  ReportDeals,
  ReportDealsQuery,
  ReportQuery,
  StageTimesReport,
  StalledQuery,
  StalledReport,
} from "@dealscope/shared/reports";
import { Controller, Get, Query, UseGuards } from "@nestjs/common";
import { ApiBearerAuth, ApiOperation, ApiTags } from "@nestjs/swagger";
import type { Tx } from "../database/tenancy.ts";
import { SettingsService } from "../qualification/settings.service.ts";
import { readDeals } from "../reporting/deals.ts";
import { readDecisionMakers } from "../reporting/decision-makers.ts";
import { readFirstTouch } from "../reporting/first-touch.ts";
import { readForecast } from "../reporting/forecast.ts";
import { readFunnel } from "../reporting/funnel.ts";
import { readGates } from "../reporting/gates.ts";
import type { Frame } from "../reporting/question.ts";
import { Reports } from "../reporting/reports.ts";
import { readStageTimes } from "../reporting/stage-times.ts";
import { readStalled } from "../reporting/stalled.ts";
import { Answers } from "./answers.decorator.ts";
import { type Rep, visibleTo } from "./rights.ts";
import { Segments } from "./segments.ts";
import { ActingRep, SessionGuard } from "./session.guard.ts";

/** Everybody sees the reports, counted over the deals that he may see. */
@ApiTags("reports")
@ApiBearerAuth("session")
@UseGuards(SessionGuard)
@Controller("api/reports")
export class ReportsController {
  constructor(
    private readonly reports: Reports,
    private readonly settings: SettingsService,
    private readonly segments: Segments,
  ) {}

  @Get("funnel")
  @ApiOperation({ summary: "Deals and their value by what part of the purchase they are in" })
  @Answers({ FunnelReport }, { is: "The deals as they stand now." })
  funnel(@ActingRep() rep: Rep, @Query({ schema: ReportQuery }) query: ReportQuery): Promise<FunnelReport> {
    return this.read(rep, query, readFunnel);
  }

  @Get("stage-times")
  @ApiOperation({ summary: "How long deals stay in each stage, those included that are still there" })
  @Answers({ StageTimesReport }, { is: "Median and average by stage and by part of the purchase." })
  stageTimes(@ActingRep() rep: Rep, @Query({ schema: ReportQuery }) query: ReportQuery): Promise<StageTimesReport> {
    return this.read(rep, query, readStageTimes);
  }

  @Get("decision-makers")
  @ApiOperation({ summary: "In how many open deals it is known who decides" })
  @Answers({ DecisionMakersReport }, { is: "The share by stage, by rep and at the end of each month." })
  decisionMakers(
    @ActingRep() rep: Rep,
    @Query({ schema: ReportQuery }) query: ReportQuery,
  ): Promise<DecisionMakersReport> {
    return this.read(rep, query, readDecisionMakers);
  }

  @Get("gates")
  @ApiOperation({ summary: "What keeps deals from the next stage, how long, and whom they wait for" })
  @Answers({ GatesReport }, { is: "Holds by reason, role and stage." })
  gates(@ActingRep() rep: Rep, @Query({ schema: ReportQuery }) query: ReportQuery): Promise<GatesReport> {
    return this.read(rep, query, readGates);
  }

  @Get("stalled")
  @ApiOperation({
    summary: "Open deals, spam left out, that stand still, hang on one person, or on nobody who decides",
  })
  @Answers({ StalledReport }, { is: "Sums, and a page of the deals with who, what and how long." })
  stalled(@ActingRep() rep: Rep, @Query({ schema: StalledQuery }) query: StalledQuery): Promise<StalledReport> {
    return this.read(rep, query, (tx, frame) => readStalled(tx, frame, query));
  }

  @Get("forecast")
  @ApiOperation({
    summary: "What was to be expected when each month began, by stage and by coverage, and what came of it",
  })
  @Answers({ ForecastReport }, { is: "The months, oldest first, and today." })
  forecast(@ActingRep() rep: Rep, @Query({ schema: ReportQuery }) query: ReportQuery): Promise<ForecastReport> {
    return this.read(rep, query, readForecast);
  }

  @Get("first-touch")
  @ApiOperation({ summary: "How long clients wait for our first message or call, by segment" })
  @Answers({ FirstTouchReport }, { is: "Segments in the order in which they are worked on." })
  async firstTouch(
    @ActingRep() rep: Rep,
    @Query({ schema: ReportQuery }) query: ReportQuery,
  ): Promise<FirstTouchReport> {
    const { keys, named } = await this.segments.of(rep.accountId);
    const segments = keys.flatMap((key) => named(key) ?? []);
    return this.read(rep, query, (tx, frame) => readFirstTouch(tx, frame, segments));
  }

  @Get("deals")
  @ApiOperation({ summary: "The deals behind a figure of a report" })
  @Answers({ ReportDeals }, { is: "A page, highest value first." })
  deals(@ActingRep() rep: Rep, @Query({ schema: ReportDealsQuery }) query: ReportDealsQuery): Promise<ReportDeals> {
    return this.read(rep, query, (tx, frame) => readDeals(tx, frame, query));
  }

  private async read<T>(rep: Rep, query: ReportQuery, report: (tx: Tx, frame: Frame) => Promise<T>): Promise<T> {
    const { committee, gates } = await this.settings.of(rep.accountId);
    const visible: Frame["visible"] = (place) => visibleTo(rep, place);
    return this.reports.read(rep.accountId, { committee, gates, query, visible }, report);
  }
}
