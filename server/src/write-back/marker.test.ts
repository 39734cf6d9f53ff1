import fc from "fast-check";
import { expect, test } from "vitest";
import { markerFor, markerIn, withMarker } from "./marker.ts";

test("equal causes give equal marks, and other accounts, leads or causes other ones", () => {
  expect(markerFor(1, "task", 2)).toBe(markerFor(1, "task", 2));
  const marks = [markerFor(1, "task", 2), markerFor(2, "task", 2), markerFor(1, "task", 3), markerFor(1, "note", 2)];
  expect(new Set(marks).size).toBe(4);
});

test("a mark put on any text is found again", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(), (text, lead) => {
      const mark = markerFor(7, "note", lead);
      expect(markerIn(withMarker(text, mark))).toBe(mark);
    }),
  );
});

test("a mark is found when Kommo trims the text or adds a line break", () => {
  expect(markerIn("Call back\n· DS-0123abcd \r\n")).toBe("DS-0123abcd");
});

test.each([
  "",
  "DS-0123abcd",
  "see · DS-0123abcd in the middle",
  "· DS-0123abcd\nand more",
  "· DS-0123ABCD",
  "· DS-012",
])("what a person writes is no mark: %j", (text) => expect(markerIn(text)).toBeUndefined());
