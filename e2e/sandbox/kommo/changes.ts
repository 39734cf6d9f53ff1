import type { Account } from "./state/account.ts";

type Listener = () => void;

/** Tells open pages that something in their account is different now. */
export class Changes {
  readonly #listeners = new Map<Account, Set<Listener>>();

  /** @returns what ends it */
  listen(account: Account, listener: Listener): Listener {
    const listeners = this.#listeners.get(account) ?? new Set();
    this.#listeners.set(account, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  tell(account: Account): void {
    for (const listener of this.#listeners.get(account) ?? []) listener();
  }
}
