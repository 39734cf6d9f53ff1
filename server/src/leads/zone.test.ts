import { expect, test } from "vitest";
import { knownZone } from "./zone.ts";

test.each([
  ["Europe/Madrid", "Europe/Madrid"],
  ["America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"],
  ["UTC", "UTC"],
  ["Mars/Olympus", "UTC"],
  // PostgreSQL would take it for three hours west.
  ["+03:00", "UTC"],
  ["", "UTC"],
  ["'; DROP TABLE lead", "UTC"],
])("the time zone %s is taken for %s", (name, known) => {
  expect(knownZone(name)).toBe(known);
});
