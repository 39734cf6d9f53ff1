import type { Role, StageRule } from "@dealscope/shared/committee";

/** The roles that coverage of a stage is counted over, each once. */
export function wantedBy({ requiredRoles, requiredApprovals, wantedRoles }: StageRule): Set<string> {
  return new Set([...requiredRoles, ...requiredApprovals, ...wantedRoles]);
}

/**
 * How much of the wanted roles is played, in percent; a role counts as much as it weighs. Null where nothing is wanted.
 * Rounded down: nearly everybody is not everybody.
 */
export function coverage(
  wanted: ReadonlySet<string>,
  played: ReadonlySet<string>,
  roles: readonly Pick<Role, "key" | "weight">[],
): number | null {
  if (wanted.size === 0) return null;
  const weights = new Map(roles.map(({ key, weight }) => [key, weight]));
  const sum = (keys: Iterable<string>) => [...keys].reduce((total, key) => total + (weights.get(key) ?? 0), 0);
  const there = [...wanted].filter((key) => played.has(key));
  const all = sum(wanted);
  // Where none of them weighs anything, they count alike.
  return Math.floor((100 * (all > 0 ? sum(there) : there.length)) / (all > 0 ? all : wanted.size));
}
