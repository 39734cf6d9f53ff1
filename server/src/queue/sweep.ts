import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from "@nestjs/common";
import { CONFIG, type Config } from "../config.ts";
import { Doors } from "../database/doors.ts";
import { Bell } from "./bell.ts";

const EVERY_MS = 1_000;

/** Rings for every account with something due: delays, retries, lost bells, dead and frozen workers. Needs no state in Redis. */
@Injectable()
export class Sweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger("sweep");
  private timer?: NodeJS.Timeout;
  private looking = false;

  constructor(
    private readonly doors: Doors,
    private readonly bell: Bell,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap() {
    if (this.config.ROLE === "web") return;
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  onModuleDestroy() {
    clearInterval(this.timer);
  }

  private async look() {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.bell.ringAgain(await this.doors.accountsWithSomethingDue());
    } catch (error) {
      this.log.warn(`Could not look for due work: ${(error as Error).message}`);
    } finally {
      this.looking = false;
    }
  }
}
