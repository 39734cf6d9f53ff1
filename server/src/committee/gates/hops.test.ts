import type { StageRef } from "@dealscope/shared/stage-ref";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSame } from "./course.ts";
import { type Hop, seenBy, walk } from "./hops.ts";

const stage = (statusId: number): StageRef => ({ pipelineId: 1, statusId });
const hops = (...pairs: [number, number][]): Hop[] =>
  pairs.map(([from, to], i) => ({ ordinal: i + 1, from: stage(from), to: stage(to) }));
const refusing = (...refused: number[]) => ({
  judge: (_: StageRef, to: StageRef) =>
    refused.includes(to.statusId) ? [{ kind: "role" as const, role: "lawyer" }] : [],
});

describe("how far a deal has rightfully come", () => {
  it("goes along with every move that was allowed, and leaves the last one to be judged", () => {
    expect(walk(stage(1), stage(4), hops([1, 2], [2, 3], [3, 4]), refusing(4))).toEqual(stage(3));
  });

  it("stays before a move that was not", () => {
    expect(walk(stage(1), stage(4), hops([1, 2], [2, 3], [3, 4]), refusing(3))).toEqual(stage(2));
  });

  it("takes moves that were told in disorder in the order that they make up", () => {
    expect(walk(stage(1), stage(4), hops([2, 3], [3, 4], [1, 2]), refusing(4))).toEqual(stage(3));
  });

  it("does not go where the deal is now, by whatever way", () => {
    expect(walk(stage(1), stage(2), hops([1, 2], [2, 3], [3, 2]), refusing())).toEqual(stage(1));
  });

  it("never leaves the place by a move that is refused, and comes to an end whatever is told", () => {
    const any = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(
        any,
        any,
        fc.array(fc.tuple(any, any), { maxLength: 12 }),
        fc.uniqueArray(any),
        (from, now, pairs, no) => {
          const at = walk(stage(from), stage(now), hops(...pairs), refusing(...no));
          expect(isSame(at, stage(from)) || !no.includes(at.statusId)).toBe(true);
        },
      ),
    );
  });
});

it("a deal has behind it what was told up to its newest move hither", () => {
  expect(seenBy(stage(2), hops([1, 2], [2, 1], [1, 2], [2, 3]))).toBe(3);
  expect(seenBy(stage(9), hops([1, 2]))).toBeUndefined();
});
