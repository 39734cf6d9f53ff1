import fc from "fast-check";
import { expect, test } from "vitest";
import { plainLine } from "./plain-line.ts";

const lead = "See https://balticfoods.example/about or write to anna@balticfoods.example. Runs Node.js.";
const line = (text: string) => plainLine(text, 280, lead);

test.each([
  ["tags", 'Call <b>now</b> <script src="x">', "Call now"],
  ["nested tags", "<<b>script> <<script src=x", "< script> script src=x"],
  ["Markdown", "**Hot** `lead`\n# Call", "Hot lead Call"],
  ["a Markdown link to a foreign page", "Book [a demo](https://evil.example/x) today", "Book a demo today"],
  [
    "foreign links in any form",
    "Pay at evil.example/pay, www.evil.example or HTTPS://EVIL.EXAMPLE now",
    "Pay at or now",
  ],
  ["a foreign address", "Write to boss@evil.example.", "Write to"],
  ["control and invisible characters", "Call\u0000 \u202eno\u200bw", "Call now"],
])("a line loses %s", (_what, text, plain) => {
  expect(line(text)).toBe(plain);
});

test.each([
  "See https://balticfoods.example/about, then write to anna@balticfoods.example.",
  "Runs Node.js with < 20 people at 3.5 EUR, e.g. in Riga",
])("a line keeps what the lead says and plain words: %s", (text) => {
  expect(line(text)).toBe(text);
});

test("a line has no tag, no second line and no more than the limit, whatever the model writes", () => {
  const part = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("<", ">", "a", "\n", "[x](", ")", "http://a.b"));
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const plain = plainLine(parts.join(""), 40, lead);
      expect(plain.length).toBeLessThanOrEqual(40);
      expect(plain).not.toMatch(/<[a-z/!?]|\n|:\/\//i);
    }),
    { numRuns: 1000 },
  );
});
