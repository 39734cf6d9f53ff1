import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { summaryLines } from "./report.ts";
import { fit, VerdictTable } from "./table.ts";
import { HOT, NOT_ENOUGH } from "./verdict-sample.ts";

const finding = { id: 1, title: "Clínica Norte", language: "es", verdict: HOT, tookMs: 6123 };

test.each([80, 100, 120])("every line of a table for %i columns is exactly that wide", (width) => {
  const table = new VerdictTable(width);
  const long = { ...HOT, summary: "Ready to buy – ".repeat(30) };
  const lines = [
    ...table.head(),
    table.row(finding),
    table.row({ ...finding, title: "An endless name of a lead ".repeat(3), verdict: long }),
    table.row({ ...finding, verdict: NOT_ENOUGH, tookMs: undefined }),
  ];
  expect(lines.map((line) => stripVTControlCharacters(line).length)).toEqual(lines.map(() => width));
});

test("a row says the lead, its language, segment, score, summary and time", () => {
  const words = stripVTControlCharacters(new VerdictTable(100).row(finding))
    .trim()
    .split(/\s{2,}/);
  expect(words).toEqual(["Clínica Norte", "es", "▲ hot", "91", "Ready to buy", "6.1 s"]);
});

test.each([
  ["short", "short   "],
  ["exactly8", "exactly8"],
  ["far too long", "far too…"],
  ["two\nlines", "two lin…"],
  ["Oi! 😊", "Oi! 😊  "],
  ["😊😊😊😊😊", "😊😊😊… "],
])("%j is made eight columns wide", (text, fitted) => {
  expect(fit(text, 8)).toBe(fitted);
});

test("the summary ends with whether every lead was verified", () => {
  const figures = {
    ...{ leads: 2, writtenBack: 2, verified: 1, segments: { hot: 1, lukewarm: 1 } },
    timeMs: { median: 6000, p95: 7000, settle: 5000 },
    kommo: { calls: 4, perLead: 2, reads: 3, writes: 1, refused: 0 },
    model: {
      ...{ calls: 2, callsPerLead: 1, costMicros: 200, dollarsPerLead: 0.0001 },
      ...{ promptTokens: 2400, cachedTokens: 1200, completionTokens: 240 },
    },
    webhooks: { received: 9, duplicates: 1, echoes: 2, coalesced: 4 },
  };
  const lines = summaryLines(figures, false).map(stripVTControlCharacters);
  expect(lines.at(-1)).toBe("  ✗ 2 leads came in, 2 written back, 1 verified by reading them from Kommo");
  expect(lines.some((line) => line.includes("◆ lukewarm"))).toBe(true);
  expect(lines).toContain("                  1 200 tokens in (50 % cached), 120 out, by the stand-in");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});
