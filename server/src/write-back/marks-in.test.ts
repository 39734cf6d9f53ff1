import { expect, test } from "vitest";
import { marksIn } from "./marks-in.ts";
import type { WriteRow } from "./write-row.ts";

const row = (leadId: number, marker: string, text: string, isDecidedAgain = true): WriteRow => ({
  ...{ id: 1, leadId, seq: 1, target: "task", origin: "qualification", body: { text }, expect: null, marker },
  ...{ workKind: null, traceId: "", attempts: 0, waits: 0, unknownForMs: 1, isDecidedAgain },
});
const said = [
  { id: 10, leadId: 1, text: "Call now\n· DS-aaaaaaaa" },
  { id: 11, leadId: 1, text: "Call now\n· DS-bbbbbbbb" },
  { id: 12, leadId: 1, text: "Call now" },
];
const nobodyKnows = async (marks: readonly string[]) => new Set(marks);
const all = [
  ["DS-aaaaaaaa", 10],
  ["DS-bbbbbbbb", 11],
] as const;

test("a text is known by its mark, whatever it says", async () => {
  const rows = [row(1, "DS-bbbbbbbb", "Other words", false)];
  expect([...(await marksIn(said, rows, nobodyKnows))]).toEqual(all);
});

test("what is decided again is known by what it says, each text once", async () => {
  const rows = ["DS-1", "DS-2", "DS-3"].map((mark) => row(1, mark, "Call now"));
  expect([...(await marksIn(said, rows, nobodyKnows))]).toEqual([...all, ["DS-1", 10], ["DS-2", 11]]);
});

test.each([
  ["other words", row(1, "DS-1", "Call soon"), nobodyKnows],
  ["another deal", row(2, "DS-1", "Call now"), nobodyKnows],
  ["no backup", row(1, "DS-1", "Call now", false), nobodyKnows],
  ["marks that are remembered", row(1, "DS-1", "Call now"), async () => new Set<string>()],
])("not for %s", async (_, one, forgotten) => {
  expect([...(await marksIn(said, [one], forgotten))]).toEqual(all);
});
