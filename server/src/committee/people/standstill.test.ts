import type { CommitteeMember } from "@dealscope/shared/committee";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Standing, standstillOf } from "./standstill.ts";

const now = new Date("2026-11-20T12:00:00Z");
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);

const member = (contactId: number, more: Partial<CommitteeMember & { silentSince: Date | null }> = {}) => ({
  ...{ contactId, name: "Ana", isMain: false, role: null, weight: 0, ownWeight: null, suggestion: null },
  ...{ approval: "pending" as const, approvalBy: null, approvalAt: null, approvalNote: "" },
  ...{ lastTouchAt: null, isSilent: false, silentSince: null },
  ...more,
});

const standing = (more: Partial<Standing> = {}): Standing => ({
  ...{ now, stageSince: ago(42), standstillDays: 21, missing: [], unplayed: [], members: [], objections: [] },
  weightOf: new Map([
    ["lawyer", 60],
    ["decision_maker", 100],
  ]),
  fieldName: (id) => `Field ${id}`,
  ...more,
});

test("a deal that moves, or of which nothing is known, does not stand still", () => {
  expect(standstillOf(standing({ stageSince: ago(20) }))).toBeNull();
  expect(standstillOf(standing({ stageSince: null }))).toBeNull();
  expect(standstillOf(standing({ stageSince: ago(21) }))).toEqual({ days: 21, because: [] });
});

test("what holds a deal is told with its own time; how it was moved is no reason", () => {
  const { because } = standstillOf(
    standing({
      missing: [
        { missing: { kind: "field", fieldId: 7 }, since: ago(5) },
        { missing: { kind: "coverage", has: 40, needs: 80 }, since: ago(9) },
        { missing: { kind: "role", role: "lawyer" }, since: ago(3) },
        { missing: { kind: "approval", role: "lawyer", contactId: 1, approval: "pending" }, since: ago(4) },
        { missing: { kind: "approval", role: "decision_maker", contactId: null, approval: "pending" }, since: ago(2) },
        { missing: { kind: "skipped", statusId: 1 }, since: ago(1) },
        { missing: { kind: "moved_back" }, since: ago(1) },
      ],
      unplayed: ["lawyer"],
      members: [member(1, { role: "lawyer", weight: 90 })],
    }),
  )!;
  expect(because.map(({ kind, contactId, role, text, days }) => [kind, contactId, role, text, days])).toEqual([
    ["approval", null, "decision_maker", "", 2],
    ["approval", 1, "lawyer", "", 4],
    ["role", null, "lawyer", "", 3],
    ["role", null, null, "40% / 80%", 9],
    ["field", null, null, "Field 7", 5],
  ]);
});

test("without a hold the roles that nobody plays keep it, and whoever has said no", () => {
  const no = { approval: "rejected" as const, approvalAt: ago(8).toISOString(), approvalNote: "The terms", weight: 70 };
  const { because } = standstillOf(
    standing({ unplayed: ["decision_maker"], members: [member(1, no), member(2, { approval: "approved" })] }),
  )!;
  expect(because).toEqual([
    { kind: "role", contactId: null, role: "decision_maker", text: "", days: 42 },
    { kind: "approval", contactId: 1, role: null, text: "The terms", days: 8 },
  ]);
});

test("whatever weighs most comes first, and only what was confirmed is told", () => {
  const objection = fc.record({
    weight: fc.nat(100),
    state: fc.constantFrom("suggested", "open", "answered"),
    days: fc.nat(100),
  });
  fc.assert(
    fc.property(fc.array(objection), (wishes) => {
      const objections = wishes.map(({ weight, state, days }, id) => ({
        ...{ id: id + 1, contactId: 1, text: String(weight), weight, state, quote: null, saidIn: null },
        ...{ since: ago(days).toISOString(), answeredAt: null },
      }));
      const { because } = standstillOf(standing({ objections }))!;
      expect(because).toHaveLength(wishes.filter(({ state }) => state === "open").length);
      const weights = because.map(({ text }) => Number(text));
      expect(weights).toEqual(weights.toSorted((one, other) => other - one));
    }),
  );
});
