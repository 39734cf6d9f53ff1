import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { z } from "zod";
import { type Billable, type Outcome, readCompletion } from "./completion.ts";
import { ModelUnavailable } from "./failures.ts";
import { familyOf, type ModelFamily } from "./models.ts";
import { failureOf } from "./sdk-failure.ts";

export interface OpenAiAddress {
  apiKey: string;
  /** With the version, e.g. `https://api.openai.com/v1`; a trailing slash does no harm. */
  baseUrl: string;
  /** For a whole call, from the first byte sent to the last received. */
  timeoutMs?: number;
  /** Another way to the network, such as one that refuses private addresses. */
  fetch?: typeof globalThis.fetch;
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
  signal?: AbortSignal;
}

export type Completion = Billable &
  Outcome & {
    requestId: string | null;
    latencyMs: number;
  };

export interface Model {
  id: string;
  /** `YYYY-MM-DD`, null while no end is announced. */
  shutdownDate: string | null;
}

const ModelList = z.object({ data: z.array(z.object({ id: z.string(), shutdown_date: z.string().nullish() })) });

/**
 * OpenAI, or whatever speaks its Chat Completions. One attempt per call: retries belong to whoever keeps the work.
 * Failures are `ModelFailure`s; a call that timed out may have been billed all the same.
 */
export class OpenAiClient {
  readonly #sdk: OpenAI;
  readonly #timeoutMs: number;

  constructor({ apiKey, baseUrl, timeoutMs = 25_000, fetch = globalThis.fetch }: OpenAiAddress) {
    this.#timeoutMs = timeoutMs;
    this.#sdk = new OpenAI({
      apiKey,
      baseURL: baseUrl,
      fetch,
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

  /** @throws {ModelFailure}, or the signal's reason when the caller's signal ended the call. */
  async complete({ signal, ...prompt }: Prompt): Promise<Completion> {
    const request = requestOf(prompt, familyOf(prompt.model));
    const started = performance.now();
    const { data, response, request_id } = await this.#call(
      (deadline) => this.#sdk.chat.completions.create(request, { signal: deadline }).withResponse(),
      signal,
      roughTokens(prompt),
    );
    const read = readCompletion(data);
    if (!read) {
      throw new ModelUnavailable("broken_answer", { status: response.status, code: null, requestId: request_id });
    }
    return { ...read, requestId: request_id, latencyMs: Math.round(performance.now() - started) };
  }

  /** The models open to the key. Spends nothing, so it also serves to check a key; it does not prove that there is credit. */
  async listModels(signal?: AbortSignal): Promise<Model[]> {
    // Not `models.list()`: it reads a gateway's page of HTML as an empty list.
    const body = await this.#call((deadline) => this.#sdk.get<unknown>("/models", { signal: deadline }), signal);
    const list = ModelList.safeParse(body);
    if (!list.success) throw new ModelUnavailable("broken_answer", { status: 200, code: null, requestId: null });
    return list.data.data.map(({ id, shutdown_date }) => ({ id, shutdownDate: shutdown_date ?? null }));
  }

  async #call<T>(send: (deadline: AbortSignal) => Promise<T>, signal?: AbortSignal, tokens?: number): Promise<T> {
    signal?.throwIfAborted();
    // The SDK's own timeout ends with the headers of the answer; a body may stall for ever.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), this.#timeoutMs);
    try {
      return await send(signal ? AbortSignal.any([late.signal, signal]) : late.signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (late.signal.aborted) {
        throw new ModelUnavailable("timeout", { status: null, code: null, requestId: null });
      }
      throw failureOf(error, tokens);
    } finally {
      clearTimeout(timer);
    }
  }
}

function requestOf(prompt: Omit<Prompt, "signal">, family: ModelFamily): ChatCompletionCreateParamsNonStreaming {
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

/** About four characters to a token; good enough to see that a prompt exceeds a limit by far. */
function roughTokens({ developer, user, schema, maxCompletionTokens }: Omit<Prompt, "signal">): number {
  return Math.ceil((developer.length + user.length + JSON.stringify(schema).length) / 4) + maxCompletionTokens;
}
