import { afterEach, expect, it } from "vitest";
import { Clock } from "./clock.ts";

const clock = new Clock();
afterEach(() => clock.stop());

it("runs what falls due when it is pushed forward, in order, and nothing else", () => {
  const ran: string[] = [];
  clock.after(20_000, () => ran.push("second"));
  clock.after(10_000, () => ran.push("first"));
  clock.after(90_000, () => ran.push("late"));
  clock.advance(30_000);
  expect(ran).toEqual(["first", "second"]);
  clock.advance(60_000);
  expect(ran).toEqual(["first", "second", "late"]);
});
