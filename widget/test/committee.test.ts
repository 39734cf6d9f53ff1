import type { Committee, CommitteeMember, Missing } from "@dealscope/shared/committee";
import { expect, it } from "vitest";
import { stillMissing } from "../src/card/committee/still-missing.ts";
import { Wording } from "../src/card/committee/wording.ts";
import en from "../src/i18n/en.json" with { type: "json" };
import tr from "../src/i18n/tr.json" with { type: "json" };
import { Words } from "../src/i18n/words.ts";

const SINCE = "2026-11-26T12:00:00.000Z";

const member = (contactId: number, name: string, part: Partial<CommitteeMember> = {}): CommitteeMember => ({
  ...{ contactId, name, isMain: false, role: null, approval: "pending", approvalBy: null, approvalAt: null },
  ...{ approvalNote: "", weight: 0, ownWeight: null, lastTouchAt: null, isSilent: false, suggestion: null },
  ...part,
});

const committee = (members: CommitteeMember[], missing: Missing[] = []): Committee => ({
  roles: [
    { key: "lawyer", name: "Lawyer", weight: 60, decides: false, opposes: false },
    { key: "buyer", name: "Buyer", weight: 90, decides: true, opposes: false },
  ],
  members,
  ...{ coverage: null, marks: [], objections: [], joining: [], standstill: null },
  hold: {
    ...{
      id: 1,
      wanted: { pipelineId: 1, statusId: 3, name: "Signing" },
      since: SINCE,
      missing,
      refusal: null,
      overruledBy: null,
      mayOverrule: false,
    },
    names: [
      { kind: "field", id: 7, name: "Budget" },
      { kind: "stage", id: 2, name: "Legal review" },
    ],
  },
});

const approval = (contactId: number | null) =>
  ({ kind: "approval", role: "lawyer", contactId, approval: "pending" }) as const;

it("waits for no approval that has just been given, and for no role that somebody has just been given", () => {
  const marta = member(1, "Marta", { role: "lawyer", approval: "approved" });
  expect(stillMissing(committee([marta], [approval(1), { kind: "role", role: "lawyer" }]))).toEqual([]);
  expect(stillMissing(committee([marta], [{ kind: "role", role: "buyer" }]))).toHaveLength(1);
});

it("waits for whoever plays a role now, where nobody did when the deal was sent back", () => {
  const marta = member(1, "Marta", { role: "lawyer" });
  expect(stillMissing(committee([], [approval(null)]))).toEqual([approval(null)]);
  expect(stillMissing(committee([marta], [approval(null)]))).toEqual([approval(1)]);
});

it("waits no more for the approval of somebody who plays another role now", () => {
  expect(stillMissing(committee([member(1, "Marta", { role: "buyer" })], [approval(1)]))).toEqual([]);
});

it("says what a deal waits for by the names of people, roles, fields and stages", () => {
  const missing: Missing[] = [
    approval(1),
    { ...approval(1), approval: "rejected" },
    approval(null),
    { kind: "role", role: "buyer" },
    { kind: "coverage", has: 40, needs: 60 },
    { kind: "field", fieldId: 7 },
    { kind: "skipped", statusId: 2 },
    { kind: "moved_back" },
  ];
  const held = committee([member(1, "Marta Ruiz", { role: "lawyer" })], missing);
  const wording = new Wording(held, new Words(en, "en"));
  expect(missing.map((one) => wording.missing(one, held.hold!))).toEqual([
    "Marta Ruiz (Lawyer) has not approved yet",
    "Marta Ruiz (Lawyer) has rejected",
    "No Lawyer yet, who must approve",
    "No Buyer yet",
    "Coverage is 40%, 60% is needed",
    "The field “Budget” is empty",
    "The stage “Legal review” comes first",
    "In this pipeline deals do not go back",
  ]);
});

it("says why a deal stands still in one sentence: who, what, how long", () => {
  const stopped = committee([member(1, "Marta Ruiz"), member(2, "")]);
  const standstill: NonNullable<Committee["standstill"]> = {
    days: 42,
    because: [
      { kind: "approval", contactId: 1, role: "lawyer", text: "", days: 30 },
      { kind: "objection", contactId: 2, role: null, text: "Too expensive", days: 1 },
    ],
  };
  expect(new Wording(stopped, new Words(en, "en")).standstill(standstill)).toBe(
    "Standing still for 42 days: Marta Ruiz (Lawyer) has not approved for 30 days; Contact 2 objects “Too expensive” (1 day).",
  );
  expect(new Wording(stopped, new Words(tr, "tr")).standstill({ days: 42, because: [] })).toBe("42 gündür duruyor.");
});
