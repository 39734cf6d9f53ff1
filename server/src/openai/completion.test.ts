import { expect, test } from "vitest";
import { readCompletion } from "./completion.ts";

const body = (finishReason: string, message: object, rest: object = {}) => ({
  model: "gpt-6-luna",
  service_tier: "default",
  choices: [{ index: 0, finish_reason: finishReason, message }],
  usage: {
    prompt_tokens: 1312,
    completion_tokens: 64,
    prompt_tokens_details: { cached_tokens: 1090, cache_write_tokens: 100 },
    completion_tokens_details: { reasoning_tokens: 7 },
  },
  ...rest,
});

test.each([
  ["an answer", "stop", { content: "{}", refusal: null }, { outcome: "answer", content: "{}" }],
  ["a refusal", "stop", { content: null, refusal: "I can't." }, { outcome: "refusal", text: "I can't." }],
  ["a cut-off answer", "length", { content: '{"seg', refusal: null }, { outcome: "cut_off" }],
  ["a filtered answer", "content_filter", { content: "{}", refusal: null }, { outcome: "filtered" }],
  ["an empty answer", "stop", { content: " ", refusal: null }, { outcome: "empty" }],
  ["a tool call nobody offered", "tool_calls", { content: null }, { outcome: "empty" }],
])("reads %s with its usage", (_, finishReason, message, outcome) => {
  expect(readCompletion(body(finishReason, message))).toEqual({
    model: "gpt-6-luna",
    serviceTier: "default",
    usage: { prompt: 1312, cached: 1090, cacheWrite: 100, completion: 64, reasoning: 7 },
    ...outcome,
  });
});

test("details that are missing count as nothing, fields nobody knows are passed over", () => {
  const usage = { prompt_tokens: 10, completion_tokens: 2, prompt_tokens_details: null, colour: "blue" };
  expect(readCompletion(body("stop", { content: "{}", mood: 1 }, { usage, service_tier: undefined }))).toMatchObject({
    outcome: "answer",
    serviceTier: null,
    usage: { prompt: 10, cached: 0, cacheWrite: 0, completion: 2, reasoning: 0 },
  });
});

test("an answer without usage says so instead of counting zero", () => {
  expect(readCompletion(body("stop", { content: "{}" }, { usage: undefined }))).toMatchObject({ usage: null });
});

test.each([
  ["a page", "<html></html>"],
  ["nothing", null],
  ["no choices", body("stop", {}, { choices: [] })],
  ["an error envelope", { error: { message: "no" } }],
])("%s is not a completion", (_, answer) => {
  expect(readCompletion(answer)).toBeNull();
});
