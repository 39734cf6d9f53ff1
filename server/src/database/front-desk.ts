import type { OnApplicationShutdown } from "@nestjs/common";
import type { DataSource } from "typeorm";

/** Short transactions, so a few are enough for many requests. */
export const FRONT_DESK_CONNECTIONS = 4;

/**
 * Connections for people and forms that wait for an answer. Four hundred verdicts that end in one moment would make them queue for half a
 * second in the common pool.
 */
export class FrontDesk implements OnApplicationShutdown {
  constructor(readonly dataSource: DataSource) {}

  async onApplicationShutdown() {
    await this.dataSource.destroy();
  }
}
