import { z } from "zod";

/** Micro-dollars: millionths of a dollar, whole. */
const micros = z.int().nonnegative();
const count = z.int().nonnegative();

/** What the model has cost. Months and days are those of UTC. */
export const Costs = z.object({
  month: z.object({ costMicros: micros, calls: count }),
  /** The account's own limit for a month; null is none. */
  capMicros: micros.nullable(),
  /** The last twelve with any calls, newest first; `month` as 2026-11. */
  months: z.array(z.object({ month: z.string(), costMicros: micros, calls: count })),
  /** Days of the last 30 with any calls, newest first; `day` as 2026-11-21. Cached tokens are a part of the prompt's. */
  days: z.array(
    z.object({
      day: z.string(),
      costMicros: micros,
      calls: count,
      promptTokens: count,
      cachedTokens: count,
      completionTokens: count,
    }),
  ),
  /** Calls of the last 30 days by what came of them. */
  outcomes: z.array(z.object({ outcome: z.string(), calls: count, costMicros: micros })),
});
export type Costs = z.infer<typeof Costs>;
