import type { InputIssue } from "@dealscope/shared/api-error";
import type { Settings } from "@dealscope/shared/settings";

const NAMED_IN_RULES = ["requiredRoles", "requiredApprovals", "wantedRoles"] as const;

/** What is wrong with roles: two that cannot be told apart, or a rule that asks for one that nobody can have. */
export function wrongRoles({ committee, gates }: Settings): InputIssue[] {
  const keys = new Set<string>();
  const names = new Set<string>();
  const issues: InputIssue[] = [];
  for (const [index, { key, name }] of committee.roles.entries()) {
    const path = `committee.roles.${index}`;
    const called = name.toLocaleLowerCase("en").normalize("NFC");
    if (keys.has(key)) issues.push({ path: `${path}.key`, message: `Two roles have the key ${key}.` });
    if (names.has(called)) issues.push({ path: `${path}.name`, message: `Two roles are called ${name}.` });
    keys.add(key);
    names.add(called);
  }
  for (const [pipeline, { stages }] of gates.pipelines.entries()) {
    for (const [stage, rule] of stages.entries()) {
      for (const list of NAMED_IN_RULES) {
        for (const [at, role] of rule[list].entries()) {
          if (keys.has(role)) continue;
          const path = `gates.pipelines.${pipeline}.stages.${stage}.${list}.${at}`;
          issues.push({ path, message: `A rule asks for the role ${role}, which this account does not have.` });
        }
      }
    }
  }
  return issues;
}
