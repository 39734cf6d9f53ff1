import { ApiError, invalid, invalidKey, noQuota, noSuchModel } from "../api-error.ts";
import { limited, tooLarge } from "../metering/rate-limits.ts";

/** What the model says, all with status 200. */
const ANSWERS = [
  "refusal",
  "length",
  "content_filter",
  "empty_content",
  "bad_json",
  "out_of_range",
  "invented_quote",
  "injection_obeyed",
  "extra_unknown_fields",
  "missing_usage_details",
] as const;

/** What happens on the way. `hang` and `half_body` are billed: the model did its work. */
const TRANSPORT = ["502_html", "reset_connection", "half_body", "hang", "slow"] as const;

/** Errors in the API's envelope, by the model that was asked for. */
export const REFUSALS = {
  "400_schema": () =>
    invalid("Invalid schema for response_format 'scripted': In context=(), scripted refusal.", "response_format"),
  "401": () => invalidKey(),
  "403": () =>
    new ApiError(403, "Country, region, or territory not supported", {
      code: "unsupported_country_region_territory",
      type: "request_forbidden",
    }),
  "404_model": (model: string) => noSuchModel(model),
  "429_requests": (model: string) => limited("requests", model, 3, 1, 1200),
  "429_tokens": (model: string) => limited("tokens", model, 40_000, 1500, 800),
  "429_too_large": (model: string) => tooLarge(model, 1000, 1500),
  "429_quota": () => noQuota(),
  "500": () => serverError(),
  "503": () => new ApiError(503, "The engine is currently overloaded, please slow down.", { type: "server_error" }),
  retry_after_90: (model: string) => {
    const { status, message, code, type } = limited("requests", model, 3, 1, 90_000);
    return new ApiError(status, message, { code, type, headers: { "retry-after": "90" } });
  },
  should_retry_false: () => serverError({ "x-should-retry": "false" }),
} as const satisfies Record<string, (model: string) => ApiError>;

function serverError(headers: Record<string, string> = {}): ApiError {
  return new ApiError(500, "The server had an error while processing your request.", { type: "server_error", headers });
}

export type RefusalScenario = keyof typeof REFUSALS;
export type ScenarioName = (typeof ANSWERS)[number] | RefusalScenario | (typeof TRANSPORT)[number];

export const SCENARIO_NAMES = [...ANSWERS, ...TRANSPORT, ...(Object.keys(REFUSALS) as RefusalScenario[])] as const;

export interface Scenario {
  name: ScenarioName;
  /** How many calls it hits; once without it. */
  times?: number;
  /** Only calls whose user message contains this text. */
  containing?: string;
  /** For `slow`: how much longer the answer takes, in milliseconds. */
  ms?: number;
}

export function isRefusal(name: ScenarioName): name is RefusalScenario {
  return name in REFUSALS;
}

/** Scenarios wait in order; a call takes the first that fits it. */
export class ScenarioQueue {
  #waiting: Scenario[] = [];

  add(scenario: Scenario): void {
    this.#waiting.push({ ...scenario, times: scenario.times ?? 1 });
  }

  take(userText: string): Scenario | null {
    const fits = ({ containing }: Scenario) => containing === undefined || userText.includes(containing);
    const scenario = this.#waiting.find(fits);
    if (!scenario) return null;
    scenario.times = (scenario.times ?? 1) - 1;
    if (scenario.times <= 0) this.#waiting = this.#waiting.filter((one) => one !== scenario);
    return scenario;
  }

  clear(): void {
    this.#waiting = [];
  }

  list(): Scenario[] {
    return this.#waiting.map((scenario) => ({ ...scenario }));
  }
}
