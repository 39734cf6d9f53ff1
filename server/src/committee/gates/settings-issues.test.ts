import { type GateSettings, GateSettings as GateSettingsSchema, PipelineGates } from "@dealscope/shared/committee";
import { Settings } from "@dealscope/shared/settings";
import { expect, test } from "vitest";
import { gateIssues } from "./settings-issues.ts";

const [INCOMING, FIRST, SECOND, THIRD] = [1, 11, 12, 13] as const;
const names = {
  [INCOMING]: "Incoming",
  [FIRST]: "First",
  [SECOND]: "Second",
  [THIRD]: "Third",
  142: "Won",
  143: "Lost",
};
const statuses = [INCOMING, FIRST, SECOND, THIRD, 142, 143].map((id) => {
  return { id, name: names[id as keyof typeof names], incoming: id === INCOMING };
});
const made = { pipelines: [{ id: 7, name: "Sales", statuses }], leadFields: [{ id: 5, name: "Budget" }] };

const gatesWith = (pipeline: object, clock: object = {}): GateSettings =>
  GateSettingsSchema.parse({ pipelines: [PipelineGates.parse({ pipelineId: 7, ...pipeline })], clock });
const nothing = GateSettingsSchema.parse({});

function issuesOf(gates: GateSettings, more: object = {}, before = nothing): [string, string][] {
  const settings = Settings.parse({ gates, ...more });
  return gateIssues(settings, before, made, new Set([9])).map(({ path, message }) => [path, message]);
}
const moves = (statusId: number) => ({ actions: { hot: { moveTo: { pipelineId: 7, statusId } } } });
const legal = { stages: [{ statusId: SECOND, requiredApprovals: ["lawyer"] }] };
const onOwnMoves = { triggers: { onOwnMoves: true, onStages: [{ pipelineId: 7, statusId: FIRST }] } };

test("rules that speak of what there is are taken", () => {
  const stages = [{ statusId: SECOND, requiredFieldIds: [5], requiredRoles: ["lawyer"], minCoverage: 50 }];
  expect(issuesOf(gatesWith({ stages, noSkipping: true, overrulerIds: [9] }), moves(FIRST))).toEqual([]);
});

test("a rule must not ask for a role that nobody can have", () => {
  const stages = [{ statusId: SECOND, requiredRoles: ["lawyer"], wantedRoles: ["lawyer", "wizard"] }];
  expect(issuesOf(gatesWith({ stages }))).toEqual([
    ["gates.pipelines.0.stages.0.wantedRoles.1", expect.stringContaining("wizard")],
  ]);
});

test("a rule for incoming leads would hold nobody", () => {
  const issues = issuesOf(gatesWith({ stages: [{ statusId: INCOMING, requiredRoles: ["lawyer"] }] }));
  expect(issues).toEqual([["gates.pipelines.0.stages.0.statusId", expect.stringContaining("Incoming")]]);
});

test("a segment whose leads are moved past stages contradicts that none is skipped", () => {
  const strict = gatesWith({ noSkipping: true });
  expect(issuesOf(strict, moves(SECOND))).toEqual([]);
  expect(issuesOf(strict, moves(143))).toEqual([]);
  for (const stage of [THIRD, 142])
    expect(issuesOf(strict, moves(stage))).toEqual([["actions.hot.moveTo", expect.stringContaining("skips stages")]]);
  expect(issuesOf(gatesWith({ noSkipping: true, isOn: false }), moves(THIRD))).toEqual([]);
});

test("what a segment moves, a gate sends back and our own moves judge again goes round in circles", () => {
  const circle = [["actions.hot.moveTo", expect.stringContaining("a circle")]];
  expect(issuesOf(gatesWith(legal), { ...moves(SECOND), ...onOwnMoves })).toEqual(circle);
  // One link less, and it is none.
  expect(issuesOf(gatesWith(legal), moves(SECOND))).toEqual([]);
  expect(issuesOf(gatesWith(legal), { ...moves(THIRD), ...onOwnMoves })).toEqual([]);
  expect(issuesOf(gatesWith({ stages: [{ statusId: SECOND }] }), { ...moves(SECOND), ...onOwnMoves })).toEqual([]);
});

test("what Kommo has lost since it was set keeps nothing else from being saved", () => {
  const stages = [{ statusId: 99, requiredFieldIds: [77] }];
  const gates = gatesWith({ stages, overrulerIds: [8] }, { escalateToId: 8 });
  expect(issuesOf(gates).map(([path]) => path)).toEqual([
    "gates.pipelines.0.stages.0.statusId",
    "gates.pipelines.0.stages.0.requiredFieldIds.0",
    "gates.pipelines.0.overrulerIds.0",
    "gates.clock.escalateToId",
  ]);
  expect(issuesOf(gates, {}, gates)).toEqual([]);
});
