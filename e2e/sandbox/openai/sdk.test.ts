import OpenAI from "openai";
import { LengthFinishReasonError } from "openai/core/error";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ScenarioName } from "./control/scenarios.ts";
import { leadText, sampleRequest } from "./sample-request.ts";
import { type OpenAiSandbox, startOpenAi } from "./start.ts";

// The published SDK, unmodified: what it makes of every scenario is what contracts/openai.md, section 11, says.
let sandbox: OpenAiSandbox;
beforeAll(async () => {
  sandbox = await startOpenAi({ startAt: "2026-11-21T12:00:00Z" });
});
afterEach(() => sandbox.control.reset());
afterAll(() => sandbox.stop());

function sdk(options: { maxRetries?: number; timeout?: number; apiKey?: string } = {}) {
  return new OpenAI({ apiKey: "sk-sandbox", baseURL: sandbox.baseUrl, maxRetries: 0, logLevel: "off", ...options });
}

async function failure(promise: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error: unknown = await promise.then(
    () => new Error("it succeeded"),
    (reason: unknown) => reason,
  );
  if (error instanceof OpenAI.APIError) return error;
  throw error;
}

describe("the SDK throws its own class for", () => {
  test.each<[ScenarioName, new (...args: never[]) => Error, object]>([
    ["400_schema", OpenAI.BadRequestError, { status: 400, param: "response_format", code: null }],
    ["401", OpenAI.AuthenticationError, { status: 401, code: "invalid_api_key" }],
    ["403", OpenAI.PermissionDeniedError, { status: 403, code: "unsupported_country_region_territory" }],
    ["404_model", OpenAI.NotFoundError, { status: 404, code: "model_not_found" }],
    ["429_requests", OpenAI.RateLimitError, { code: "rate_limit_exceeded", type: "requests" }],
    ["429_tokens", OpenAI.RateLimitError, { code: "rate_limit_exceeded", type: "tokens" }],
    ["429_too_large", OpenAI.RateLimitError, { code: "rate_limit_exceeded", type: "tokens" }],
    ["429_quota", OpenAI.RateLimitError, { code: "insufficient_quota", type: "insufficient_quota" }],
    ["retry_after_90", OpenAI.RateLimitError, { code: "rate_limit_exceeded" }],
    ["500", OpenAI.InternalServerError, { status: 500, type: "server_error", code: null }],
    ["502_html", OpenAI.InternalServerError, { status: 502, type: undefined, code: undefined }],
    ["503", OpenAI.InternalServerError, { status: 503 }],
    ["should_retry_false", OpenAI.InternalServerError, { status: 500 }],
  ])("%s", async (name, type, fields) => {
    sandbox.control.queue({ name });
    const error = await failure(sdk().chat.completions.create(sampleRequest()));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject(fields);
    expect(error.requestID).toMatch(/^req_/);
  });

  test("a reset connection", async () => {
    sandbox.control.queue({ name: "reset_connection" });
    expect(await failure(sdk().chat.completions.create(sampleRequest()))).toBeInstanceOf(OpenAI.APIConnectionError);
  });

  test("an answer that never comes", async () => {
    sandbox.control.queue({ name: "hang" });
    const error = await failure(sdk({ timeout: 50 }).chat.completions.create(sampleRequest()));
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
  });

  test("an answer that comes too late, which is billed all the same", async () => {
    sandbox.control.queue({ name: "slow", ms: 150 });
    const error = await failure(sdk({ timeout: 50 }).chat.completions.create(sampleRequest()));
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    await expect.poll(() => sandbox.control.totals()).toMatchObject({ billed: 1, clientGone: 1 });
  });

  test("an unknown key and a missing model", async () => {
    const wrong = sdk({ apiKey: "sk-wrong" });
    expect(await failure(wrong.models.list())).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(await failure(sdk().models.retrieve("gpt-4.1-nano"))).toBeInstanceOf(OpenAI.NotFoundError);
  });
});

test("half a body is no API error, but a connection that breaks while reading", async () => {
  sandbox.control.queue({ name: "half_body" });
  await expect(sdk().chat.completions.create(sampleRequest())).rejects.not.toBeInstanceOf(OpenAI.APIError);
  expect(sandbox.control.totals().billed).toBe(1);
});

