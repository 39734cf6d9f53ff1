import type { Billable, Usage } from "./completion.ts";

/** Nano-dollars per token, which is thousandths of a dollar per million tokens: 100 means $0.10 per 1M. */
interface Price {
  /** First day (UTC) it holds. Before the first row of a model, the first row is used. */
  from: string;
  input: number;
  /** Prompt tokens read from the cache, instead of `input`. */
  cached: number;
  /** Prompt tokens written to the cache, instead of `input`. Equal to `input` where writing costs nothing extra. */
  cacheWrite: number;
  output: number;
  /** Whether prompts above `LONG_PROMPT` cost more. */
  longPromptsCostMore: boolean;
}

const LONG_PROMPT = 272_000;

// Standard tier, global processing. Prices move: append a row with the new date, never edit one.
const PRICES: Record<string, Price[]> = {
  "gpt-4o-mini": [flat("2026-11-21", 150, 75, 600)],
  "gpt-4.1-mini": [flat("2026-11-21", 400, 100, 1600)],
  "gpt-4.1-nano": [flat("2026-11-21", 100, 25, 400)],
  "gpt-5-nano": [flat("2026-11-21", 50, 5, 400)],
  "gpt-5-mini": [flat("2026-11-21", 250, 25, 2000)],
  "gpt-5.4-nano": [flat("2026-11-21", 200, 20, 1250)],
  "gpt-5.6-luna": [withWriteFee("2026-11-21", 200, 20, 250, 1200)],
  "gpt-6-luna": [withWriteFee("2026-11-21", 100, 10, 125, 500)],
  "gpt-6.1-terra": [withWriteFee("2026-11-21", 1000, 50, 1250, 5000)],
  "gpt-6-sol": [withWriteFee("2026-11-21", 2000, 200, 2500, 10_000)],
};

/** The first day (UTC) on which a model does not answer any more, as far as it is announced. */
const RETIREMENTS: Record<string, string> = {
  "gpt-4o-mini": "2027-01-14",
  "gpt-4.1-mini": "2027-01-14",
  "gpt-4.1-nano": "2026-10-23",
  "gpt-5-nano": "2026-12-11",
  "gpt-5-mini": "2026-12-11",
};

function flat(from: string, input: number, cached: number, output: number): Price {
  return { from, input, cached, cacheWrite: input, output, longPromptsCostMore: false };
}

function withWriteFee(from: string, input: number, cached: number, cacheWrite: number, output: number): Price {
  return { from, input, cached, cacheWrite, output, longPromptsCostMore: true };
}

/** What is assumed of a model without a known price: nothing we know costs more. */
const DEAREST: Price = Object.values(PRICES)
  .flat()
  .reduce((dearest, price) => ({
    from: "",
    input: Math.max(dearest.input, price.input),
    cached: Math.max(dearest.cached, price.cached),
    cacheWrite: Math.max(dearest.cacheWrite, price.cacheWrite),
    output: Math.max(dearest.output, price.output),
    longPromptsCostMore: true,
  }));

/**
 * What a call costs in micro-dollars, rounded half up:
 * (uncached × input + cached × cached rate + written × write rate + completion × output) × tier × region.
 * A model without a known price counts at the dearest one, so that no cap is passed unseen. Reasoning tokens are part of
 * the completion.
 * @param regional whether a regional address answered, see `isRegional`.
 */
export function costOf({ model, usage, serviceTier }: Billable & { usage: Usage }, at: Date, regional = false): number {
  const price = priceAt(model, at) ?? DEAREST;
  const long = price.longPromptsCostMore && usage.prompt > LONG_PROMPT;
  // Integers all the way, in twentieths of a nano-dollar: every factor below is a whole number of halves or tenths.
  const prompt = promptCost(price, usage) * (long ? 4 : 2);
  const completion = usage.completion * price.output * (long ? 3 : 2);
  const nanoDollars20 = (prompt + completion) * tierFactor(serviceTier) * (regional ? 11 : 10);
  return Math.floor((nanoDollars20 + 20_000) / 40_000);
}

/** Whether calls of this model count at its own price. */
export function hasKnownPrice(model: string): boolean {
  return rowsOf(model) !== undefined;
}

function promptCost(price: Price, { prompt, cached, cacheWrite }: Usage): number {
  // A provider that counts the written tokens twice must not make the rest negative.
  const plain = Math.max(0, prompt - cached - cacheWrite);
  return plain * price.input + cached * price.cached + cacheWrite * price.cacheWrite;
}

/** In halves: flex costs half, priority twice. */
function tierFactor(serviceTier: string | null): number {
  if (serviceTier === "flex") return 1;
  return serviceTier === "priority" || serviceTier === "fast" ? 4 : 2;
}

function priceAt(model: string, at: Date): Price | undefined {
  const rows = rowsOf(model);
  const day = at.toISOString().slice(0, 10);
  return rows?.findLast(({ from }) => from <= day) ?? rows?.[0];
}

/** A dated snapshot costs what its model costs. */
function rowsOf(model: string): Price[] | undefined {
  return PRICES[nameOf(model)];
}

/** Without the date of a snapshot. */
const nameOf = (model: string) => model.replace(/-\d{4}-\d{2}-\d{2}$/, "");

/** `2027-01-14`; null when no end is announced, or the model is not known. */
export function retirementOf(model: string): string | null {
  return RETIREMENTS[nameOf(model)] ?? null;
}

/** Models to choose from: those with a known price that still answer on that day, in dollars per million tokens. */
export function modelsToChoose(at: Date): { id: string; inputDollars: number; outputDollars: number }[] {
  const day = at.toISOString().slice(0, 10);
  return Object.keys(PRICES)
    .filter((id) => (RETIREMENTS[id] ?? "9999") > day)
    .flatMap((id) => {
      const price = priceAt(id, at);
      return price ? [{ id, inputDollars: price.input / 1000, outputDollars: price.output / 1000 }] : [];
    });
}

/** OpenAI's regional addresses, such as `https://eu.api.openai.com/v1`, cost a tenth more. */
export function isRegional(baseUrl: string): boolean {
  return /^[a-z]{2}\.api\.openai\.com$/.test(new URL(baseUrl).hostname);
}
