import { Injectable } from "@nestjs/common";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { Doors } from "../database/doors.ts";
import { Line } from "../kommo/line.ts";
import { Turns } from "../queue/turns.ts";

/** Of all accounts and processes together: every process tells the same, so a dashboard takes the maximum. */
const shared: Record<string, string> = {
  accounts: "Accounts by status.",
  deliveries: "Webhooks stored and not unpacked, by state.",
  work: "Rows of work, by state.",
  oldest_due_work_seconds: "How long the oldest due work of an active account has been waiting.",
  writes: "Changes of Kommo that are not done, by state.",
  model_calls_this_month: "Calls of the model in this calendar month (UTC).",
  model_dollars_this_month: "What they cost.",
};

/** Figures for Prometheus, taken when it asks. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly gauges: Map<string, Gauge>;
  private readonly database: Gauge;

  constructor(
    private readonly doors: Doors,
    turns: Turns,
    line: Line,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.gauges = new Map(Object.entries(shared).map(([name, help]) => [name, this.gauge(name, help)]));
    this.database = this.gauge("database_up", "Whether PostgreSQL answers this process.");
    this.gauge("turns_running", "Accounts being worked for by this process.", () => turns.running);
    this.gauge("kommo_calls_waiting", "Calls of this process that wait for Kommo's limits.", () => line.length);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async scrape(): Promise<string> {
    for (const gauge of this.gauges.values()) gauge.reset();
    try {
      for (const { figure, state, value } of await this.doors.figures()) {
        this.gauges.get(figure)?.set(state ? { state } : {}, value);
      }
      this.database.set(1);
    } catch {
      // What the process knows by itself is worth the most when the database is away.
      this.database.set(0);
    }
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, value?: () => number): Gauge {
    return new Gauge({
      name: `dealscope_${name}`,
      help,
      labelNames: ["state"],
      registers: [this.registry],
      ...(value && {
        collect() {
          this.set(value());
        },
      }),
    });
  }
}
