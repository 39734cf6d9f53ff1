import { Controller, Get } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import { HealthCheck, HealthCheckService, HealthIndicatorService } from "@nestjs/terminus";
import { DataSource } from "typeorm";
import { missingMigrations } from "../database/migrate.ts";
import { Bell } from "../queue/bell.ts";

const PATIENCE_MS = 3_000;

/** What a load balancer and a supervisor ask. Open to everybody, so it says no more than what is away. */
@ApiExcludeController()
@Controller("health")
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly dataSource: DataSource,
    private readonly bell: Bell,
  ) {}

  /** The process answers; anything more would have it restarted for the fault of another. */
  @Get("live")
  live() {
    return { status: "ok" };
  }

  @Get("ready")
  @HealthCheck()
  ready() {
    return this.health.check([() => this.database(), () => this.migrations(), () => this.redis()]);
  }

  private async database() {
    return this.indicators
      .check("database")
      .attempt(async () => void (await this.dataSource.query("SELECT 1")))
      .withTimeout(PATIENCE_MS);
  }

  private async migrations() {
    return this.indicators
      .check("migrations")
      .attempt(async () => {
        const missing = await missingMigrations(this.dataSource);
        if (missing.length > 0) throw new Error(`Not applied: ${missing.join(", ")}.`);
      })
      .withTimeout(PATIENCE_MS);
  }

  /** Without Redis webhooks are taken all the same, so a server that misses it must not be taken out of service. */
  private async redis() {
    const indicator = this.indicators.check("redis");
    const rings = await this.bell.reaches(PATIENCE_MS);
    return rings
      ? indicator.up()
      : indicator.degraded("Redis does not answer. Webhooks are stored and worked off later.");
  }
}