describe("retries of the SDK", () => {
  test.each<[ScenarioName, number]>([
    ["500", 2],
    ["429_quota", 2],
    ["should_retry_false", 1],
    ["400_schema", 1],
    ["401", 1],
  ])("%s is attempted %i times with one retry allowed", async (name, attempts) => {
    sandbox.control.queue({ name, times: 2 });
    await failure(sdk({ maxRetries: 1 }).chat.completions.create(sampleRequest()));
    const calls = sandbox.control.calls();
    expect(calls.map(({ headers }) => headers["x-stainless-retry-count"])).toEqual(["0", "1"].slice(0, attempts));
  });

  test("a rate limit is survived by waiting as long as the server asks", async () => {
    sandbox.control.queue({ name: "429_tokens" });
    const answer = await sdk({ maxRetries: 1 }).chat.completions.create(sampleRequest());
    expect(answer.choices[0]?.finish_reason).toBe("stop");
  });
});

describe("with status 200", () => {
  async function ask(name: ScenarioName) {
    sandbox.control.queue({ name });
    const answer = await sdk().chat.completions.create(sampleRequest());
    return { answer, choice: answer.choices[0]!, content: answer.choices[0]!.message.content };
  }

  test("a refusal has no content", async () => {
    const { choice } = await ask("refusal");
    expect(choice).toMatchObject({ finish_reason: "stop", message: { content: null, refusal: expect.any(String) } });
  });

  test("a cut-off answer is broken JSON and bills the whole cap", async () => {
    const { answer, choice, content } = await ask("length");
    expect(choice.finish_reason).toBe("length");
    expect(() => JSON.parse(content!)).toThrow(SyntaxError);
    expect(answer.usage?.completion_tokens).toBe(600);
  });

  test("a filtered answer says so", async () => {
    expect((await ask("content_filter")).choice).toMatchObject({
      finish_reason: "content_filter",
      message: { content: "" },
    });
  });

  test("an answer may be empty or no JSON", async () => {
    expect((await ask("empty_content")).content).toBe("");
    const { content } = await ask("bad_json");
    expect(() => JSON.parse(content!)).toThrow(SyntaxError);
  });

  test("an answer may break its schema, invent quotes or obey the lead", async () => {
    expect(JSON.parse((await ask("out_of_range")).content!)).toMatchObject({
      score: 140,
      criteria: { need: { level: 140 } },
    });
    const invented = JSON.parse((await ask("invented_quote")).content!).criteria.need.quote;
    expect(leadText("")).not.toContain(invented);
    expect(JSON.parse((await ask("injection_obeyed")).content!)).toMatchObject({ score: 100, segment: "hot" });
  });

  test("usage may lack its details, and fields nobody knows may come", async () => {
    expect((await ask("missing_usage_details")).answer.usage).not.toHaveProperty("prompt_tokens_details");
    expect((await ask("extra_unknown_fields")).answer).toHaveProperty("x_new_field");
  });
});

test("parse() of the SDK throws on a cut-off answer and keeps neither usage nor request id", async () => {
  sandbox.control.queue({ name: "length" });
  const error: unknown = await sdk()
    .chat.completions.parse(sampleRequest())
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LengthFinishReasonError);
  expect(error).not.toHaveProperty("requestID");
});

test("every answer carries a request id, the levels of both buckets and the name of the payer", async () => {
  const { response, request_id } = await sdk().chat.completions.create(sampleRequest()).withResponse();
  expect(request_id).toMatch(/^req_/);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "x-ratelimit-limit-requests": "30000",
    "x-ratelimit-remaining-requests": expect.stringMatching(/^(29999|30000)$/),
    "x-ratelimit-reset-requests": expect.stringMatching(/^\d+ms$/),
    "x-ratelimit-limit-tokens": "150000000",
    "openai-organization": "sandbox",
  });
});

test("models are listed with the day they shut down, also under a base URL with a trailing slash", async () => {
  const client = new OpenAI({ apiKey: "sk-sandbox", baseURL: `${sandbox.baseUrl}/`, maxRetries: 0 });
  const models = (await client.models.list()).data;
  expect(models.find(({ id }) => id === "gpt-4o-mini")).toMatchObject({ shutdown_date: "2027-01-14" });
  expect(models.find(({ id }) => id === "gpt-6-luna")).toMatchObject({ shutdown_date: null, object: "model" });
  expect(models.some(({ id }) => id === "gpt-4.1-nano")).toBe(false);
});
