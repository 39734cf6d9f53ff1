import { OpenAiClock } from "./clock.ts";
import { Calls } from "./control/calls.ts";
import { ScenarioQueue } from "./control/scenarios.ts";
import { Organisation, type OrganisationOptions } from "./metering/organisation.ts";

export interface OpenAiOptions {
  /** 0 takes a free one. */
  port?: number;
  host?: string;
  /** How long every completion takes, in milliseconds. */
  latencyMs?: number;
  /** How many completions may run at once; more are told to slow down (503). Without it, any number. */
  concurrency?: number;
  /** Whether the model obeys commands in the lead's text. */
  gullible?: boolean;
  /** Without it, one organisation `sandbox` with the key `sk-sandbox` and wide limits. */
  organisations?: OrganisationOptions[];
  /** ISO time at which its clock starts, which decides what models there are; the present without it. */
  startAt?: string;
  /** Lets `minLength`, `maxLength` and `default` pass in strict schemas; whether the API refuses them today is uncertain. */
  lenientSchemas?: boolean;
  /** Whether implicit caching re-reads an unmarked shared prefix on GPT-5.6 and later; reports differ. */
  implicitCacheFallback?: boolean;
}

/** What may be changed while it runs. */
export interface OpenAiSettings {
  latencyMs: number;
  concurrency: number | null;
  gullible: boolean;
}

/** Everything the stand-in knows. */
export class OpenAiState {
  readonly clock: OpenAiClock;
  readonly calls = new Calls();
  readonly scenarios = new ScenarioQueue();
  readonly lenientSchemas: boolean;
  settings: OpenAiSettings;
  organisations: Organisation[];
  /** Completions that run now. */
  running = 0;
  /** The most that ever ran at once. */
  peak = 0;
  /** How often each request was answered with each status, as `GET /v1/models 401`; refused keys are counted here only. */
  answered: Record<string, number> = {};
  /** Ends every delay when the stand-in stops. */
  readonly stopping = new AbortController();
  readonly #options: OpenAiOptions;
  #requests = 0;

  constructor(options: OpenAiOptions) {
    this.#options = options;
    this.clock = new OpenAiClock(options.startAt);
    this.lenientSchemas = options.lenientSchemas ?? false;
    this.settings = settingsFrom(options);
    this.organisations = organisationsFrom(options);
  }

  organisationOf(key: string): Organisation | undefined {
    return this.organisations.find(({ keys }) => keys.includes(key));
  }

  changeOrganisation(name: string, change: Partial<Omit<OrganisationOptions, "name">>): Organisation {
    const known = this.organisations.find((organisation) => organisation.name === name);
    if (known) {
      known.change(change);
      return known;
    }
    const added = new Organisation({ name, keys: [], ...change }, this.#options.implicitCacheFallback ?? false);
    this.organisations.push(added);
    return added;
  }

  countAnswer(request: string, status: number): void {
    const key = `${request} ${status}`;
    this.answered[key] = (this.answered[key] ?? 0) + 1;
  }

  nextRequestId(): string {
    this.#requests += 1;
    return `req_${this.#requests.toString(16).padStart(24, "0")}`;
  }

  /** As it was at the start; request ids go on counting. */
  reset(): void {
    this.clock.reset();
    this.calls.clear();
    this.answered = {};
    this.scenarios.clear();
    this.settings = settingsFrom(this.#options);
    this.organisations = organisationsFrom(this.#options);
    this.peak = this.running;
  }
}

function settingsFrom({ latencyMs = 0, concurrency, gullible = false }: OpenAiOptions): OpenAiSettings {
  return { latencyMs, concurrency: concurrency ?? null, gullible };
}

function organisationsFrom({ organisations, implicitCacheFallback = false }: OpenAiOptions): Organisation[] {
  const all = organisations ?? [{ name: "sandbox", keys: ["sk-sandbox"] }];
  return all.map((one) => new Organisation({ ...one, keys: [...one.keys] }, implicitCacheFallback));
}
