import { setTimeout as sleep } from "node:timers/promises";
import { Inject, Injectable } from "@nestjs/common";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { DataSource } from "typeorm";
import { CONFIG, type Config } from "../config.ts";
import { Doors } from "../database/doors.ts";
import { missingMigrations } from "../database/migrate.ts";
import { Line } from "../kommo/line.ts";
import { accountTallies, meters } from "../meters.ts";
import { Bell } from "../queue/bell.ts";
import { Turns } from "../queue/turns.ts";
import { AccountNames } from "./account-names.ts";
import { figures, WORST_AT_MOST, worst } from "./figures.ts";

/** Prometheus waits ten seconds for all of it. */
const REDIS_PATIENCE_MS = 1_000;
const DATABASE_PATIENCE_MS = 5_000;

/** Figures for Prometheus: what this process counts, what it is like at this moment, and what the database knows of all. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly shared: Map<string, Gauge>;
  private readonly database: Gauge;
  private readonly redis: Gauge;
  private readonly migrations: Gauge;

  constructor(
    private readonly doors: Doors,
    private readonly dataSource: DataSource,
    private readonly bell: Bell,
    private readonly names: AccountNames,
    turns: Turns,
    line: Line,
    @Inject(CONFIG) { ROLE }: Config,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.shared = new Map([
      ...Object.entries(figures).map(([name, { help, label }]) => [name, this.gauge(name, help, label)] as const),
      ...Object.entries(worst).map(([name, help]) => [name, this.gauge(name, help, "account")] as const),
    ]);
    this.database = this.gauge("database_up", "Whether PostgreSQL answers this process.");
    this.migrations = this.gauge("migrations_missing", "Migrations that this process needs and the database lacks.");
    this.redis = this.gauge("redis_up", "Whether Redis answers this process.");
    this.gauge("server_info", "What this process does.", "role").set({ role: ROLE }, 1);
    this.momentary("turns_running", "Accounts being worked for by this process.", () => turns.running);
    this.momentary("kommo_calls_waiting", "Calls of this process that wait for Kommo's limits.", () => line.length);
    this.momentary("kommo_blocked", "Whether Kommo has blocked our address.", () => Number(line.isBlocked));
    this.tallies();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async scrape(): Promise<string> {
    for (const gauge of this.shared.values()) gauge.reset();
    this.redis.set(Number(await this.bell.reaches(REDIS_PATIENCE_MS)));
    try {
      // A database that hangs is told of as away: an answer that comes too late for Prometheus tells nothing at all.
      await within(DATABASE_PATIENCE_MS, this.ask());
      this.database.set(1);
    } catch {
      // What the process knows by itself is worth the most when the database is away.
      this.database.set(0);
    }
    return `${await meters.metrics()}\n${await this.registry.metrics()}`;
  }

  private async ask() {
    for (const { figure, state, value } of await this.doors.figures()) {
      const label = figures[figure]?.label;
      this.shared.get(figure)?.set(label ? { [label]: state } : {}, value);
    }
    for (const { figure, accountId, value } of await this.doors.worst(WORST_AT_MOST)) {
      this.shared.get(figure)?.set({ account: this.names.of(accountId) }, value);
    }
    this.migrations.set((await missingMigrations(this.dataSource)).length);
  }

  private gauge(name: string, help: string, ...labelNames: (string | undefined)[]): Gauge {
    const labels = labelNames.filter((label) => label !== undefined);
    return new Gauge({ name: `dealscope_${name}`, help, labelNames: labels, registers: [this.registry] });
  }

  private momentary(name: string, help: string, value: () => number) {
    const collect = function (this: Gauge) {
      this.set(value());
    };
    new Gauge({ name: `dealscope_${name}`, help, collect, registers: [this.registry] });
  }

  private tallies() {
    const { names } = this;
    for (const tally of accountTallies) {
      const collect = function (this: Counter<"account">) {
        this.reset();
        for (const [accountId, value] of tally.entries()) {
          this.inc({ account: accountId === undefined ? "others" : names.of(accountId) }, value);
        }
      };
      new Counter({
        ...{ name: `dealscope_${tally.name}`, help: tally.help, labelNames: ["account"] as const, collect },
        registers: [this.registry],
      });
    }
  }
}

/** @throws Error when there is no answer by then; one that comes later is nobody's */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  const settled = new AbortController();
  const late = sleep(ms, undefined, { signal: settled.signal }).then(() => {
    throw new Error(`There was no answer within ${ms} ms.`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    settled.abort();
  }
}
