import type { Approval, StageRule } from "@dealscope/shared/committee";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, type Member, type Question } from "./evaluate.ts";

const [INCOMING, FIRST, SECOND, THIRD, WON, LOST] = [1, 11, 12, 13, 142, 143] as const;
const stages = [INCOMING, FIRST, SECOND, THIRD, WON, LOST].map((id) => ({ id, incoming: id === INCOMING }));
const at = (statusId: number, pipelineId = 7) => ({ pipelineId, statusId });
const roles = [
  { key: "lawyer", weight: 60 },
  { key: "buyer", weight: 40 },
  { key: "user", weight: 0 },
];

const rule = (changed: Partial<StageRule>): StageRule => ({
  statusId: SECOND,
  buyingStage: null,
  requiredRoles: [],
  requiredApprovals: [],
  wantedRoles: [],
  minCoverage: null,
  requiredFieldIds: [],
  ...changed,
});
const member = (contactId: number, role: string | null, approval: Approval = "pending"): Member => {
  return { contactId, role, approval };
};
const ask = (changed: Partial<Question>) =>
  evaluate({
    move: { from: at(FIRST), to: at(SECOND) },
    order: { noSkipping: false, noMovingBack: false },
    rule: undefined,
    stages,
    members: [],
    filled: new Set(),
    roles,
    ...changed,
  });

test("where nothing is asked for, everything is allowed", () => expect(ask({})).toEqual([]));

test("a required role must be played by somebody", () => {
  const needsLawyer = rule({ requiredRoles: ["lawyer"] });
  expect(ask({ rule: needsLawyer, members: [member(1, "buyer")] })).toEqual([{ kind: "role", role: "lawyer" }]);
  expect(ask({ rule: needsLawyer, members: [member(1, "lawyer", "rejected")] })).toEqual([]);
});

test("everybody who plays a role must have approved, and somebody must play it", () => {
  const needsLawyers = rule({ requiredRoles: ["lawyer"], requiredApprovals: ["lawyer"] });
  expect(ask({ rule: needsLawyers })).toEqual([
    { kind: "approval", role: "lawyer", contactId: null, approval: "pending" },
  ]);
  expect(
    ask({
      rule: needsLawyers,
      members: [member(1, "lawyer", "approved"), member(2, "lawyer", "rejected"), member(3, "user")],
    }),
  ).toEqual([{ kind: "approval", role: "lawyer", contactId: 2, approval: "rejected" }]);
  expect(ask({ rule: needsLawyers, members: [member(1, "lawyer", "approved")] })).toEqual([]);
});

test("coverage counts the weights of all roles that the stage names", () => {
  const covered = rule({ requiredRoles: ["lawyer"], wantedRoles: ["buyer", "user"], minCoverage: 61 });
  const missing = (...members: Member[]) => ask({ rule: covered, members });
  expect(missing(member(1, "lawyer"))).toEqual([{ kind: "coverage", has: 60, needs: 61 }]);
  expect(missing(member(1, "lawyer"), member(2, "user"))).toEqual([{ kind: "coverage", has: 60, needs: 61 }]);
  expect(missing(member(1, "lawyer"), member(2, "buyer"))).toEqual([]);
});

test("a required field must not be empty", () => {
  const needsFields = rule({ requiredFieldIds: [5, 6] });
  expect(ask({ rule: needsFields, filled: new Set([6]) })).toEqual([{ kind: "field", fieldId: 5 }]);
});

describe("the order of the stages", () => {
  const strict = { noSkipping: true, noMovingBack: true };
  const skipped = (statusId: number) => [{ kind: "skipped", statusId }];
  const back = [{ kind: "moved_back" }];

  test.each([
    ["the next stage", FIRST, SECOND, []],
    ["one too far", FIRST, THIRD, skipped(SECOND)],
    ["one back", SECOND, FIRST, back],
    ["from the incoming leads to the first", INCOMING, FIRST, []],
    ["from the incoming leads to the second", INCOMING, SECOND, skipped(FIRST)],
    ["back to the incoming leads", FIRST, INCOMING, back],
    ["from the last stage to won", THIRD, WON, []],
    ["to won before its time", FIRST, WON, skipped(SECOND)],
    ["from won back", WON, THIRD, back],
    ["to lost from anywhere", FIRST, LOST, []],
    ["back to a stage that is gone", SECOND, 99, []],
  ])("%s", (_, from, to, missing) => {
    expect(ask({ order: strict, move: { from: at(from), to: at(to) } })).toEqual(missing);
  });

  test("a deal from another pipeline begins at the beginning", () => {
    const into = (to: number) => ask({ order: strict, move: { from: at(99, 8), to: at(to) } });
    expect(into(FIRST)).toEqual([]);
    expect(into(INCOMING)).toEqual([]);
    expect(into(SECOND)).toEqual(skipped(FIRST));
  });

  test("is nobody's business where no order is asked for", () => {
    const loose = { noSkipping: false, noMovingBack: false };
    expect(ask({ order: loose, move: { from: at(FIRST), to: at(WON) } })).toEqual([]);
    expect(ask({ order: loose, move: { from: at(WON), to: at(FIRST) } })).toEqual([]);
  });
});

const keys = fc.subarray(["lawyer", "buyer", "user"]);
const approval = fc.constantFrom<Approval>("pending", "approved", "rejected");
const members = fc.array(
  fc.record({ contactId: fc.nat(), role: fc.constantFrom("lawyer", "buyer", "user", null), approval }),
);
const rules = fc.record({
  requiredRoles: keys,
  requiredApprovals: keys,
  wantedRoles: keys,
  minCoverage: fc.option(fc.nat(100)),
  requiredFieldIds: fc.array(fc.nat(9)),
});

test("with everybody there, approving, and every field filled, any rule lets a deal pass", () => {
  fc.assert(
    fc.property(rules, (asked) => {
      const everybody = roles.map(({ key }, index) => member(index, key, "approved"));
      const filled = new Set(Array.from({ length: 10 }, (_, id) => id));
      expect(ask({ rule: rule(asked), members: everybody, filled })).toEqual([]);
    }),
  );
});

test("an approval never makes more missing, and its withdrawal never less", () => {
  fc.assert(
    fc.property(rules, members, fc.nat(), (asked, people, chosen) => {
      const approve = (state: Approval) =>
        people.map((one, index) => (index === chosen % people.length ? { ...one, approval: state } : one));
      const missing = (state: Approval) => ask({ rule: rule(asked), members: approve(state) }).length;
      expect(missing("approved")).toBeLessThanOrEqual(missing("pending"));
      expect(missing("rejected")).toBe(missing("pending"));
    }),
  );
});

test("nothing is named twice", () => {
  fc.assert(
    fc.property(rules, members, (asked, people) => {
      const unique = [...new Map(people.map((one) => [one.contactId, one])).values()];
      const named = ask({ rule: rule(asked), members: unique }).map((one) => JSON.stringify(one));
      expect(new Set(named).size).toBe(named.length);
    }),
  );
});
