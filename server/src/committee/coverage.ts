import type { Committee, PipelineGates, Role, RoleKey, StageRule } from "@dealscope/shared/committee";

/** Kommo's number for lost, the same in every pipeline. Nobody prepares for it. */
const LOST = 143;

/** The roles a rule asks for: those that must be there, those that must approve, and those that only count. */
export function rolesAskedBy(rule: StageRule): RoleKey[] {
  return [...new Set([...rule.requiredRoles, ...rule.requiredApprovals, ...rule.wantedRoles])];
}

/**
 * How much of what is asked for is there, by the weight of the roles. Roles that the account does not have any more count
 * on neither side.
 * @returns null when no role is asked for
 */
export function coverageOf(
  asked: readonly RoleKey[],
  played: ReadonlySet<RoleKey | null>,
  roles: readonly Role[],
): Committee["coverage"] {
  const wanted = roles.filter(({ key }) => asked.includes(key));
  if (wanted.length === 0) return null;
  // Where nothing weighs anything, each counts the same.
  const isWeighed = wanted.some(({ weight }) => weight > 0);
  const sum = (of: readonly Role[]) => of.reduce((total, { weight }) => total + (isWeighed ? weight : 1), 0);
  const there = wanted.filter(({ key }) => played.has(key));
  return {
    // Rounded down: 100 is everybody.
    percent: Math.floor((100 * sum(there)) / sum(wanted)),
    missing: wanted.filter((role) => !there.includes(role)).map(({ key }) => key),
  };
}

/**
 * The roles a deal should have now: what its stage asks for, else the next stage that asks for any.
 * @param order the pipeline's stages in their order
 */
export function rolesAskedAt(gates: PipelineGates | undefined, statusId: number, order: readonly number[]): RoleKey[] {
  if (!gates) return [];
  const here = order.indexOf(statusId);
  const ahead = here < 0 ? [statusId] : order.slice(here).filter((id) => id === statusId || id !== LOST);
  for (const id of ahead) {
    const rule = gates.stages.find((stage) => stage.statusId === id);
    const asked = rule ? rolesAskedBy(rule) : [];
    if (asked.length > 0) return asked;
  }
  return [];
}
