import { newTrace } from "../tracing.ts";
import { type KommoEvent, subjectsOf } from "./events.ts";
import type { Delivery } from "./next-deliveries.ts";

/** Of one body in the log. */
const NAMED_AT_MOST = 20;

type Subject = ReturnType<typeof subjectsOf>[number];

/** What a delivery has begun: of several about the same thing the first is its beginning. */
export interface Begun {
  delivery: Delivery;
  trace: string;
  heard: readonly KommoEvent[];
}

export function begunBy(delivery: Delivery, heard: readonly KommoEvent[]): Begun {
  return { delivery, heard, trace: delivery.traceId ?? newTrace() };
}

/** With what things begin of which deliveries tell that are unpacked together. */
export function beginnings(all: readonly Begun[]): Map<Subject, string> {
  const traces = all.flatMap(({ heard, trace }) => heard.flatMap(subjectsOf).map((one) => [one, trace] as const));
  return new Map(traces.toReversed());
}

/** What the log says of a delivery. */
export function inWords({ delivery, trace, heard }: Begun, state: string, of: ReadonlyMap<Subject, string>): string {
  const named = heard.slice(0, NAMED_AT_MOST).map((event) => [event.type, ...subjectsOf(event)].join(" "));
  const others = new Set(heard.flatMap(subjectsOf).map((one) => of.get(one)));
  others.delete(trace);
  return [
    `Delivery ${delivery.id} is ${state}${named.length > 0 ? `: ${named.join(", ")}` : ""}.`,
    ...(others.size > 0 ? [`It goes on as ${[...others].join(", ")}.`] : []),
  ].join(" ");
}
