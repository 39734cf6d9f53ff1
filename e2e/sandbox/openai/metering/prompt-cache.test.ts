import { describe, expect, test } from "vitest";
import { CATALOGUE } from "../catalogue.ts";
import { readRequest } from "../request/chat-request.ts";
import { LONG_RULES, leadText, sampleRequest } from "../sample-request.ts";
import { PromptCache } from "./prompt-cache.ts";
import { layOut, promptTokens } from "./prompt-layout.ts";

const MINUTE = 60_000;

interface Ask {
  lead: string;
  rules?: string;
  marked?: boolean;
  mode?: "implicit" | "explicit";
  model?: string;
  key?: string;
  now?: number;
}

/** Asks and answers at once; says how many tokens the prompt has, and how many were read and written. */
function ask(
  cache: PromptCache,
  { lead, rules = LONG_RULES, marked = true, mode = "explicit", model = "gpt-6-luna", key = "k", now = 0 }: Ask,
) {
  const isNew = model === "gpt-6-luna";
  const body = sampleRequest({
    model,
    ...(isNew && { prompt_cache_options: { mode } }),
    reasoning_effort: isNew ? "none" : undefined,
    prompt_cache_key: key,
    messages: [
      {
        role: "developer",
        content: [
          { type: "text", text: rules, ...(marked && isNew && { prompt_cache_breakpoint: { mode: "explicit" } }) },
        ],
      },
      { role: "user", content: leadText(lead) },
    ],
  });
  const request = readRequest({ ...body }, CATALOGUE.find(({ id }) => id === model)!);
  const pieces = layOut(request);
  const use = cache.use(request, pieces, now);
  use.keep(now);
  return { prompt: promptTokens(pieces), cached: use.cachedTokens, written: use.writtenTokens };
}

describe("a marked prefix", () => {
  test("is written once and then read by every other lead", () => {
    const cache = new PromptCache(false);
    const first = ask(cache, { lead: "one" });
    expect(first.cached).toBe(0);
    expect(first.written).toBeGreaterThan(1024);
    expect(first.written).toBeLessThan(first.prompt);
    expect(ask(cache, { lead: "two" })).toMatchObject({ cached: first.written, written: 0 });
  });

  test("is forgotten after half an hour without use", () => {
    const cache = new PromptCache(false);
    ask(cache, { lead: "one" });
    expect(ask(cache, { lead: "two", now: 29 * MINUTE }).cached).toBeGreaterThan(0);
    expect(ask(cache, { lead: "three", now: 58 * MINUTE }).cached).toBeGreaterThan(0);
    expect(ask(cache, { lead: "four", now: 89 * MINUTE }).cached).toBe(0);
  });

  test("below 1024 tokens is not kept", () => {
    const cache = new PromptCache(false);
    ask(cache, { lead: "one", rules: "Short rules." });
    expect(ask(cache, { lead: "two", rules: "Short rules." })).toMatchObject({ cached: 0, written: 0 });
  });

  test("belongs to its key, its rules and its model", () => {
    const cache = new PromptCache(false);
    ask(cache, { lead: "one" });
    expect(ask(cache, { lead: "two", key: "other" }).cached).toBe(0);
    expect(ask(cache, { lead: "two", rules: `${LONG_RULES}!` }).cached).toBe(0);
  });

  test("is not seen by a call that began before the first was answered", () => {
    const cache = new PromptCache(false);
    const body = sampleRequest({ messages: [{ role: "user", content: LONG_RULES }] });
    const request = readRequest({ ...body }, CATALOGUE.find(({ id }) => id === "gpt-6-luna")!);
    const first = cache.use(request, layOut(request), 0);
    expect(cache.use(request, layOut(request), 0).cachedTokens).toBe(0);
    first.keep(0);
    expect(cache.use(request, layOut(request), 0).cachedTokens).toBeGreaterThan(0);
  });
});

describe("without a mark", () => {
  test("explicit mode caches nothing", () => {
    const cache = new PromptCache(false);
    expect(ask(cache, { lead: "one", marked: false })).toMatchObject({ written: 0 });
    expect(ask(cache, { lead: "one", marked: false })).toMatchObject({ cached: 0 });
  });

  test("implicit mode pays for writing every lead and reads none of it for the next", () => {
    const cache = new PromptCache(false);
    ask(cache, { lead: "one", marked: false, mode: "implicit" });
    const second = ask(cache, { lead: "two", marked: false, mode: "implicit" });
    expect(second.cached).toBe(0);
    expect(second.written).toBeGreaterThan(1024);
  });

  test("implicit mode reads the shared beginning where the switch says so", () => {
    const cache = new PromptCache(true);
    ask(cache, { lead: "one", marked: false, mode: "implicit" });
    expect(ask(cache, { lead: "two", marked: false, mode: "implicit" }).cached).toBeGreaterThanOrEqual(1024);
  });

  test("older models read the shared beginning in blocks, and write free of charge", () => {
    const cache = new PromptCache(false);
    ask(cache, { lead: "one", model: "gpt-4o-mini" });
    const second = ask(cache, { lead: "two", model: "gpt-4o-mini" });
    expect(second.cached).toBeGreaterThanOrEqual(1024);
    expect(second.cached % 128).toBe(0);
    expect(second.written).toBe(0);
  });
});
