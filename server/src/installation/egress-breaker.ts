import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from "@nestjs/common";
import { DataSource } from "typeorm";
import { Line } from "../kommo/line.ts";

const OPEN_FOR = "3 minutes";
const LOOK_MS = 2_000;

/**
 * Kommo blocks addresses, so one account's overrun stops all of them. The stop is kept in PostgreSQL: every process
 * obeys it, and a restart does not forget it.
 */
@Injectable()
export class EgressBreaker implements OnModuleInit, OnModuleDestroy {
  private readonly log = new Logger("kommo");
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly dataSource: DataSource,
    private readonly line: Line,
  ) {}

  async onModuleInit() {
    await this.look();
    this.timer = setInterval(() => void this.look().catch(() => {}), LOOK_MS);
  }

  onModuleDestroy() {
    clearInterval(this.timer);
  }

  trip(why: string) {
    this.log.error(`Kommo has blocked this address; no calls for ${OPEN_FOR}. ${why}`);
    this.line.block(Date.now() + LOOK_MS * 2);
    this.dataSource
      .query(
        `INSERT INTO breaker (name, open_until, reason) VALUES ('kommo address', app_now() + $1::interval, $2)
         ON CONFLICT (name) DO UPDATE SET open_until = excluded.open_until, reason = excluded.reason`,
        [OPEN_FOR, why],
      )
      .then(() => this.look())
      .catch((error: Error) => this.log.error(`The block could not be written down: ${error.message}`));
  }

  private async look() {
    const [row] = await this.dataSource.query(
      `SELECT extract(epoch FROM open_until - app_now()) * 1000 AS ms FROM breaker
        WHERE name = 'kommo address' AND open_until > app_now()`,
    );
    if (row) this.line.block(Date.now() + Number(row.ms));
  }
}
