import { expect, test } from "vitest";
import { ApiError } from "../api-error.ts";
import { CATALOGUE } from "../catalogue.ts";
import { LEAD_SCHEMA, sampleRequest } from "../sample-request.ts";
import { readRequest } from "./chat-request.ts";

const modelCalled = (id: string) => CATALOGUE.find((model) => model.id === id)!;

function refusal(changed: object, model = "gpt-6-luna") {
  try {
    readRequest({ ...sampleRequest(), model, ...changed }, modelCalled(model));
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, param: error.param, code: error.code };
    throw error;
  }
  return null;
}

const message = (content: unknown) => ({ messages: [{ role: "user", content }] });
const format = (json_schema: object) => ({ response_format: { type: "json_schema", json_schema } });
const breakpoint = { type: "text", text: "x", prompt_cache_breakpoint: { mode: "explicit" } };

test.each<[string, object, string | null, string | null]>([
  ["a field nobody knows", { mood: "good" }, "mood", "unknown_parameter"],
  ["max_tokens", { max_tokens: 100 }, "max_tokens", "unsupported_parameter"],
  ["temperature while thinking", { temperature: 0, reasoning_effort: "low" }, "temperature", "unsupported_value"],
  [
    "temperature when thinking is forgotten",
    { temperature: 0, reasoning_effort: undefined },
    "temperature",
    "unsupported_value",
  ],
  ["top_p while thinking", { top_p: 0.5, reasoning_effort: "high" }, "top_p", "unsupported_value"],
  ["logprobs while thinking", { logprobs: true, reasoning_effort: "low" }, "logprobs", "unsupported_parameter"],
  ["minimal effort on Luna", { reasoning_effort: "minimal" }, "reasoning_effort", "unsupported_value"],
  ["a cap of zero", { max_completion_tokens: 0 }, "max_completion_tokens", "integer_below_min_value"],
  ["a cap that is no number", { max_completion_tokens: "9" }, "max_completion_tokens", "invalid_type"],
  ["a temperature above 2", { temperature: 3 }, "temperature", "integer_above_max_value"],
  ["an unknown tier", { service_tier: "gold" }, "service_tier", "invalid_value"],
  ["a long safety identifier", { safety_identifier: "x".repeat(65) }, "safety_identifier", "string_above_max_length"],
  [
    "17 pairs of metadata",
    { metadata: Object.fromEntries([..."abcdefghijklmnopq"].map((key) => [key, ""])) },
    "metadata",
    "invalid_value",
  ],
  ["an unknown cache mode", { prompt_cache_options: { mode: "both" } }, "prompt_cache_options.mode", "invalid_value"],
  ["a cache lifetime of a day", { prompt_cache_options: { ttl: "24h" } }, "prompt_cache_options.ttl", "invalid_value"],
  [
    "retention beside the new options",
    { prompt_cache_options: {}, prompt_cache_retention: "24h" },
    "prompt_cache_retention",
    "unsupported_parameter",
  ],
  ["streaming", { stream: true }, "stream", "unsupported_parameter"],
  ["no messages", { messages: undefined }, "messages", "missing_required_parameter"],
  ["an empty list of messages", { messages: [] }, "messages", "empty_array"],
  ["an unknown role", { messages: [{ role: "boss", content: "x" }] }, "messages[0].role", "invalid_value"],
  ["a number as content", message(5), "messages[0].content", "invalid_type"],
  [
    "an image",
    message([{ type: "image_url", image_url: {} }]),
    "messages[0].content[0].image_url",
    "unknown_parameter",
  ],
  ["an unknown field of a part", message([{ ...breakpoint, x: 1 }]), "messages[0].content[0].x", "unknown_parameter"],
  ["json_object without the word", { response_format: { type: "json_object" }, ...message("hi") }, "messages", null],
  [
    "a schema name with a space",
    format({ name: "a b", strict: true, schema: LEAD_SCHEMA }),
    "response_format.json_schema.name",
    "invalid_value",
  ],
  [
    "no schema",
    format({ name: "a", strict: true }),
    "response_format.json_schema.schema",
    "missing_required_parameter",
  ],
  [
    "a schema outside the strict subset",
    format({ name: "a", strict: true, schema: { type: "object" } }),
    "response_format",
    null,
  ],
])("%s is refused, naming the parameter", (_, changed, param, code) => {
  expect(refusal(changed)).toEqual({ status: 400, param, code });
});

test.each<[string, object, string, string | null]>([
  ["cache options", { prompt_cache_options: { mode: "explicit" } }, "gpt-5.4-nano", "prompt_cache_options"],
  ["a breakpoint", message([breakpoint]), "gpt-5.4-nano", "messages[0].content[0].prompt_cache_breakpoint"],
  ["effort", { reasoning_effort: "none" }, "gpt-4o-mini", "reasoning_effort"],
  ["effort none", { reasoning_effort: "none" }, "gpt-5-mini", "reasoning_effort"],
  ["temperature", { reasoning_effort: "minimal", temperature: 0 }, "gpt-5-mini", "temperature"],
])("%s is refused by a model that does not have it", (_, changed, model, param) => {
  expect(refusal(changed, model)).toMatchObject({ status: 400, param });
});

test.each<[string, object, string]>([
  ["temperature without thinking", { temperature: 0, seed: 7, top_p: 0.9 }, "gpt-6-luna"],
  [
    "both kinds of cache marks",
    { prompt_cache_options: { mode: "explicit", ttl: "30m" }, ...message([breakpoint]) },
    "gpt-6-luna",
  ],
  ["max_tokens on an old model", { max_tokens: 9, reasoning_effort: undefined }, "gpt-4o-mini"],
  ["minimal effort where it exists", { reasoning_effort: "minimal" }, "gpt-5-mini"],
  ["a loose schema that does not claim to be strict", format({ name: "a", schema: { type: "object" } }), "gpt-6-luna"],
])("%s is accepted", (_, changed, model) => {
  expect(refusal(changed, model)).toBeNull();
});
