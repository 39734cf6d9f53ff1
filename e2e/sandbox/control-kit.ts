import { z } from "zod";
import type { Clock } from "./clock.ts";
import { action } from "./control-routes.ts";
import type { Effect, FaultScript } from "./faults.ts";

const ms = z.number().min(0);
const effect = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("answer"),
    status: z.int().min(100).max(599),
    body: z.unknown().optional(),
    html: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal("delay"), ms }),
  z.strictObject({ kind: z.literal("drop-before") }),
  z.strictObject({ kind: z.literal("drop-after") }),
  z.strictObject({ kind: z.literal("half-body") }),
  z.strictObject({ kind: z.literal("slow-reset"), ms }),
]) satisfies z.ZodType<Effect>;

const fault = z.strictObject({
  match: z.strictObject({
    method: z.string().optional(),
    path: z.string().optional(),
    account: z.union([z.string(), z.number()]).optional(),
  }),
  times: z.int().min(0).optional(),
  probability: z.number().min(0).max(1).optional(),
  effect,
});

/** Which entries of a ledger are asked for; numbers may come as texts of a query. */
export const entryFilter = z.strictObject({
  method: z.string().optional(),
  route: z.string().optional(),
  path: z.string().optional(),
  account: z.union([z.number(), z.string()]).optional(),
  status: z.coerce.number().optional(),
  effect: z.string().optional(),
  since: z.coerce.number().optional(),
  limit: z.coerce.number().int().min(1).optional(),
});

/** What every stand-in lets go wrong. */
export function faultControl(script: FaultScript) {
  return {
    add: action(fault, (wish) => {
      script.add(wish);
      return { effect: wish.effect };
    }),
    list: () => script.list(),
    clear: () => script.clear(),
  };
}

/** Every stand-in's time. */
export function clockControl(clock: Clock) {
  const read = () => ({ now: clock.seconds() });
  return {
    read,
    advance: action(z.object({ seconds: z.coerce.number() }), ({ seconds }) => {
      clock.advance(seconds * 1000);
      return read();
    }),
  };
}
