import { expect, it } from "vitest";
import { Problem, type ProblemCode } from "../src/api/problem.ts";
import { queryClient } from "../src/api/query-client.ts";

const { retry, retryDelay } = queryClient.getDefaultOptions().queries!;
const again = (failures: number, code: ProblemCode) =>
  typeof retry === "function" && retry(failures, new Problem(code));

it("asks again by itself when it was too fast, a few times, and of nothing else", () => {
  expect([again(0, "too_many_requests"), again(5, "too_many_requests")]).toEqual([true, false]);
  for (const code of ["offline", "unreachable", "not_found", "internal"] as const) expect(again(0, code)).toBe(false);
});

it("does again what was too fast by a moment, and nothing that was refused for longer", () => {
  const again = queryClient.getDefaultOptions().mutations!.retry;
  const isDone = (code: ProblemCode, retryAfterSeconds: number) =>
    typeof again === "function" && again(0, new Problem(code, { retryAfterSeconds }));
  expect(isDone("too_many_requests", 1)).toBe(true);
  expect([isDone("too_many_requests", 10), isDone("unavailable", 1)]).toEqual([false, false]);
});

it("waits at least as long as the server wants", () => {
  const waits = typeof retryDelay === "function" ? retryDelay : () => 0;
  expect(waits(0, new Problem("too_many_requests", { retryAfterSeconds: 3 }))).toBeGreaterThanOrEqual(3_000);
});
