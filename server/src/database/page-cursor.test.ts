import { expect, test } from "vitest";
import { fromText, toText } from "./page-cursor.ts";

const AT = "2026-11-28T09:00:00.123456Z";

test("a page goes on where the one before has said", () => {
  expect(fromText(toText({ at: AT, key: "m:7" }))).toEqual({ at: AT, key: "m:7" });
});

test.each([
  "2026-02-30T10:00:00.000000Z",
  "2026-13-01T10:00:00.000000Z",
  "0000-01-01T10:00:00.000000Z",
  "2026-11-28T25:00:00.000000Z",
  "2026-11-28",
])("%s is no time at which anything has happened", (at) => {
  expect(fromText(toText({ at, key: "m:7" }))).toBeUndefined();
});
