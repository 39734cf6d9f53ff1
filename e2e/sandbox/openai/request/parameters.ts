import { invalid } from "../api-error.ts";
import type { CatalogueModel, Effort } from "../catalogue.ts";
import { isObject, type Json } from "../json.ts";

/** Every field of the API's request; those in `NOT_IMITATED` are known and refused. */
const FIELDS = new Set([
  ...["model", "messages", "response_format", "max_completion_tokens", "max_tokens", "reasoning_effort", "verbosity"],
  ...["temperature", "top_p", "seed", "logprobs", "top_logprobs", "n", "stop", "service_tier", "store", "metadata"],
  ...["prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "safety_identifier", "user", "stream"],
  ...[
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
  ],
  ...["function_call", "audio", "modalities", "prediction", "stream_options", "web_search_options", "moderation"],
]);

const NOT_IMITATED = ["tools", "functions", "audio", "modalities", "prediction", "web_search_options", "moderation"];

/** Largest size in characters; npm and the August specification disagree (128, 64), so the stricter one counts. */
const SAFETY_IDENTIFIER_LENGTH = 64;

/**
 * Checks all but messages and response format.
 * @returns the effort with which the model will think.
 * @throws {ApiError} 400 naming the parameter.
 */
export function checkParameters(body: Json, model: CatalogueModel): Effort {
  const unknown = Object.keys(body).find((field) => !FIELDS.has(field));
  if (unknown) throw invalid(`Unknown parameter: '${unknown}'.`, unknown, "unknown_parameter");
  for (const field of NOT_IMITATED) {
    if (body[field] !== undefined) throw unsupported(field, "This stand-in does not imitate it.");
  }
  if (body.stream === true) throw unsupported("stream", "This stand-in does not stream.");
  if ((body.n ?? 1) !== 1) throw unsupported("n", "This stand-in answers once.");

  if (body.max_tokens !== undefined && !model.acceptsMaxTokens) {
    throw unsupported("max_tokens", "Use 'max_completion_tokens' instead.");
  }
  for (const cap of ["max_tokens", "max_completion_tokens"]) whole(body, cap, 1);
  within(body, "temperature", 0, 2);
  within(body, "top_p", 0, 1);
  whole(body, "top_logprobs", 0, 20);
  oneOf(body, "verbosity", ["low", "medium", "high"]);
  oneOf(body, "service_tier", ["auto", "default", "flex", "scale", "priority", "fast"]);
  checkTexts(body);
  checkCaching(body, model);
  const effort = effortOf(body, model);
  if (effort !== "none") checkSampling(body, effort);
  return effort;
}

function effortOf(body: Json, model: CatalogueModel): Effort {
  const asked = body.reasoning_effort ?? null;
  if (!model.reasoning) {
    if (asked !== null) throw unsupported("reasoning_effort", "This model does not reason.");
    return "none";
  }
  const { efforts } = model.reasoning;
  const effort = asked === null ? model.reasoning.default : efforts.find((known) => known === asked);
  if (effort) return effort;
  throw unsupportedValue(
    "reasoning_effort",
    `does not support '${String(asked)}' with this model. Supported values are: ${efforts.map((known) => `'${known}'`).join(", ")}`,
  );
}

/** A model that reasons chooses its words itself. */
function checkSampling(body: Json, effort: Effort): void {
  for (const field of ["temperature", "top_p"]) {
    if ((body[field] ?? 1) !== 1) {
      throw unsupportedValue(
        field,
        `does not support ${String(body[field])} with effort '${effort}'. Only the default (1) is supported`,
      );
    }
  }
  if (body.logprobs === true) throw unsupported("logprobs", `Not available with effort '${effort}'.`);
}

function checkCaching(body: Json, model: CatalogueModel): void {
  const options = body.prompt_cache_options;
  if (options === undefined || options === null) return;
  if (model.cache !== "marked") throw unsupported("prompt_cache_options", "This model caches by itself.");
  if (body.prompt_cache_retention !== undefined && body.prompt_cache_retention !== null) {
    throw unsupported("prompt_cache_retention", "It cannot be combined with 'prompt_cache_options'.");
  }
  if (!isObject(options)) throw wrongType("prompt_cache_options", "an object");
  for (const field of Object.keys(options)) {
    if (field === "mode" || field === "ttl") continue;
    throw invalid(
      `Unknown parameter: 'prompt_cache_options.${field}'.`,
      `prompt_cache_options.${field}`,
      "unknown_parameter",
    );
  }
  oneOf(options, "mode", ["implicit", "explicit"], "prompt_cache_options.");
  oneOf(options, "ttl", ["30m"], "prompt_cache_options.");
}

function checkTexts(body: Json): void {
  for (const field of ["prompt_cache_key", "safety_identifier", "user"]) {
    const value = body[field] ?? "";
    if (typeof value !== "string") throw wrongType(field, "a string");
  }
  if (String(body.safety_identifier ?? "").length > SAFETY_IDENTIFIER_LENGTH) {
    throw invalid(
      `Invalid 'safety_identifier': string too long. Expected a string with maximum length ${SAFETY_IDENTIFIER_LENGTH}.`,
      "safety_identifier",
      "string_above_max_length",
    );
  }
  if (body.metadata === undefined || body.metadata === null) return;
  if (!isObject(body.metadata)) throw wrongType("metadata", "an object");
  const pairs = Object.entries(body.metadata);
  const fits = pairs.every(([key, value]) => key.length <= 64 && typeof value === "string" && value.length <= 512);
  if (pairs.length > 16 || !fits) {
    throw invalid("Invalid 'metadata': at most 16 pairs of 64 and 512 characters.", "metadata", "invalid_value");
  }
}

function whole(body: Json, field: string, min: number, max = Number.MAX_SAFE_INTEGER): void {
  const value = body[field];
  if (value !== undefined && value !== null && !Number.isInteger(value)) throw wrongType(field, "an integer");
  within(body, field, min, max);
}

function within(body: Json, field: string, min: number, max: number): void {
  const value = body[field];
  if (value === undefined || value === null) return;
  if (typeof value !== "number") throw wrongType(field, "a number");
  if (value < min) throw invalid(`Invalid '${field}': below the minimum ${min}.`, field, "integer_below_min_value");
  if (value > max) throw invalid(`Invalid '${field}': above the maximum ${max}.`, field, "integer_above_max_value");
}

function oneOf(body: Json, field: string, values: readonly string[], prefix = ""): void {
  const value = body[field];
  if (value === undefined || value === null || values.includes(String(value))) return;
  const choices = values.map((one) => `'${one}'`).join(", ");
  throw invalid(
    `Invalid value: '${String(value)}'. Supported values are: ${choices}.`,
    prefix + field,
    "invalid_value",
  );
}

function wrongType(field: string, expected: string) {
  return invalid(`Invalid type for '${field}': expected ${expected}.`, field, "invalid_type");
}

function unsupported(field: string, reason: string) {
  return invalid(`Unsupported parameter: '${field}' is not supported here. ${reason}`, field, "unsupported_parameter");
}

function unsupportedValue(field: string, problem: string) {
  return invalid(`Unsupported value: '${field}' ${problem}.`, field, "unsupported_value");
}
