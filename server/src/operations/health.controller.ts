import { Controller, Get, Logger } from "@nestjs/common";
import { ApiExcludeController } from "@nestjs/swagger";
import { HealthCheck, HealthCheckService, HealthIndicatorService } from "@nestjs/terminus";
import { DataSource } from "typeorm";
import { missingMigrations } from "../database/migrate.ts";
import { Line } from "../kommo/line.ts";
import { Bell } from "../queue/bell.ts";
import { Turns } from "../queue/turns.ts";

const PATIENCE_MS = 3_000;

/**
 * What a load balancer and a supervisor ask. Open to everybody, so it says in a sentence what is away, and not at which
 * address or why: that is in the log.
 */
@ApiExcludeController()
@Controller("health")
export class HealthController {
  private readonly log = new Logger("health");

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly dataSource: DataSource,
    private readonly bell: Bell,
    private readonly turns: Turns,
    private readonly line: Line,
  ) {}

  /** Only what a new start of this process would mend; anything more would have it restarted for the fault of another. */
  @Get("live")
  @HealthCheck()
  live() {
    return this.health.check([() => this.worker()]);
  }

  @Get("ready")
  @HealthCheck()
  ready() {
    return this.health.check([
      () => this.server(),
      () => this.database(),
      () => this.migrations(),
      () => this.redis(),
      () => this.kommo(),
    ]);
  }

  private worker() {
    const indicator = this.indicators.check("worker");
    return this.turns.hasStopped
      ? indicator.down("This process takes no turns any more. Start it again; the log says why.")
      : indicator.up();
  }

  /** So that nothing new is sent to a process that is about to end. */
  private server() {
    const indicator = this.indicators.check("server");
    return this.turns.isStopping
      ? indicator.down("The server is stopping: it finishes what is running, and others go on.")
      : indicator.up();
  }

  private async database() {
    return this.indicators
      .check("database")
      .attempt(async () => void (await this.ask(() => this.dataSource.query("SELECT 1"))))
      .withTimeout(PATIENCE_MS);
  }

  private async migrations() {
    return this.indicators
      .check("migrations")
      .attempt(async () => {
        const missing = await this.ask(() => missingMigrations(this.dataSource));
        if (missing.length > 0) throw new Error(`Not applied: ${missing.join(", ")}. Run the migrations.`);
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

  private kommo() {
    const indicator = this.indicators.check("kommo");
    return this.line.isBlocked
      ? indicator.degraded("Kommo has blocked this server's address. Webhooks are stored; calls go on in some minutes.")
      : indicator.up();
  }

  private async ask<T>(query: () => Promise<T>): Promise<T> {
    try {
      return await query();
    } catch (error) {
      this.log.warn(`PostgreSQL does not answer: ${(error as Error).message}`);
      throw new Error("PostgreSQL does not answer. Nothing is taken in or done until it does.");
    }
  }
}
