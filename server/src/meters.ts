import { Counter, Histogram, Registry } from "prom-client";

/**
 * What this process has done since it started, counted where it is done and shown at /metrics. Names are those of Prometheus:
 * seconds and dollars, `_total` for what only grows. No label has values that somebody outside could make up. What an alert
 * waits for is there from the start: Prometheus does not see the first step of a series that begins with it.
 */
export const meters = new Registry();

const named = <T extends string>(name: string, help: string, labelNames: readonly T[]) => ({
  ...{ name: `dealscope_${name}`, help, labelNames, registers: [meters] },
});

function counter<T extends string = never>(name: string, help: string, ...labels: T[]): Counter<T> {
  return new Counter(named(name, help, labels));
}

function histogram<T extends string = never>(name: string, help: string, buckets: number[], ...labels: T[]) {
  return new Histogram({ ...named(name, help, labels), buckets });
}

/** Of what somebody waits for, in seconds. */
const QUICK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
/** Of calls outside. */
const CALL = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30];
/** Of what may wait for its turn. */
const WAIT = [0.01, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300];

export const deliveriesReceived = counter(
  "deliveries_received_total",
  "Webhooks that were stored, by who sent them.",
  "source",
);
export const deliveriesRefused = counter(
  "deliveries_refused_total",
  "Webhooks that could not be stored, and were answered with an error.",
  "source",
);
for (const source of ["kommo", "kommo-dp", "customerio"]) {
  deliveriesReceived.inc({ source }, 0);
  deliveriesRefused.inc({ source }, 0);
}
export const deliveryStoreSeconds = histogram(
  "delivery_store_duration_seconds",
  "How long storing a webhook takes, to its commit.",
  QUICK,
);
export const deliveriesUnpacked = counter(
  "deliveries_unpacked_total",
  "Webhooks that became events, by what came of them.",
  "state",
);

export const turnsEnded = counter("turns_total", "Turns of accounts, by how they ended.", "outcome");

export const workRuns = counter(
  "work_runs_total",
  "Runs of work, by kind and by what came of them.",
  "kind",
  "outcome",
);
export const workRunSeconds = histogram("work_run_duration_seconds", "How long a run of work takes.", CALL);

export const writesEnded = counter("writes_ended_total", "Changes of Kommo that are over.", "target", "state");

export const kommoRequestSeconds = histogram(
  "kommo_request_duration_seconds",
  "Calls of Kommo's API, by what it answered.",
  CALL,
  "method",
  "answer",
);
export const kommoWaitSeconds = histogram(
  "kommo_wait_duration_seconds",
  "How long calls waited for Kommo's limits.",
  WAIT,
  "priority",
);
export const tokenRefreshes = counter(
  "token_refreshes_total",
  "Tokens of accounts that were to be refreshed, by what came of it.",
  "outcome",
);
for (const outcome of ["done", "refused", "integration_refused", "failed"]) tokenRefreshes.inc({ outcome }, 0);

export const modelRequestSeconds = histogram(
  "model_request_duration_seconds",
  "Calls of the model, by what came of them.",
  CALL,
  "model",
  "outcome",
);
export const modelTokens = counter("model_tokens_total", "Tokens of calls of the model.", "model", "sort");
export const modelDollars = counter("model_cost_dollars_total", "What calls of the model have cost.", "model");

export const scanRuns = counter("scans_total", "Looks at an account for what no webhook has told.", "outcome");
export const scanRepairs = counter(
  "scan_repairs_total",
  "Changes that only a scan has found, by where it found them.",
  "found_in",
);

export const holdsBegun = counter("holds_begun_total", "Deals that a gate began to hold.");
export const holdsEnded = counter("holds_ended_total", "Holds that are over, by how they ended.", "outcome");

export const customerIoBatchSeconds = histogram(
  "customerio_batch_duration_seconds",
  "Batches for Customer.io, by what it answered.",
  CALL,
  "answer",
);
export const customerIoWrites = counter(
  "customerio_writes_ended_total",
  "What was to be told to Customer.io and is over.",
  "state",
);

export const httpRequestSeconds = histogram(
  "http_request_duration_seconds",
  "Requests answered, by part of the server and by sort of answer.",
  QUICK,
  "part",
  "answer",
);

/** What is counted for each account, by Kommo's ids; `/metrics` shows them under names of its own. */
export class AccountTally {
  private readonly of = new Map<number, number>();
  private others = 0;

  constructor(
    readonly name: string,
    readonly help: string,
  ) {}

  add(accountId: number, by = 1) {
    if (this.of.has(accountId) || this.of.size < AccountTally.AT_MOST) {
      this.of.set(accountId, (this.of.get(accountId) ?? 0) + by);
    } else this.others += by;
  }

  entries(): Iterable<[accountId: number | undefined, value: number]> {
    return [...this.of, ...(this.others > 0 ? [[undefined, this.others] as [undefined, number]] : [])];
  }

  /** Each account is a series in Prometheus, in each process; who comes later is counted together with others. */
  static readonly AT_MOST = 500;
}

export const accountDeliveries = new AccountTally(
  "account_deliveries_received_total",
  "Webhooks that were stored, by account.",
);
export const accountKommoRequests = new AccountTally(
  "account_kommo_requests_total",
  "Calls of Kommo's API, by account.",
);
export const accountModelDollars = new AccountTally(
  "account_model_cost_dollars_total",
  "What calls of the model have cost, by account.",
);

export const accountTallies = [accountDeliveries, accountKommoRequests, accountModelDollars];
