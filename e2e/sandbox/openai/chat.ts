import { setTimeout as sleep } from "node:timers/promises";
import { ApiError, invalid, noSuchModel } from "./api-error.ts";
import { type CatalogueModel, modelsAt } from "./catalogue.ts";
import { type Call, newCall } from "./control/calls.ts";
import { isRefusal, REFUSALS, type Scenario } from "./control/scenarios.ts";
import { isObject } from "./json.ts";
import { textsBy } from "./judge/answer.ts";
import { draftFor } from "./judge/draft.ts";
import type { Organisation } from "./metering/organisation.ts";
import { layOut, promptTokens } from "./metering/prompt-layout.ts";
import { completionReply, errorReply, jsonReply, proxyPage, type Reply } from "./reply.ts";
import { type ChatRequest, readRequest } from "./request/chat-request.ts";
import type { OpenAiState } from "./state.ts";

export interface ChatCall {
  organisation: Organisation;
  requestId: string;
  headers: Record<string, string>;
  body: unknown;
  /** Whether the client has hung up. */
  isGone: () => boolean;
}

/** `POST /v1/chat/completions`: every call ends in the ledger, answered or not. */
export async function chat(
  state: OpenAiState,
  { organisation, requestId, headers, body, isGone }: ChatCall,
): Promise<Reply> {
  const at = new Date(state.clock.now()).toISOString();
  const call = newCall({ at, requestId, organisation: organisation.name, headers, request: body });
  try {
    const request = readChat(state, organisation, body, call);
    const reply = await answer(state, organisation, request, call);
    call.clientGone = isGone();
    call.status = reply.delivery === "never" || reply.delivery === "reset" ? null : reply.status;
    return reply;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    call.status = error.status;
    call.code = error.code;
    const limits = call.model ? organisation.limitsOf(call.model, state.clock.now()) : null;
    return errorReply(error, limits?.headers(state.clock.now()));
  } finally {
    state.calls.add(call);
  }
}

function readChat(state: OpenAiState, organisation: Organisation, body: unknown, call: Call): ChatRequest {
  if (!isObject(body)) throw invalid("We could not parse the JSON body of your request.", null);
  if (typeof body.model !== "string") {
    throw invalid("you must provide a model parameter", "model", "missing_required_parameter");
  }
  const model = findModel(state, organisation, body.model);
  call.model = model.id;
  const request = readRequest(body, model, state.lenientSchemas);
  call.user = textsBy(request, "user").join("\n");
  return request;
}

/** @throws {ApiError} 404 for a model that is unknown, retired or not open to the organisation. */
export function findModel(state: OpenAiState, organisation: Organisation, asked: string): CatalogueModel {
  const model = modelsAt(state.clock.now()).find(({ id, snapshot }) => id === asked || snapshot === asked);
  if (!model || !organisation.mayUse(model.id)) throw noSuchModel(asked);
  return model;
}

async function answer(
  state: OpenAiState,
  organisation: Organisation,
  request: ChatRequest,
  call: Call,
): Promise<Reply> {
  const { clock, settings } = state;
  const { model } = request;
  const pieces = layOut(request);
  const prompt = promptTokens(pieces);
  if (prompt + (request.cap ?? 0) > model.context) {
    throw invalid(
      `This model's maximum context length is ${model.context} tokens. However, your messages resulted in ${prompt} tokens.`,
      "messages",
      "context_length_exceeded",
    );
  }
  const scenario = state.scenarios.take(call.user);
  call.scenario = scenario?.name ?? null;
  const refused = early(scenario, model.id);
  if (refused) return refused;

  organisation.requireCredit();
  const limits = organisation.limitsOf(model.id, clock.now());
  limits.take(model.id, prompt + (request.cap ?? 0), clock.now());
  if (settings.concurrency !== null && state.running >= settings.concurrency) {
    throw new ApiError(503, "Slow down: too many requests at once.", {
      type: "server_error",
      headers: { "retry-after": "1" },
    });
  }

  const delayMs = settings.latencyMs + (scenario?.name === "slow" ? (scenario.ms ?? 1000) : 0);
  const cache = organisation.cache.use(request, pieces, clock.now());
  const draft = draftFor(request, settings.gullible, scenario?.name ?? null);
  await thinking(state, delayMs);

  cache.keep(clock.now());
  const { completion, reasoning } = draft;
  call.usage = { prompt, cached: cache.cachedTokens, written: cache.writtenTokens, completion, reasoning };
  call.costMicroDollars = organisation.charge(model, call.usage);
  call.finishReason = draft.finishReason;
  call.content = draft.content;
  call.refusal = draft.refusal;
  const about = {
    requestId: call.requestId,
    seconds: Math.floor(clock.now() / 1000),
    scenario: scenario?.name ?? null,
  };
  const headers = { ...limits.headers(clock.now()), "openai-processing-ms": String(delayMs) };
  const reply = jsonReply(200, completionReply(request, draft, call.usage, about), headers);
  if (scenario?.name === "half_body") return { ...reply, delivery: "half" };
  return scenario?.name === "hang" ? { ...reply, delivery: "never" } : reply;
}

/** Scenarios in which the model never sees the prompt. */
function early(scenario: Scenario | null, model: string): Reply | null {
  if (!scenario) return null;
  if (isRefusal(scenario.name)) throw REFUSALS[scenario.name](model);
  if (scenario.name === "502_html") return proxyPage();
  return scenario.name === "reset_connection" ? { ...proxyPage(), delivery: "reset" } : null;
}

/** Goes on when the client hangs up: the provider bills what it has begun. */
async function thinking(state: OpenAiState, ms: number): Promise<void> {
  state.running += 1;
  state.peak = Math.max(state.peak, state.running);
  try {
    if (ms > 0) await sleep(ms, undefined, { signal: state.stopping.signal });
  } finally {
    state.running -= 1;
  }
}
