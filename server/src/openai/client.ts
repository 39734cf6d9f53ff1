import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { type Billable, type Outcome, readCompletion, type Usage } from "./completion.ts";
import { ModelUnavailable } from "./failures.ts";
import { familyOf, type ModelFamily } from "./models.ts";
import { failureOf } from "./sdk-failure.ts";

export interface OpenAiAddress {
  apiKey: string;
  /** With the version, e.g. `https://api.openai.com/v1`; a trailing slash does no harm. */
  baseUrl: string;
  /** For a whole call, from the first byte sent to the last received. */
  timeoutMs?: number;
}

/** One question to the model. The rules come first and stay equal from call to call, so that they are read from the cache. */
export interface Prompt {
  model: string;
  /** The stable part: rules and schema explained. */
  developer: string;
  /** The part that differs from call to call. */
  user: string;
  /** A JSON Schema of the strict subset. Names and descriptions must hold no customer data: schemas leave data residency. */
  schema: { name: string; schema: Record<string, unknown> };
  /** Reserved against the limit per minute up front, so keep it near the need. Reasoning counts against it. */
  maxCompletionTokens: number;
  /** Equal for calls that share `developer`. */
  cacheKey: string;
  /** A hashed stable id of whom we work for, at most 64 characters; never a raw e-mail. */
  safetyIdentifier: string;
}

export type Completion = Billable &
  Outcome & {
    requestId: string | null;
    latencyMs: number;
  };

/**
 * OpenAI, or whatever speaks its Chat Completions. One attempt per call: retries belong to whoever keeps the work.
 * Failures are `ModelFailure`s; a call that timed out may have been billed all the same.
 */
export class OpenAiClient {
  readonly #sdk: OpenAI;
  readonly #timeoutMs: number;

  constructor({ apiKey, baseUrl, timeoutMs = 25_000 }: OpenAiAddress) {
    this.#timeoutMs = timeoutMs;
    this.#sdk = new OpenAI({
      apiKey,
      baseURL: baseUrl,
      timeout: timeoutMs,
      maxRetries: 0,
      // Left out, these are read from the environment, and one account would speak in the name of another.
      organization: null,
      project: null,
      adminAPIKey: null,
      webhookSecret: null,
      // At `debug` the SDK prints bodies.
      logLevel: "off",
      fetchOptions: { redirect: "error" },
    });
  }

  /** @throws {ModelFailure} */
  async complete(prompt: Prompt): Promise<Completion> {
    const request = requestOf(prompt, familyOf(prompt.model));
    const started = performance.now();
    const { data, response, request_id } = await this.#call(
      (deadline) => this.#sdk.chat.completions.create(request, { signal: deadline }).withResponse(),
      mostTokens(prompt),
    );
    const read = readCompletion(data);
    if (!read) {
      throw new ModelUnavailable("broken_answer", { status: response.status, code: null, requestId: request_id });
    }
    return { ...read, requestId: request_id, latencyMs: Math.round(performance.now() - started) };
  }

  async #call<T>(send: (deadline: AbortSignal) => Promise<T>, tokens: Usage): Promise<T> {
    // The SDK's own timeout ends with the headers of the answer; a body may stall for ever.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#timeoutMs);
    try {
      return await send(late.signal);
    } catch (error) {
      if (late.signal.aborted) {
        throw new ModelUnavailable("timeout", { status: null, code: null, requestId: null });
      }
      throw failureOf(error, tokens.prompt + tokens.completion);
    } finally {
      clearTimeout(timer);
    }
  }
}

function requestOf(prompt: Prompt, family: ModelFamily): ChatCompletionCreateParamsNonStreaming {
  const rules = family.cacheBreakpoints
    ? [{ type: "text" as const, text: prompt.developer, prompt_cache_breakpoint: { mode: "explicit" as const } }]
    : prompt.developer;
  return {
    model: prompt.model,
    messages: [
      { role: family.rulesRole, content: rules },
      { role: "user", content: prompt.user },
    ],
    response_format: { type: "json_schema", json_schema: { ...prompt.schema, strict: true } },
    max_completion_tokens: prompt.maxCompletionTokens,
    ...(family.effort && { reasoning_effort: family.effort }),
    ...(family.temperature && { temperature: 0 }),
    // Explicit: the implicit breakpoint would write every lead to the cache, and bill it, for nobody to read again.
    ...(family.cacheBreakpoints && { prompt_cache_options: { mode: "explicit" as const } }),
    ...(family.openAiFields && {
      store: false,
      prompt_cache_key: prompt.cacheKey,
      safety_identifier: prompt.safetyIdentifier,
    }),
  };
}

/**
 * About the most tokens a call can take: four characters to a token, nothing from the cache, an answer up to its limit.
 * Good enough to see that a prompt exceeds a limit by far, and to count a call whose answer does not say what it took.
 */
export function mostTokens({ developer, user, schema, maxCompletionTokens }: Prompt): Usage {
  const prompt = Math.ceil((developer.length + user.length + JSON.stringify(schema).length) / 4);
  return { prompt, cached: 0, cacheWrite: 0, completion: maxCompletionTokens, reasoning: 0 };
}
