import type { GateSettings } from "@dealscope/shared/committee";

/** Who may let a deal of this pipeline through against its rules. */
export function mayOverrule(
  { pipelines }: GateSettings,
  pipelineId: number,
  { userId, isAdmin }: { userId: number; isAdmin: boolean },
): boolean {
  const rules = pipelines.find((pipeline) => pipeline.pipelineId === pipelineId);
  return isAdmin || (rules?.overrulerIds.includes(userId) ?? false);
}
