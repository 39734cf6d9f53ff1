import type { Clock } from "../../clock.ts";
import type { Ledger } from "../../ledger.ts";
import { call } from "../../post.ts";
import type { Account } from "../state/account.ts";
import type { Switches } from "../switches.ts";
import type { HookCode, HookItem } from "./codes.ts";
import { encodeForm } from "./encode.ts";

/** An action of a widget that an administrator has put on a stage, with what he set it to. */
export interface StageAction {
  pipeline_id: number;
  status_id: number;
  /** `dp.webhook_url` of the widget's manifest. */
  url: string;
  settings: Record<string, unknown>;
}

interface DigitalPipelineOptions {
  clock: Clock;
  ledger: Ledger;
  switches: Switches;
  timeoutMs: number;
}

interface Arrival {
  id: number;
  status_id: number;
  pipeline_id: number;
  updated_at: number;
}

/** Calls a widget's address when a lead enters a stage with an action: once, with two seconds for the answer. */
export class DigitalPipeline {
  readonly #actions = new Map<Account, StageAction[]>();
  readonly #options: DigitalPipelineOptions;
  #underWay = 0;
  #stopped = false;

  constructor(options: DigitalPipelineOptions) {
    this.#options = options;
  }

  get idle(): boolean {
    return this.#underWay === 0;
  }

  put(account: Account, action: StageAction): StageAction[] {
    const actions = [...this.of(account), action];
    this.#actions.set(account, actions);
    return actions;
  }

  of(account: Account): StageAction[] {
    return this.#actions.get(account) ?? [];
  }

  clear(account: Account): void {
    this.#actions.delete(account);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Hears what webhooks hear: a lead that is made in a stage, and one that is moved there. */
  readonly announce = (account: Account, codes: readonly HookCode[], build: () => HookItem): void => {
    const isArrival = codes.includes("status_lead") || codes.includes("add_lead");
    if (!isArrival || this.of(account).length === 0) return;
    const lead = build().item as Arrival;
    for (const action of this.of(account)) {
      if (action.status_id !== lead.status_id || action.pipeline_id !== lead.pipeline_id) continue;
      this.#underWay += 1;
      void this.#post(account, action, lead).finally(() => {
        this.#underWay -= 1;
      });
    }
  };

  async #post(account: Account, action: StageAction, lead: Arrival): Promise<void> {
    // What one request changes is finished before anybody is told of it.
    await new Promise((wake) => setImmediate(wake));
    if (this.#stopped) return;
    const { clock, ledger, switches, timeoutMs } = this.#options;
    const isJson = switches.digitalPipelineBody === "json";
    const body = this.#bodyOf(account, action, lead);
    const encoded = isJson ? JSON.stringify(body) : encodeForm(body);
    const status = await call({
      method: "POST",
      url: action.url,
      headers: { "Content-Type": isJson ? "application/json" : "application/x-www-form-urlencoded" },
      body: encoded,
      timeoutMs,
    });
    ledger.add({
      at: clock.now(),
      method: "POST",
      route: "digital_pipeline",
      path: action.url,
      status,
      account: account.id,
      query: {},
      body: encoded,
      effects: [],
    });
  }

  #bodyOf(account: Account, { settings }: StageAction, { id, status_id, pipeline_id, updated_at }: Arrival): object {
    const data =
      this.#options.switches.digitalPipelineData === "flat"
        ? { id, element_type: 2, status_id, pipeline_id, direction_of_movement: "went_to_trigger" }
        : { leads: { status: [{ id, status_id, pipeline_id }] } };
    return {
      event: { type: 14, type_code: "lead_status_changed", data, time: updated_at },
      action: { settings: { widget: { settings } } },
      subdomain: account.subdomain,
      account_id: account.id,
    };
  }
}
