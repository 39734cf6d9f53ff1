import { noQuota } from "../api-error.ts";
import type { CatalogueModel } from "../catalogue.ts";
import { PromptCache } from "./prompt-cache.ts";
import { RateLimits } from "./rate-limits.ts";
import type { Usage } from "./usage.ts";

export interface OrganisationOptions {
  name: string;
  keys: string[];
  /** Ids of the models it may use; without it, all. */
  models?: string[];
  /** Per model. */
  requestsPerMinute?: number;
  /** Per model. */
  tokensPerMinute?: number;
  /** What it may still spend; null never ends. */
  creditMicroDollars?: number | null;
}

/** Whoever pays for a set of keys, with limits, credit and cache of its own. */
export class Organisation {
  readonly name: string;
  keys: string[];
  models: string[] | null;
  /** Not rounded: a call may cost a fraction of a micro-dollar. */
  spentMicroDollars = 0;
  creditMicroDollars: number | null;
  readonly cache: PromptCache;
  #requestsPerMinute: number;
  #tokensPerMinute: number;
  readonly #limits = new Map<string, RateLimits>();

  constructor(options: OrganisationOptions, implicitFallback: boolean) {
    this.name = options.name;
    this.keys = options.keys;
    this.models = options.models ?? null;
    this.creditMicroDollars = options.creditMicroDollars ?? null;
    this.#requestsPerMinute = options.requestsPerMinute ?? 30_000;
    this.#tokensPerMinute = options.tokensPerMinute ?? 150_000_000;
    this.cache = new PromptCache(implicitFallback);
  }

  mayUse(model: string): boolean {
    return this.models === null || this.models.includes(model);
  }

  limitsOf(model: string, now: number): RateLimits {
    const known = this.#limits.get(model);
    if (known) return known;
    const limits = new RateLimits(this.#requestsPerMinute, this.#tokensPerMinute, now);
    this.#limits.set(model, limits);
    return limits;
  }

  /** @throws {ApiError} 429 `insufficient_quota` */
  requireCredit(): void {
    if (this.creditMicroDollars !== null && this.spentMicroDollars >= this.creditMicroDollars) throw noQuota();
  }

  /** @returns the cost of this call in micro-dollars. */
  charge(model: CatalogueModel, usage: Usage): number {
    const { prompt, cached, written, completion } = usage;
    const { input, cached: cachedRate, cacheWrite, output } = model.price;
    const cost = (prompt - cached - written) * input + cached * cachedRate + written * cacheWrite + completion * output;
    this.spentMicroDollars += cost;
    return cost;
  }

  /** Changed limits start with full buckets. */
  change(options: Partial<Omit<OrganisationOptions, "name">>): void {
    this.keys = options.keys ?? this.keys;
    this.models = options.models ?? this.models;
    if (options.creditMicroDollars !== undefined) {
      this.creditMicroDollars = options.creditMicroDollars;
      this.spentMicroDollars = 0;
    }
    this.#requestsPerMinute = options.requestsPerMinute ?? this.#requestsPerMinute;
    this.#tokensPerMinute = options.tokensPerMinute ?? this.#tokensPerMinute;
    this.#limits.clear();
  }

  get state() {
    return {
      name: this.name,
      keys: this.keys,
      models: this.models,
      requestsPerMinute: this.#requestsPerMinute,
      tokensPerMinute: this.#tokensPerMinute,
      creditMicroDollars: this.creditMicroDollars,
      spentMicroDollars: this.spentMicroDollars,
    };
  }
}
