import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { PROMISING, sampleRequest } from "../sample-request.ts";
import { startOpenAi } from "../start.ts";
import type { CallTotals } from "./calls.ts";

const sandbox = await startOpenAi({ startAt: "2026-11-21T12:00:00Z" });
beforeEach(() => control("POST", "reset"));
afterAll(() => sandbox.stop());

/** Whatever an answer of the API may hold. */
interface Answer {
  data: unknown[];
  error: object;
  choices: object[];
  usage: object;
}

async function send(method: string, path: string, body?: unknown, key = "sk-sandbox") {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const response = await fetch(sandbox.origin + path, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer };
}

async function control<T = unknown>(method: string, what: string, body?: unknown): Promise<T> {
  return (await send(method, `/_emu/${what}`, body)).body as T;
}
const complete = (text = PROMISING, key?: string) => send("POST", "/v1/chat/completions", sampleRequest({}, text), key);

describe("scenarios", () => {
  test("hit the next calls in order, as often as they say", async () => {
    await control("POST", "scenarios", [{ name: "500", times: 2 }, { name: "503" }]);
    const statuses = [await complete(), await complete(), await complete(), await complete()].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([500, 500, 503, 200]);
  });

  test("may wait for a lead, and leave others alone", async () => {
    await control("POST", "scenarios", { name: "500", containing: "Ana" });
    expect((await complete("I am Bob")).status).toBe(200);
    expect((await complete("I am Ana")).status).toBe(500);
  });

  test("can be listed and cleared, and a wrong one is refused", async () => {
    await control("POST", "scenarios", { name: "hang" });
    expect(await control("GET", "")).toMatchObject({ scenarios: [{ name: "hang", times: 1 }] });
    expect(await control("DELETE", "scenarios")).toEqual([]);
    expect((await send("POST", "/_emu/scenarios", { name: "flood" })).status).toBe(400);
  });
});

describe("the ledger", () => {
  test("keeps what was asked and answered, without the key", async () => {
    await complete("I am Ana, how much?");
    await complete("I am Bob");
    const [call, ...others] = await control<object[]>("GET", "calls?containing=Ana");
    expect(others).toEqual([]);
    expect(call).toMatchObject({ status: 200, finishReason: "stop", organisation: "sandbox", model: "gpt-6-luna" });
    expect(call).toMatchObject({ request: { messages: [{}, { content: expect.stringContaining("Ana") }] } });
    expect(JSON.stringify(call)).not.toContain("sk-sandbox");
  });

  test("adds up usage and money, and counts a lead that was paid for twice", async () => {
    await complete("one");
    await complete("one");
    await complete("two");
    expect(await control("GET", "totals")).toMatchObject({ calls: 3, billed: 3, repeated: 1, byStatus: { "200": 3 } });
    expect(await control("GET", "totals?containing=two")).toMatchObject({ calls: 1, repeated: 0 });
    expect((await control<CallTotals>("GET", "totals")).costMicroDollars).toBeGreaterThan(0);
  });
});

test("refused keys are counted, though nobody is charged", async () => {
  await send("GET", "/v1/models", undefined, "sk-wrong");
  expect(await control("GET", "")).toMatchObject({ answered: { "GET /v1/models 401": 1 } });
});

describe("time", () => {
  test("refills the buckets when it is pushed forward, and stands still when frozen", async () => {
    await control("PUT", "organisations/sandbox", { requestsPerMinute: 1 });
    await control("POST", "clock", { frozen: true });
    expect((await complete()).status).toBe(200);
    const refused = await complete();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("x-ratelimit-remaining-requests")).toBe("0");
    await control("POST", "clock", { advanceMs: 60_000 });
    expect((await complete()).status).toBe(200);
  });

  test("retires models", async () => {
    expect((await send("GET", "/v1/models/gpt-5-mini")).status).toBe(200);
    await control("POST", "clock", { advanceMs: 21 * 86_400_000 });
    expect((await send("GET", "/v1/models/gpt-5-mini")).body.error).toMatchObject({ code: "model_not_found" });
  });
});

describe("an organisation", () => {
  test("may be added, has its own models and its own credit", async () => {
    await control("PUT", "organisations/poor", { keys: ["sk-poor"], models: ["gpt-4o-mini"], creditMicroDollars: 0 });
    expect((await send("GET", "/v1/models", undefined, "sk-poor")).body.data).toHaveLength(1);
    expect((await complete(PROMISING, "sk-poor")).body.error).toMatchObject({ code: "model_not_found" });
    const request = sampleRequest({ model: "gpt-4o-mini", reasoning_effort: undefined });
    const { body } = await send("POST", "/v1/chat/completions", request, "sk-poor");
    expect(body.error).toMatchObject({ type: "insufficient_quota" });
  });

  test("shares no limits with others", async () => {
    await control("PUT", "organisations/small", { keys: ["sk-small"], requestsPerMinute: 1 });
    await complete(PROMISING, "sk-small");
    expect((await complete(PROMISING, "sk-small")).status).toBe(429);
    expect((await complete()).status).toBe(200);
  });
});

test("more calls at once than allowed are told to slow down", async () => {
  await control("PUT", "settings", { latencyMs: 400, concurrency: 1 });
  const statuses = (await Promise.all([complete(), complete()])).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([200, 503]);
});

test("a forgotten effort spends the cap on thinking", async () => {
  const request = sampleRequest({ reasoning_effort: undefined, max_completion_tokens: 300 });
  const { body } = await send("POST", "/v1/chat/completions", request);
  expect(body.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "" } });
  expect(body.usage).toMatchObject({ completion_tokens: 300, completion_tokens_details: { reasoning_tokens: 300 } });
});

test("a prompt longer than the context is refused", async () => {
  const request = sampleRequest({ model: "gpt-4o-mini", reasoning_effort: undefined }, "word ".repeat(130_000));
  const { body } = await send("POST", "/v1/chat/completions", request);
  expect(body.error).toMatchObject({ code: "context_length_exceeded", param: "messages" });
});

test.each([
  ["POST", "/v1/responses", 404, "unknown_url"],
  ["GET", "/v1/chat/completions", 405, "method_not_supported"],
  ["POST", "/v1/chat/completions", 400, null],
])("%s %s without a body is answered with %i in an envelope", async (method, path, status, code) => {
  expect(await send(method, path)).toMatchObject({ status, body: { error: { code, type: "invalid_request_error" } } });
});

test("slashes that clients double or leave at the end do no harm", async () => {
  expect((await send("POST", "/v1//chat/completions/", sampleRequest())).status).toBe(200);
});

test("stopping does not wait for calls that hang or think", async () => {
  const other = await startOpenAi({ latencyMs: 60_000 });
  const headers = { authorization: "Bearer sk-sandbox" };
  const call = fetch(`${other.baseUrl}/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify(sampleRequest()),
  });
  await expect.poll(() => other.control.status.running).toBe(1);
  const failed = expect(call).rejects.toThrow();
  await other.stop();
  await failed;
});
