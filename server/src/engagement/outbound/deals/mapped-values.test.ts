import type { FieldMapping } from "@dealscope/shared/engagement";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FieldValue } from "../../../kommo/resources.ts";
import { cleanText, withinBytes } from "./attribute.ts";
import { mappedValues } from "./mapped-values.ts";

const field = (values: unknown[], field_type = "text"): FieldValue => ({
  ...{ field_id: 5, field_type },
  values: values.map((value) => ({ value })),
});

const read = (values: unknown[], type: FieldMapping["type"], fieldType?: string) =>
  mappedValues([field(values, fieldType)], [{ entity: "lead", fieldId: 5, attribute: "a", type }], "lead");

test.each<[FieldMapping["type"], string, unknown[], unknown, string?]>([
  ["text", "a text", ["  Lisbon "], "Lisbon"],
  ["text", "several choices", ["Roof", "Windows"], "Roof, Windows"],
  ["text", "a number", [12.5], "12.5"],
  ["text", "a box", [true], "true"],
  ["text", "nothing but blanks", ["   "], null],
  ["number", "a number as text", ["80000"], 80_000],
  ["number", "a number", [12.5], 12.5],
  ["number", "words", ["soon"], null, "“soon” is no number, so it is not sent."],
  ["number", "a box", [true], null, "“true” is no number, so it is not sent."],
  ["boolean", "a ticked box", [true], true],
  ["boolean", "an empty box", [false], false],
  ["boolean", "a word", ["Yes"], true],
  ["boolean", "another word", ["perhaps"], null, "“perhaps” is neither yes nor no, so it is not sent."],
  ["date", "unix seconds", [1_800_000_000], 1_800_000_000],
  ["date", "unix seconds as text", ["1800000000"], 1_800_000_000],
  ["date", "a written date", ["2027-01-15T08:00:00Z"], 1_800_000_000],
  ["date", "milliseconds", [1_800_000_000_000], null, "“1800000000000” is no date, so it is not sent."],
  ["date", "words", ["in spring"], null, "“in spring” is no date, so it is not sent."],
])("as a %s, %s is sent in a form that Customer.io can compare", (type, _, values, value, problem) => {
  expect(read(values, type)).toEqual({ attributes: { a: value }, problems: problem ? [`a: ${problem}`] : [] });
});

test("a time as a text is a day that people can read", () => {
  expect(read([1_800_000_000], "text", "date").attributes).toEqual({ a: "2027-01-15" });
});

test("a field that is not filled in takes its attribute away", () => {
  for (const type of ["text", "number", "boolean", "date"] as const) {
    expect(read([], type)).toEqual({ attributes: { a: null }, problems: [] });
    expect(mappedValues([], [{ entity: "lead", fieldId: 5, attribute: "a", type }], "lead").attributes).toEqual({
      a: null,
    });
  }
});

test("a lead's fields are not looked for on a contact", () => {
  expect(
    mappedValues([field(["x"])], [{ entity: "lead", fieldId: 5, attribute: "a", type: "text" }], "contact"),
  ).toEqual({
    attributes: {},
    problems: [],
  });
});

test("a text of more bytes than Customer.io takes is cut between characters, and that is said", () => {
  expect(read(["x".repeat(1000)], "text")).toEqual({ attributes: { a: "x".repeat(1000) }, problems: [] });
  const { attributes, problems } = read([`x${"ж".repeat(600)}`], "text");
  expect(attributes.a).toBe(`x${"ж".repeat(499)}`);
  expect(problems).toEqual(["a: only the first 1000 bytes are sent; Customer.io takes no longer texts."]);
});

test("a text that is cut is the beginning of it, whole characters only and as long as there is room", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), fc.integer({ min: 4, max: 40 }), (raw, atMost) => {
      const text = raw.toWellFormed();
      const cut = withinBytes(text, atMost);
      expect(text.startsWith(cut)).toBe(true);
      expect(cut.isWellFormed()).toBe(true);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(atMost);
      if (cut !== text) expect(Buffer.byteLength(cut)).toBeGreaterThan(atMost - 4);
    }),
  );
});

test("what PostgreSQL cannot keep is left out of a text", () => {
  expect(cleanText(" a\0b\ud800 ")).toBe("ab\ufffd");
});
