import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { OpenAiClient, type Prompt } from "../../../server/src/openai/client.ts";
import { ModelFailure } from "../../../server/src/openai/failures.ts";
import { costOf } from "../../../server/src/openai/prices.ts";
import { CATALOGUE, modelsAt } from "./catalogue.ts";
import type { Scenario } from "./control/scenarios.ts";
import { LEAD_SCHEMA, LONG_RULES, leadText, PROMISING } from "./sample-request.ts";
import { type OpenAiSandbox, startOpenAi } from "./start.ts";

// The server's own client against the stand-in: requests it sends are accepted, answers and failures are understood.
let sandbox: OpenAiSandbox;
beforeAll(async () => {
  sandbox = await startOpenAi({ startAt: "2026-11-21T12:00:00Z" });
});
afterEach(() => sandbox.control.reset());
afterAll(() => sandbox.stop());

function client(options: { timeoutMs?: number; apiKey?: string; baseUrl?: string } = {}) {
  return new OpenAiClient({ apiKey: "sk-sandbox", baseUrl: sandbox.baseUrl, ...options });
}

function prompt(changed: Partial<Prompt> = {}): Prompt {
  return {
    model: "gpt-6-luna",
    developer: LONG_RULES,
    user: leadText(PROMISING),
    schema: { name: "lead_verdict", schema: LEAD_SCHEMA },
    maxCompletionTokens: 600,
    cacheKey: "a1:v1",
    safetyIdentifier: "0f3a",
    ...changed,
  };
}

async function failure(promise: Promise<unknown>): Promise<ModelFailure> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (error instanceof ModelFailure) return error;
  throw new Error("no ModelFailure", { cause: error });
}

test.each(modelsAt(Date.parse("2026-11-21")).map(({ id }) => id))("a request for %s is accepted", async (model) => {
  const completion = await client().complete(prompt({ model }));
  expect(completion).toMatchObject({
    outcome: "answer",
    serviceTier: "default",
    requestId: expect.stringMatching(/^req_/),
  });
  expect(completion.model).toContain(model);
});

test("the second lead reads the rules from the cache and writes nothing", async () => {
  const first = await client().complete(prompt());
  const second = await client().complete(prompt({ user: leadText("Hola, ¿cuánto cuesta?") }));
  expect(first.usage).toMatchObject({ cached: 0, cacheWrite: expect.any(Number) });
  expect(second.usage).toMatchObject({ cached: first.usage!.cacheWrite, cacheWrite: 0 });
  expect(second.usage!.cached).toBeGreaterThan(1024);
});

test("both sides agree on the price of every model", async () => {
  for (const { id, snapshot, price } of CATALOGUE) {
    const usage = { prompt: 3000, cached: 1000, cacheWrite: 1000, completion: 1000, reasoning: 0 };
    const dollars = 1000 * (price.input + price.cached + price.cacheWrite + price.output);
    for (const model of [id, snapshot]) {
      expect(costOf({ model, usage, serviceTier: null }, new Date())).toBe(Math.round(dollars));
    }
  }
});

describe("an outcome", () => {
  test.each<[Scenario["name"], string]>([
    ["refusal", "refusal"],
    ["length", "cut_off"],
    ["content_filter", "filtered"],
    ["empty_content", "empty"],
    ["bad_json", "answer"],
    ["missing_usage_details", "answer"],
    ["extra_unknown_fields", "answer"],
  ])("of %s is %s, with usage", async (name, outcome) => {
    sandbox.control.queue({ name });
    expect(await client().complete(prompt())).toMatchObject({ outcome, usage: { prompt: expect.any(Number) } });
  });
});

describe("a failure", () => {
  test.each<[Scenario["name"], object]>([
    ["400_schema", { name: "PromptRefused", param: "response_format" }],
    ["401", { name: "ModelKeyRefused", status: 401 }],
    ["403", { name: "ModelKeyRefused", status: 403 }],
    ["404_model", { name: "ModelNotFound" }],
    ["429_requests", { name: "ModelUnavailable", reason: "rate_limited", retryAfterMs: 1200 }],
    ["429_tokens", { name: "ModelUnavailable", reason: "rate_limited", retryAfterMs: 800 }],
    ["429_quota", { name: "ModelQuotaExhausted" }],
    ["retry_after_90", { name: "ModelUnavailable", retryAfterMs: 90_000 }],
    ["500", { name: "ModelUnavailable", reason: "server_error", retryAfterMs: null }],
    ["should_retry_false", { name: "ModelUnavailable", retryAfterMs: 60_000 }],
    ["502_html", { name: "ModelUnavailable", reason: "server_error" }],
    ["503", { name: "ModelUnavailable", reason: "server_error" }],
    ["reset_connection", { name: "ModelUnavailable", reason: "network" }],
    ["half_body", { name: "ModelUnavailable", reason: "network" }],
  ])("of %s says what to do, after one attempt", async (name, facts) => {
    sandbox.control.queue({ name });
    expect(await failure(client().complete(prompt()))).toMatchObject(facts);
    expect(sandbox.control.totals().calls).toBe(1);
  });

  test("of a prompt larger than the limit per minute is that it is too long", async () => {
    sandbox.control.changeOrganisation("sandbox", { tokensPerMinute: 1000 });
    expect(await failure(client().complete(prompt()))).toMatchObject({ name: "PromptTooLong" });
  });

  test("of an empty account is the quota", async () => {
    sandbox.control.changeOrganisation("sandbox", { creditMicroDollars: 1 });
    await client().complete(prompt());
    expect(await failure(client().complete(prompt()))).toMatchObject({ name: "ModelQuotaExhausted" });
  });

  test("of an answer that never comes is a timeout", async () => {
    sandbox.control.queue({ name: "hang" });
    expect(await failure(client({ timeoutMs: 50 }).complete(prompt()))).toMatchObject({ reason: "timeout" });
  });

  test("of nobody listening is the network", async () => {
    const nobody = client({ baseUrl: "http://127.0.0.1:1/v1" });
    expect(await failure(nobody.complete(prompt()))).toMatchObject({ name: "ModelUnavailable", reason: "network" });
  });
});

test("an environment meant for one account does not speak for the others", async () => {
  process.env.OPENAI_ORG_ID = "org-of-somebody";
  process.env.OPENAI_PROJECT_ID = "proj-of-somebody";
  try {
    await client().complete(prompt());
  } finally {
    delete process.env.OPENAI_ORG_ID;
    delete process.env.OPENAI_PROJECT_ID;
  }
  const { headers } = sandbox.control.calls()[0]!;
  expect(headers).not.toHaveProperty("openai-organization");
  expect(headers).not.toHaveProperty("openai-project");
});
