import type { Clock } from "../clock.ts";
import type { FaultScript } from "../faults.ts";
import type { Ledger } from "../ledger.ts";
import type { Changes } from "./changes.ts";
import type { DigitalPipeline } from "./hooks/digital-pipeline.ts";
import type { WebhookSender } from "./hooks/sender.ts";
import type { Grants } from "./oauth/grants.ts";
import type { Integration } from "./oauth/integration.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { Account, Shared } from "./state/account.ts";
import type { Switches } from "./switches.ts";
import type { Widgets } from "./widgets/widgets.ts";

/** One Kommo with all its accounts, in memory. */
export interface World {
  readonly clock: Clock;
  readonly switches: Switches;
  readonly shared: Shared;
  readonly accounts: Accounts;
  readonly integrations: Map<string, Integration>;
  readonly grants: Grants;
  readonly limiter: RateLimiter;
  readonly sender: WebhookSender;
  readonly digitalPipeline: DigitalPipeline;
  readonly faults: FaultScript;
  /** Every request seen. */
  readonly ledger: Ledger;
  /** Every webhook sent; the route is the hook's codes. */
  readonly deliveries: Ledger;
  /** Heard by the pages that are open. */
  readonly changes: Changes;
  readonly widgets: Widgets;
  latencyMs: number;
}

export class Accounts {
  readonly #byId = new Map<number, Account>();
  readonly #bySubdomain = new Map<string, Account>();

  add(account: Account): Account {
    this.#byId.set(account.id, account);
    this.#bySubdomain.set(account.subdomain, account);
    return account;
  }

  /** By id or by subdomain. */
  find(reference: number | string): Account | undefined {
    const id = Number(reference);
    return Number.isInteger(id) ? this.#byId.get(id) : this.#bySubdomain.get(String(reference));
  }

  all(): Account[] {
    return [...this.#byId.values()];
  }

  rename(account: Account, subdomain: string): void {
    this.#bySubdomain.delete(account.subdomain);
    account.subdomain = subdomain;
    this.#bySubdomain.set(subdomain, account);
  }

  clear(): void {
    this.#byId.clear();
    this.#bySubdomain.clear();
  }
}
