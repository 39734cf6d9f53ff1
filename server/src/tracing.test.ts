import { expect, test } from "vitest";
import { currentTrace, isAlsoAbout, traced, tracedApart, traceOf, untraced } from "./tracing.ts";

const apart = [
  [1, "a"],
  [2, "b"],
] as const;

test("whatever was begun by one thing has its id, whatever it is about", () => {
  expect(traced("a", () => [traceOf(1), traceOf("anything"), currentTrace()])).toEqual(["a", "a", "a"]);
  expect(
    tracedApart(
      [
        [1, "a"],
        [2, "a"],
      ],
      () => [traceOf(3), currentTrace()],
    ),
  ).toEqual(["a", "a"]);
});

test("of things that go together each has the id of its own beginning, and what none of them speaks of has neither", () => {
  tracedApart(apart, () => {
    expect([traceOf(1), traceOf(2), currentTrace()]).toEqual(["a", "b", undefined]);
    expect(["a", "b"]).not.toContain(traceOf(3));
    isAlsoAbout(3, 2);
    isAlsoAbout(1, 2);
    isAlsoAbout(4, 99);
    expect([traceOf(3), traceOf(1)]).toEqual(["b", "a"]);
    expect(["a", "b"]).not.toContain(traceOf(4));
  });
});

test("what goes on by itself has not the id of who happened to set it off, and each beginning is its own", () => {
  expect(traced("a", () => untraced(currentTrace))).toBeUndefined();
  expect(traceOf(1)).not.toBe(traceOf(1));
});
