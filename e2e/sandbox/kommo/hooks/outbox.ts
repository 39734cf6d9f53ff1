import type { Account } from "../state/account.ts";
import type { Webhook } from "../state/settings.ts";
import type { HookCode, HookItem } from "./codes.ts";
import { hookBody } from "./encode.ts";
import type { WebhookSender } from "./sender.ts";

interface Told {
  code: HookCode;
  item: HookItem;
}

/** Gathers what one request changed and hands it to the sender when the request is done. */
export class Outbox {
  readonly #told = new Map<Account, Map<Webhook, Told[]>>();
  readonly #sender: WebhookSender;

  constructor(sender: WebhookSender) {
    this.#sender = sender;
  }

  readonly announce = (account: Account, codes: readonly HookCode[], build: () => HookItem): void => {
    let item: HookItem | undefined;
    for (const hook of account.webhooks.values()) {
      const code = codes.find((one) => hook.settings.has(one));
      if (!code || hook.disabled) continue;
      item ??= build();
      this.#keep(account, hook, { code, item });
    }
  };

  #keep(account: Account, hook: Webhook, told: Told): void {
    // Changes are synchronous, so whatever one request changes is here before the first `setImmediate`.
    if (this.#told.size === 0) setImmediate(() => this.#flush());
    const hooks = this.#told.get(account) ?? new Map<Webhook, Told[]>();
    this.#told.set(account, hooks);
    const items = hooks.get(hook);
    if (items) items.push(told);
    else hooks.set(hook, [told]);
  }

  #flush(): void {
    const told = [...this.#told];
    this.#told.clear();
    for (const [account, hooks] of told) {
      for (const [hook, items] of hooks) {
        for (const group of account.switches.hooksShareBody ? [items] : items.map((one) => [one])) {
          const codes = [...new Set(group.map((one) => one.code))];
          const body = hookBody(
            account,
            group.map((one) => one.item),
          );
          this.#sender.post(account, hook, codes, body);
        }
      }
    }
  }
}
