import { digest } from "../metering/tokens.ts";
import type { Usage } from "../metering/usage.ts";

/** One call to chat completions, as seen from here. */
export interface Call {
  /** The stand-in's time. */
  at: string;
  requestId: string;
  organisation: string;
  model: string | null;
  /** As sent; only `authorization` is left out. */
  headers: Record<string, string>;
  /** The user messages. */
  user: string;
  request: unknown;
  scenario: string | null;
  /** Null when nothing was answered. */
  status: number | null;
  /** Of an error. */
  code: string | null;
  /** `stop`, `length`, `content_filter`; null for an error. */
  finishReason: string | null;
  content: string | null;
  refusal: string | null;
  /** Null for calls that are not billed. */
  usage: Usage | null;
  costMicroDollars: number;
  /** The client left before the answer was ready; it is billed all the same. */
  clientGone: boolean;
}

/** A call of which nothing is known yet but that it was made. */
export function newCall(made: Pick<Call, "at" | "requestId" | "organisation" | "headers" | "request">): Call {
  return {
    ...made,
    model: null,
    user: "",
    scenario: null,
    status: null,
    code: null,
    finishReason: null,
    content: null,
    refusal: null,
    usage: null,
    costMicroDollars: 0,
    clientGone: false,
  };
}

export interface CallFilter {
  /** A text in the user message, such as the name of a lead. */
  containing?: string;
  status?: number;
  scenario?: string;
  /** Only the latest. */
  limit?: number;
}

export interface CallTotals {
  calls: number;
  /** Calls with usage, whether or not the answer arrived. */
  billed: number;
  /** Billed calls whose user message had been billed before: money spent twice. */
  repeated: number;
  /** Billed calls nobody waited for. */
  clientGone: number;
  byStatus: Record<string, number>;
  byScenario: Record<string, number>;
  usage: Usage;
  costMicroDollars: number;
}

const KEPT = 20_000;

/** Totals are exact for ever; calls are kept up to a number, the oldest go first. */
export class Calls {
  #kept: Call[] = [];
  #totals = emptyTotals();
  #billed = new Set<string>();

  add(call: Call): void {
    this.#kept.push(call);
    // Halving now and then is cheaper than shifting at every call.
    if (this.#kept.length > KEPT) this.#kept = this.#kept.slice(KEPT >> 1);
    count(this.#totals, call, this.#billed);
  }

  list({ containing, status, scenario, limit }: CallFilter = {}): Call[] {
    const hits = this.#kept.filter(
      (call) =>
        (containing === undefined || call.user.includes(containing)) &&
        (status === undefined || call.status === status) &&
        (scenario === undefined || call.scenario === scenario),
    );
    return limit === undefined ? hits : hits.slice(-limit);
  }

  /** Of all calls ever, or of the kept ones that pass the filter. */
  totals(filter?: CallFilter): CallTotals {
    if (!filter || Object.keys(filter).length === 0) return structuredClone(this.#totals);
    const totals = emptyTotals();
    const billed = new Set<string>();
    for (const call of this.list(filter)) count(totals, call, billed);
    return totals;
  }

  clear(): void {
    this.#kept = [];
    this.#totals = emptyTotals();
    this.#billed = new Set();
  }
}

function emptyTotals(): CallTotals {
  return {
    calls: 0,
    billed: 0,
    repeated: 0,
    clientGone: 0,
    byStatus: {},
    byScenario: {},
    usage: { prompt: 0, cached: 0, written: 0, completion: 0, reasoning: 0 },
    costMicroDollars: 0,
  };
}

function count(totals: CallTotals, call: Call, billed: Set<string>): void {
  totals.calls += 1;
  if (call.clientGone) totals.clientGone += 1;
  const status = String(call.status ?? "none");
  totals.byStatus[status] = (totals.byStatus[status] ?? 0) + 1;
  if (call.scenario) totals.byScenario[call.scenario] = (totals.byScenario[call.scenario] ?? 0) + 1;
  if (!call.usage) return;
  totals.billed += 1;
  totals.costMicroDollars += call.costMicroDollars;
  for (const part of Object.keys(totals.usage) as (keyof Usage)[]) totals.usage[part] += call.usage[part];
  const prompt = digest(call.user);
  if (billed.has(prompt)) totals.repeated += 1;
  billed.add(prompt);
}
