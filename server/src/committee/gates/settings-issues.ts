import type { InputIssue } from "@dealscope/shared/api-error";
import type { GateSettings, PipelineGates, StageRule } from "@dealscope/shared/committee";
import type { SegmentAction, Settings } from "@dealscope/shared/settings";
import { type Provisioned, provisioned } from "../../installation/provisioning.ts";
import { wantedBy } from "../coverage.ts";
import { inOrder } from "./evaluate.ts";

type Pipeline = Provisioned["pipelines"][number];

interface Known {
  settings: Settings;
  /** As they are stored. What was deleted in Kommo since is marked broken there, and does not keep other settings from being saved. */
  before: GateSettings;
  made: Provisioned;
  users: ReadonlySet<number>;
}

/** What cannot be meant by these rules: what does not exist, what contradicts itself, what goes round in circles. */
export function gateIssues(
  settings: Settings,
  before: GateSettings,
  made: object,
  users: ReadonlySet<number>,
): InputIssue[] {
  const known: Known = { settings, before, made: provisioned.parse(made), users };
  const { pipelines, clock } = settings.gates;
  return [
    ...pipelines.flatMap((gates, index) => pipelineIssues(known, gates, `gates.pipelines.${index}`)),
    ...twice(pipelines.map(({ pipelineId }) => pipelineId)).map((index) => ({
      path: `gates.pipelines.${index}.pipelineId`,
      message: "This pipeline has rules already.",
    })),
    ...clockIssues(known, clock),
    ...Object.entries(settings.actions).flatMap(([segment, action]) => actionIssues(known, segment, action)),
  ];
}

function pipelineIssues(known: Known, gates: PipelineGates, path: string): InputIssue[] {
  const { pipelines } = known.made;
  const before = known.before.pipelines.find(({ pipelineId }) => pipelineId === gates.pipelineId);
  const pipeline = pipelines.find(({ id }) => id === gates.pipelineId);
  // Until the first look at the account's pipelines there is nothing to compare with.
  if (pipelines.length > 0 && !pipeline && !before)
    return [{ path: `${path}.pipelineId`, message: `There is no pipeline ${gates.pipelineId} in this account.` }];
  return [
    ...gates.stages.flatMap((rule, index) => {
      const stored = before?.stages.find(({ statusId }) => statusId === rule.statusId);
      return ruleIssues(known, rule, stored, pipeline, `${path}.stages.${index}`);
    }),
    ...twice(gates.stages.map(({ statusId }) => statusId)).map((index) => ({
      path: `${path}.stages.${index}.statusId`,
      message: "This stage has a rule already.",
    })),
    ...gates.overrulerIds.flatMap((id, index): InputIssue[] =>
      known.users.has(id) || before?.overrulerIds.includes(id)
        ? []
        : [{ path: `${path}.overrulerIds.${index}`, message: noUser(id) }],
    ),
  ];
}

function ruleIssues(
  { settings, made }: Known,
  rule: StageRule,
  stored: StageRule | undefined,
  pipeline: Pipeline | undefined,
  path: string,
): InputIssue[] {
  const issues: InputIssue[] = [];
  const stage = pipeline?.statuses.find(({ id }) => id === rule.statusId);
  if (pipeline && !stage && !stored) {
    const message = `There is no stage ${rule.statusId} in the pipeline ${pipeline.name}.`;
    issues.push({ path: `${path}.statusId`, message });
  }
  if (stage?.incoming && asksForSomething(rule)) {
    const message = `Nobody moves deals into ${stage.name}: they come in there, so a rule would hold nobody.`;
    issues.push({ path: `${path}.statusId`, message });
  }
  for (const list of ["requiredRoles", "requiredApprovals", "wantedRoles"] as const) {
    for (const [index, role] of rule[list].entries()) {
      if (settings.committee.roles.some(({ key }) => key === role)) continue;
      const message = `A rule asks for the role ${role}, which this account does not have.`;
      issues.push({ path: `${path}.${list}.${index}`, message });
    }
  }
  for (const [index, id] of rule.requiredFieldIds.entries()) {
    const isThere = made.leadFields === null || made.leadFields.some((field) => field.id === id);
    if (isThere || stored?.requiredFieldIds.includes(id)) continue;
    issues.push({
      path: `${path}.requiredFieldIds.${index}`,
      message: `There is no field ${id} of leads in this account.`,
    });
  }
  if (rule.minCoverage && wantedBy(rule).size === 0) {
    const message = "Coverage needs roles that it is counted over: name at least one.";
    issues.push({ path: `${path}.minCoverage`, message });
  }
  return issues;
}

function clockIssues({ users, before }: Known, clock: GateSettings["clock"]): InputIssue[] {
  const { remindAfterHours, escalateAfterHours, escalateToId } = clock;
  const issues: InputIssue[] = [];
  if (remindAfterHours !== null && escalateAfterHours !== null && escalateAfterHours <= remindAfterHours) {
    const message = "Somebody else is told after the reminder, not before it: set more hours than for the reminder.";
    issues.push({ path: "gates.clock.escalateAfterHours", message });
  }
  if (escalateToId !== null && !users.has(escalateToId) && escalateToId !== before.clock.escalateToId)
    issues.push({ path: "gates.clock.escalateToId", message: noUser(escalateToId) });
  return issues;
}

/** What Dealscope does by itself must not be what its own gates undo. */
function actionIssues({ settings, made }: Known, segment: string, { moveTo }: SegmentAction): InputIssue[] {
  const gates = moveTo && settings.gates.pipelines.find((one) => one.isOn && one.pipelineId === moveTo.pipelineId);
  if (!gates) return [];
  const pipeline = made.pipelines.find(({ id }) => id === gates.pipelineId);
  const name = pipeline?.statuses.find(({ id }) => id === moveTo.statusId)?.name ?? `stage ${moveTo.statusId}`;
  const path = `actions.${segment}.moveTo`;
  const issues: InputIssue[] = [];
  // New deals stand before the first stage, or in it.
  const place = inOrder(pipeline?.statuses ?? []).findIndex(({ id }) => id === moveTo.statusId);
  if (gates.noSkipping && place > 1) {
    const message = `Leads of the segment ${segment} are moved to ${name}, which skips stages, and this pipeline lets none be skipped.`;
    issues.push({ path, message });
  }
  const rule = gates.stages.find(({ statusId }) => statusId === moveTo.statusId);
  const isRefused = (rule !== undefined && asksForSomething(rule)) || (gates.noSkipping && place > 1);
  const { onStages, onOwnMoves } = settings.triggers;
  if (isRefused && onOwnMoves && onStages.some(({ pipelineId }) => pipelineId === moveTo.pipelineId)) {
    const message = `Leads of the segment ${segment} are moved to ${name}, its gate sends them back, and our own moves start a qualification in this pipeline: that is a circle.`;
    issues.push({ path, message });
  }
  return issues;
}

function asksForSomething(rule: StageRule): boolean {
  const { requiredRoles, requiredApprovals, requiredFieldIds, minCoverage } = rule;
  return requiredRoles.length + requiredApprovals.length + requiredFieldIds.length > 0 || (minCoverage ?? 0) > 0;
}

/** Places in the list of what stands before it already. */
function twice(ids: readonly number[]): number[] {
  return ids.flatMap((id, index) => (ids.indexOf(id) < index ? [index] : []));
}

const noUser = (id: number) => `There is no user ${id} in this account.`;
