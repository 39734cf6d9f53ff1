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

/** What the database has told. */
interface Told {
  sums: Awaited<ReturnType<Doors["figures"]>>;
  worst: Awaited<ReturnType<Doors["worst"]>>;
  missing: number;
}

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
    const hasRedis = await this.bell.reaches(REDIS_PATIENCE_MS);
    // What the process knows by itself is worth the most when the database is away. One that hangs is told of as away: an answer
    // that comes too late for Prometheus tells nothing at all.
    const told = await within(DATABASE_PATIENCE_MS, this.ask()).catch(() => undefined);
    this.show(hasRedis, told);
    return `${await meters.metrics()}\n${await this.registry.metrics()}`;
  }

  private async ask(): Promise<Told> {
    return {
      sums: await this.doors.figures(),
      worst: await this.doors.worst(WORST_AT_MOST),
      missing: (await missingMigrations(this.dataSource)).length,
    };
  }

  /** Without a pause: whoever else scrapes at this moment finds all of it, before or after, and never a part. */
  private show(hasRedis: boolean, told: Told | undefined) {
    this.redis.set(Number(hasRedis));
    this.database.set(Number(told !== undefined));
    for (const gauge of this.shared.values()) gauge.reset();
    if (!told) return;
    for (const { figure, state, value } of told.sums) {
      const label = figures[figure]?.label;
      this.shared.get(figure)?.set(label ? { [label]: state } : {}, value);
    }
    for (const { figure, accountId, value } of told.worst) {
      this.shared.get(figure)?.set({ account: this.names.of(accountId) }, value);
    }
    this.migrations.set(told.missing);
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
