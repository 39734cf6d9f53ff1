import { asProblem, Problem } from "../../api/problem.ts";
import { record } from "../../host/page.ts";

/**
 * Of why something was refused, what still holds: a value that was changed since is not called wrong until it is tried
 * again.
 * @param tried what was refused
 * @param typed what stands in its place now
 */
export function stillWrong(error: Error | null, tried: unknown, typed: unknown): Error | null {
  if (error === null) return null;
  const { code, detail } = asProblem(error);
  if (!detail.issues?.length) return error;
  const issues = detail.issues.filter(({ path }) => isSame(at(path, tried), at(path, typed)));
  return issues.length === 0 ? null : new Problem(code, { ...detail, issues });
}

function at(path: string, value: unknown): unknown {
  return path.split(".").reduce((found, step) => record(found)[step], value);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
