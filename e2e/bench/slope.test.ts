import { describe, expect, it } from "vitest";
import { slopeOf } from "./slope.ts";

describe("the slope of a line through points", () => {
  it("is that of the line on which all of them lie", () => {
    const points = [0, 1, 2, 5, 9].map((x) => ({ x, y: 3 * x - 7 }));
    expect(slopeOf(points)).toBeCloseTo(3);
  });

  it("is not bent by a wave around the line", () => {
    const points = Array.from({ length: 1_000 }, (_, x) => ({ x, y: 0.25 * x + (x % 2 === 0 ? 10 : -10) }));
    expect(slopeOf(points)).toBeCloseTo(0.25, 3);
  });

  it("is nothing where there is one moment only, or none", () => {
    expect(slopeOf([{ x: 4, y: 9 }])).toBe(0);
    expect(slopeOf([])).toBe(0);
  });
});
