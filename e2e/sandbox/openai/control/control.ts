import type { Organisation, OrganisationOptions } from "../metering/organisation.ts";
import type { OpenAiSettings, OpenAiState } from "../state.ts";
import type { Call, CallFilter, CallTotals } from "./calls.ts";
import type { Scenario } from "./scenarios.ts";

/** What a test or a person may do to the stand-in; the same over HTTP under `/_emu`. */
export class OpenAiControl {
  readonly #state: OpenAiState;

  constructor(state: OpenAiState) {
    this.#state = state;
  }

  /** Scenarios wait in order; each call takes the first that fits it. */
  queue(...scenarios: Scenario[]): void {
    for (const scenario of scenarios) this.#state.scenarios.add(scenario);
  }

  clearQueue(): void {
    this.#state.scenarios.clear();
  }

  set(settings: Partial<OpenAiSettings>): void {
    this.#state.settings = { ...this.#state.settings, ...settings };
  }

  /** Stops the time by which limits refill, caches expire and models retire. */
  freeze(): void {
    this.#state.clock.freeze();
  }

  resume(): void {
    this.#state.clock.resume();
  }

  advance(ms: number): void {
    this.#state.clock.advance(ms);
  }

  /** New limits start full, new credit starts unspent. An unknown name is added; it needs keys. */
  changeOrganisation(name: string, change: Partial<Omit<OrganisationOptions, "name">>): Organisation["state"] {
    return this.#state.changeOrganisation(name, change).state;
  }

  /** Oldest first. */
  calls(filter?: CallFilter): Call[] {
    return this.#state.calls.list(filter);
  }

  totals(filter?: CallFilter): CallTotals {
    return this.#state.calls.totals(filter);
  }

  reset(): void {
    this.#state.reset();
  }

  get status() {
    const { clock, settings, scenarios, running, peak, answered, organisations } = this.#state;
    return {
      clock: clock.state,
      settings,
      running,
      peak,
      answered: { ...answered },
      scenarios: scenarios.list(),
      organisations: organisations.map(({ state }) => state),
    };
  }
}
