import fc from "fast-check";
import { expect, test } from "vitest";
import { newestWindow, type Signal } from "./window.ts";

const HOUR = 3_600_000;
const signal = (id: string, hours: number, worth = 1): Signal => ({ id, at: new Date(hours * HOUR), worth });
const RULE = { opens: 3, hours: 48 };

test("three opens within 48 hours are enough, however they lie to midnight", () => {
  const opens = [signal("a", 0), signal("b", 30), signal("c", 47)];
  expect(newestWindow(opens, RULE)).toEqual({ signals: opens, opens: 3 });
});

test("the span is closed: 48 hours apart is within 48 hours, and a second more is not", () => {
  expect(newestWindow([signal("a", 0), signal("b", 1), signal("c", 48)], RULE)?.opens).toBe(3);
  expect(newestWindow([signal("a", 0), signal("b", 1), signal("c", 48 + 1 / 3_600)], RULE)).toBeUndefined();
});

test("a click counts for as many opens as the rule says, and for none not at all", () => {
  expect(newestWindow([signal("open", 0), signal("click", 1, 2)], RULE)?.opens).toBe(3);
  expect(newestWindow([signal("a", 0), signal("b", 1), signal("click", 2, 0)], RULE)).toBeUndefined();
});

/** By the definition: for every signal, all that happened within the hours before it. */
function naive(signals: readonly Signal[], { opens, hours }: typeof RULE, since: Date | undefined) {
  const counting = signals.filter(({ worth }) => worth > 0);
  const once = counting.filter(({ id }, place) => counting.findIndex((other) => other.id === id) === place);
  const ends = once.map(({ at }) => +at).filter((end) => !since || end >= +since);
  const spans = ends.map((end) => ({ end, inside: once.filter(({ at }) => +at <= end && +at >= end - hours * HOUR) }));
  const sum = (inside: readonly Signal[]) => inside.reduce((total, { worth }) => total + worth, 0);
  const enough = spans.filter(({ inside }) => sum(inside) >= opens).toSorted((a, b) => b.end - a.end);
  const newest = enough[0]?.inside;
  return (
    newest && {
      ids: newest.map(({ id }) => id).sort(),
      opens: sum(newest),
      end: Math.max(...newest.map(({ at }) => +at)),
    }
  );
}

const MINUTE = 60_000;
/** Close together, so that many are at the same moment and many just within or beyond the hours. */
const series = fc.array(
  fc.record({ minutes: fc.integer({ min: 0, max: 600 }), worth: fc.constantFrom(0, 1, 1, 1, 2) }),
  { maxLength: 25 },
);

test("whatever is told late, twice and in disorder counts as it happened: 10 000 series against a naive counter", () => {
  fc.assert(
    fc.property(
      series,
      fc.record({ opens: fc.integer({ min: 1, max: 8 }), hours: fc.integer({ min: 1, max: 5 }) }),
      fc.option(fc.integer({ min: 0, max: 600 }), { nil: undefined }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (moments, rule, sinceMinutes, random) => {
        const happened = moments.map(({ minutes, worth }, n) => ({
          id: `e${n}`,
          at: new Date(minutes * MINUTE),
          worth,
        }));
        const since = sinceMinutes === undefined ? undefined : new Date(sinceMinutes * MINUTE);
        const dice = () => random.next().value as number;
        // Told in any order, some of them again; all that was told before is there when the next comes.
        const told = [...happened, ...happened.filter(() => dice() < 0.3)]
          .map((one) => ({ one, order: dice() }))
          .toSorted((a, b) => a.order - b.order)
          .map(({ one }) => one);
        for (const count of [told.length, Math.floor(told.length / 2)]) {
          const sofar = told.slice(0, count);
          const found = newestWindow(sofar, rule, since);
          const expected = naive(sofar, rule, since);
          expect(found?.signals.map(({ id }) => id).sort()).toEqual(expected?.ids);
          expect(found?.opens).toBe(expected?.opens);
          expect(found && +found.signals.at(-1)!.at).toBe(expected?.end);
        }
      },
    ),
    { numRuns: 10_000 },
  );
}, 60_000);
