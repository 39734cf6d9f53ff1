import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";

/** What something is about: a lead, a contact, an account; or, in words, an event of a mail. */
type Subject = number | string;

/**
 * By what something was begun: one webhook, click, form or scan; or several webhooks that share a transaction, told apart by
 * what they are about.
 */
type Beginning = { trace: string } | { traces: Map<Subject, string> };

const beginning = new AsyncLocalStorage<Beginning>();

/** The id that everything with one beginning has in common, in rows and in lines of the log. */
export function newTrace(): string {
  return randomUUID();
}

/** Runs what was begun with this id. */
export function traced<T>(trace: string, use: () => T): T {
  return beginning.run({ trace }, use);
}

/** Runs what many things at once have begun, each about its subjects. */
export function tracedApart<T>(traces: Iterable<readonly [Subject, string]>, use: () => T): T {
  const apart = new Map(traces);
  const [only, ...others] = new Set(apart.values());
  return beginning.run(only !== undefined && others.length === 0 ? { trace: only } : { traces: apart }, use);
}

/** Runs what goes on by itself, in whose midst ever it is set off. */
export function untraced<T>(use: () => T): T {
  return beginning.exit(use);
}

/** The id of what is put down about this; of many things at once that say nothing of it none is taken for its beginning. */
export function traceOf(subject: Subject): string {
  const begun = beginning.getStore();
  if (begun === undefined) return newTrace();
  return "trace" in begun ? begun.trace : (begun.traces.get(subject) ?? newTrace());
}

/** Says that what began `known` is about `subject` as well, such as a change of a person about his deals. */
export function isAlsoAbout(subject: Subject, known: Subject) {
  const begun = beginning.getStore();
  if (begun === undefined || "trace" in begun || begun.traces.has(subject)) return;
  const trace = begun.traces.get(known);
  if (trace !== undefined) begun.traces.set(subject, trace);
}

/** The id for a line of the log; undefined where nothing, or more than one thing, has begun this. */
export function currentTrace(): string | undefined {
  const begun = beginning.getStore();
  return begun && "trace" in begun ? begun.trace : undefined;
}
