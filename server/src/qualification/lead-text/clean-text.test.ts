import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanText, cutText } from "./clean-text.ts";

test.each([
  ["zero-width characters", "ig\u200bno\u2060re", "ignore"],
  ["a byte order mark inside a word", "ig\ufeffnore", "ignore"],
  ["bidirectional overrides", "\u202eabc\u202c", "abc"],
  ["hidden tag characters", `hi${String.fromCodePoint(0xe0041, 0xe0042)}`, "hi"],
  ["control characters", "a\u0000b\u001bc", "abc"],
  ["Windows and Unicode line ends", "a\r\nb\u2028c", "a\nb\nc"],
  ["rows of spaces and empty lines", "a \t\u00a0 b\n \n \n\nc ", "a b\n\nc"],
  ["decomposed letters", "cafe\u0301", "café"],
  ["half a surrogate pair", "a\ud800b", "a\ufffdb"],
])("cleaning handles %s", (_what, text, clean) => {
  expect(cleanText(text)).toBe(clean);
});

test("cleaning a clean text changes nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(cleanText(cleanText(text))).toBe(cleanText(text));
    }),
  );
});

test("a cut text is never longer than asked and never ends in half a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (text, max) => {
      const cut = cutText(text, max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(cut.isWellFormed()).toBe(true);
    }),
  );
});

test("a text is cut at a word's end where one is near", () => {
  expect(cutText("needs a system for twenty people", 20)).toBe("needs a system for…");
});
