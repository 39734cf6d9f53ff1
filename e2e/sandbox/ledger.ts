export interface Entry {
  /** Unix milliseconds of the stand-in's clock. */
  at: number;
  method: string;
  /** The route's pattern, e.g. `/api/v4/leads/:id`; counters go by it. */
  route: string;
  path: string;
  status: number;
  account?: number | string;
  query?: unknown;
  body?: unknown;
  /** Effects of the fault script, and refusals such as `rate-limited`. */
  effects?: string[];
  /** How many things this request created. */
  created?: number;
}

export interface Count {
  requests: number;
  created: number;
  byStatus: Record<string, number>;
  byEffect: Record<string, number>;
}

export interface EntryFilter {
  method?: string;
  route?: string;
  path?: string;
  account?: number | string;
  status?: number;
  effect?: string;
  since?: number;
  limit?: number;
}

/** What a stand-in saw. Counters are exact for ever; entries are kept up to a number, the oldest go first. */
export class Ledger {
  #entries: Entry[] = [];
  #routes = new Map<string, Count>();
  #accounts = new Map<string, Map<string, Count>>();
  readonly #keep: number;
  readonly #keepBodies: boolean;

  constructor(options: { keep?: number; keepBodies?: boolean } = {}) {
    this.#keep = options.keep ?? 200_000;
    this.#keepBodies = options.keepBodies ?? true;
  }

  add(entry: Entry): void {
    const kept = this.#keepBodies ? entry : { ...entry, body: undefined };
    this.#entries.push(kept);
    // Halving now and then is cheaper than shifting one entry per request.
    if (this.#entries.length > this.#keep) this.#entries = this.#entries.slice(this.#keep >> 1);
    const route = `${entry.method} ${entry.route}`;
    count(this.#routes, route, entry);
    const account = String(entry.account ?? "none");
    const own = this.#accounts.get(account) ?? new Map<string, Count>();
    this.#accounts.set(account, own);
    count(own, route, entry);
  }

  entries(filter: EntryFilter = {}): Entry[] {
    const hits = this.#entries.filter(
      (entry) =>
        (filter.method === undefined || entry.method === filter.method) &&
        (filter.route === undefined || entry.route === filter.route) &&
        (filter.path === undefined || entry.path.startsWith(filter.path)) &&
        (filter.account === undefined || String(entry.account) === String(filter.account)) &&
        (filter.status === undefined || entry.status === filter.status) &&
        (filter.effect === undefined || entry.effects?.includes(filter.effect)) &&
        (filter.since === undefined || entry.at >= filter.since),
    );
    return filter.limit === undefined ? hits : hits.slice(-filter.limit);
  }

  /** Sums by `METHOD route`, of all requests or of one account's. */
  counts(account?: number | string): { total: Count; routes: Record<string, Count> } {
    const routes =
      account === undefined ? this.#routes : (this.#accounts.get(String(account)) ?? new Map<string, Count>());
    const total = emptyCount();
    for (const one of routes.values()) {
      total.requests += one.requests;
      total.created += one.created;
      for (const [status, n] of Object.entries(one.byStatus)) add(total.byStatus, status, n);
      for (const [effect, n] of Object.entries(one.byEffect)) add(total.byEffect, effect, n);
    }
    return { total, routes: Object.fromEntries(routes) };
  }

  accounts(): Record<string, Count> {
    return Object.fromEntries([...this.#accounts.keys()].map((account) => [account, this.counts(account).total]));
  }

  reset(): void {
    this.#entries = [];
    this.#routes = new Map();
    this.#accounts = new Map();
  }
}

function emptyCount(): Count {
  return { requests: 0, created: 0, byStatus: {}, byEffect: {} };
}

function count(counts: Map<string, Count>, route: string, entry: Entry): void {
  const one = counts.get(route) ?? emptyCount();
  counts.set(route, one);
  one.requests += 1;
  one.created += entry.created ?? 0;
  add(one.byStatus, String(entry.status), 1);
  for (const effect of entry.effects ?? []) add(one.byEffect, effect, 1);
}

function add(sums: Record<string, number>, key: string, n: number): void {
  sums[key] = (sums[key] ?? 0) + n;
}
