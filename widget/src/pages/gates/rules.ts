import type { BuyingStage, GateSettings, PipelineGates, Role, StageRule } from "@dealscope/shared/committee";
import type { Lists } from "@dealscope/shared/lists";

export const BUYING_STAGES = [
  "decision_maker_qualification",
  "technical_validation",
  "budget_approval",
  "legal_review",
  "signing",
] as const satisfies readonly BuyingStage[];

export const ROLE_LISTS = ["requiredRoles", "requiredApprovals", "wantedRoles"] as const;

/** The rules of a pipeline as they are shown; of one that has none, as they would begin. */
export function gatesOf({ pipelines }: GateSettings, pipelineId: number): PipelineGates {
  const none = { pipelineId, isOn: false, stages: [], noSkipping: false, noMovingBack: false };
  return pipelines.find((gates) => gates.pipelineId === pipelineId) ?? { ...none, overrulerIds: [], nativeLock: false };
}

export function withGates(settings: GateSettings, gates: PipelineGates): GateSettings {
  const isThere = settings.pipelines.some(({ pipelineId }) => pipelineId === gates.pipelineId);
  const pipelines = isThere
    ? settings.pipelines.map((one) => (one.pipelineId === gates.pipelineId ? gates : one))
    : [...settings.pipelines, gates];
  return { ...settings, pipelines };
}

export function ruleOf({ stages }: PipelineGates, statusId: number): StageRule {
  const none = { statusId, buyingStage: null, minCoverage: null };
  return (
    stages.find((rule) => rule.statusId === statusId) ?? {
      ...none,
      ...{ requiredRoles: [], requiredApprovals: [], wantedRoles: [], requiredFieldIds: [] },
    }
  );
}

export function withRule(gates: PipelineGates, rule: StageRule): PipelineGates {
  const others = gates.stages.filter(({ statusId }) => statusId !== rule.statusId);
  return { ...gates, stages: [...others, rule] };
}

/** What is saved of what is shown: nothing of stages and pipelines of which nothing is said. */
export function tidy({ gates }: { gates: GateSettings }): { gates: GateSettings } {
  const pipelines = gates.pipelines
    .map((one) => ({ ...one, stages: one.stages.filter(saysSomething) }))
    .filter(
      ({ isOn, stages, noSkipping, noMovingBack, overrulerIds, nativeLock }) =>
        isOn || stages.length > 0 || noSkipping || noMovingBack || overrulerIds.length > 0 || nativeLock,
    );
  return { gates: { ...gates, pipelines } };
}

/** Whether the pipeline has rules that could hold a deal, be they in force or not. */
export function asksForSomething({ stages, noSkipping, noMovingBack }: PipelineGates): boolean {
  return noSkipping || noMovingBack || stages.some(saysSomething);
}

function saysSomething({ buyingStage, minCoverage, requiredFieldIds, ...rule }: StageRule): boolean {
  return (
    buyingStage !== null ||
    minCoverage !== null ||
    requiredFieldIds.length > 0 ||
    ROLE_LISTS.some((list) => rule[list].length > 0)
  );
}

/** What the stage is called, else the pipeline, that a path such as `…pipelines.0.stages.1.minCoverage` of what was saved leads into. */
export function placeIn(settings: GateSettings, path: string, known: Lists["pipelines"]): string | undefined {
  const [, pipelineAt, stageAt] = /\bpipelines\.(\d+)(?:\.stages\.(\d+))?/.exec(path) ?? [];
  if (pipelineAt === undefined) return undefined;
  const gates = tidy({ gates: settings }).gates.pipelines[Number(pipelineAt)];
  const pipeline = known.find(({ id }) => id === gates?.pipelineId);
  if (stageAt === undefined) return pipeline?.name;
  const statusId = gates?.stages[Number(stageAt)]?.statusId;
  return pipeline?.stages.find(({ id }) => id === statusId)?.name;
}

/** What a rule speaks of and Kommo or the settings do not have any more. */
export interface Gone {
  roles: string[];
  fieldIds: number[];
}

export function goneOf(rule: StageRule, roles: readonly Role[], lists: Lists): Gone {
  const named = new Set(ROLE_LISTS.flatMap((list) => rule[list]));
  return {
    roles: [...named].filter((key) => !roles.some((role) => role.key === key)),
    // While Kommo is away nobody knows which fields there are.
    fieldIds: lists.isFresh
      ? rule.requiredFieldIds.filter((id) => !lists.leadFields.some((field) => field.id === id))
      : [],
  };
}

export function withoutGone(rule: StageRule, gone: Gone): StageRule {
  const staying = (list: readonly string[]) => list.filter((key) => !gone.roles.includes(key));
  return {
    ...rule,
    requiredRoles: staying(rule.requiredRoles),
    requiredApprovals: staying(rule.requiredApprovals),
    wantedRoles: staying(rule.wantedRoles),
    requiredFieldIds: rule.requiredFieldIds.filter((id) => !gone.fieldIds.includes(id)),
  };
}
