import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "./fold.ts";
import { type LeadChange, type Origin, strength, type WriteRow } from "./write-row.ts";

function row(seq: number, origin: Origin, body: LeadChange, more: Partial<WriteRow> = {}): WriteRow {
  return {
    ...{
      id: seq,
      leadId: 1,
      seq,
      target: "lead",
      origin,
      body,
      expect: null,
      marker: null,
      workKind: null,
      traceId: "",
    },
    ...{ attempts: 0, waits: 0, unknownForMs: null, isDecidedAgain: false },
    ...more,
  };
}

const foldOne = (...rows: WriteRow[]) => fold(rows)[0]!;

test("a later row replaces an earlier one field by field", () => {
  const { change } = foldOne(
    row(1, "qualification", { fields: { score: 10, summary: "old" } }),
    row(2, "qualification", { fields: { score: 20 } }),
  );
  expect(change.fields).toEqual({ score: 20, summary: "old" });
});

test("what a rep has set stays, however late a verdict comes", () => {
  const { change } = foldOne(
    row(1, "rep", { fields: { segment: "hot" }, tagsAdd: ["dealscope:hot"] }),
    row(2, "qualification", { fields: { segment: "cold", summary: "new" }, tagsRemove: ["dealscope:hot"] }),
  );
  expect(change).toMatchObject({ fields: { segment: "hot", summary: "new" }, tagsAdd: ["dealscope:hot"] });
  expect(change.tagsRemove).toBeUndefined();
});

test("the stage and what was expected of it come from the same row", () => {
  const seen = { pipelineId: 1, statusId: 10 };
  const { change, expect: expected } = foldOne(
    row(1, "qualification", { stage: { pipelineId: 1, statusId: 11 } }, { expect: { stage: seen } }),
    row(2, "gate", { stage: { pipelineId: 1, statusId: 12 } }),
  );
  expect(change.stage?.statusId).toBe(12);
  expect(expected.stage).toBeUndefined();
});

test("rows of different leads are never mixed", () => {
  const folds = fold([
    row(1, "rep", { fields: { score: 1 } }),
    row(1, "rep", { fields: { score: 2 } }, { leadId: 2 }),
    row(2, "rep", { fields: { summary: "of 1" } }),
  ]);
  expect(folds.map(({ leadId, change }) => [leadId, change.fields])).toEqual([
    [1, { score: 1, summary: "of 1" }],
    [2, { score: 2 }],
  ]);
});

const field = fc.constantFrom("score", "segment", "summary", "nextAction");
const origin = fc.constantFrom<Origin>("gate", "rep", "qualification", "engagement");
const rows = fc
  .array(
    fc.record({
      origin,
      fields: fc.dictionary(field, fc.nat(), { minKeys: 1 }),
      tag: fc.constantFrom("a", "b", "c"),
      adds: fc.boolean(),
    }),
  )
  .map((list) =>
    list.map(({ origin, fields, tag, adds }, i) =>
      row(i + 1, origin, { fields, ...(adds ? { tagsAdd: [tag] } : { tagsRemove: [tag] }) }),
    ),
  );

test("for each field the strongest wins, and among equals the last, in whatever order the rows are given", () => {
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), (all, random) => {
      fc.pre(all.length > 0);
      const shuffled = all.map((one) => ({ one, at: random.next().value })).sort((a, b) => a.at - b.at);
      const { change } = foldOne(...shuffled.map(({ one }) => one));
      for (const key of ["score", "segment", "summary", "nextAction"] as const) {
        const naming = all.filter(({ body }) => body.fields?.[key] !== undefined);
        const best = naming.reduce<WriteRow | undefined>(
          (won, one) => (won && strength[won.origin] > strength[one.origin] ? won : one),
          undefined,
        );
        expect(change.fields?.[key]).toBe(best?.body.fields?.[key]);
      }
    }),
  );
});

test("no tag is both added and taken away", () => {
  fc.assert(
    fc.property(rows, (all) => {
      for (const { change } of fold(all)) {
        const added = new Set(change.tagsAdd);
        expect((change.tagsRemove ?? []).filter((tag) => added.has(tag))).toEqual([]);
      }
    }),
  );
});
