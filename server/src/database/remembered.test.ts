import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Remembered } from "./remembered.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what was read is given again until its time is over, or it is forgotten", async () => {
  const remembered = new Remembered<string, number>(5_000);
  let reads = 0;
  const read = async () => ++reads;
  expect([await remembered.get("a", read), await remembered.get("a", read)]).toEqual([1, 1]);
  vi.advanceTimersByTime(4_999);
  expect(await remembered.get("a", read)).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await remembered.get("a", read)).toBe(2);
  remembered.forget("a");
  expect(await remembered.get("a", read)).toBe(3);
});

test("a failure is not remembered, and one that comes late leaves the newer reading alone", async () => {
  const remembered = new Remembered<string, number>(5_000);
  const late = Promise.withResolvers<number>();
  const first = remembered.get("a", () => late.promise);
  remembered.forget("a");
  await remembered.get("a", async () => 2);
  late.reject(new Error("away"));
  await expect(first).rejects.toThrow("away");
  expect(await remembered.get("a", async () => 3)).toBe(2);
  await expect(remembered.get("b", () => Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(await remembered.get("b", async () => 4)).toBe(4);
});
