import type { PipelineGates, RoleKey } from "@dealscope/shared/committee";
import { LOST } from "@dealscope/shared/stage-ref";
import { wantedBy } from "../coverage.ts";

/**
 * The roles a deal should have now: what its stage asks for, else the next stage that asks for any.
 * Nobody prepares for being lost.
 * @param order the pipeline's stages in their order
 */
export function rolesAskedAt(
  gates: PipelineGates | undefined,
  statusId: number,
  order: readonly number[],
): ReadonlySet<RoleKey> {
  const here = order.indexOf(statusId);
  const ahead = here < 0 ? [statusId] : order.slice(here).filter((id) => id === statusId || id !== LOST);
  for (const id of ahead) {
    const rule = gates?.stages.find((stage) => stage.statusId === id);
    const asked = rule ? wantedBy(rule) : new Set<RoleKey>();
    if (asked.size > 0) return asked;
  }
  return new Set();
}
