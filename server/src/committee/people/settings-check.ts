import type { InputIssue } from "@dealscope/shared/api-error";
import type { Settings } from "@dealscope/shared/settings";

/** What is wrong with roles: two that cannot be told apart, or a rule that asks for one that nobody can have. */
export function wrongRoles(settings: Settings): InputIssue[] {
  return [...alike(settings), ...unknownInRules(settings)];
}

function alike({ committee }: Settings): InputIssue[] {
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
  return issues;
}

/** Also when a role is taken away that a rule asks for: no deal could fulfil it any more. */
function unknownInRules({ committee, gates }: Settings): InputIssue[] {
  const isThere = (key: string) => committee.roles.some((role) => role.key === key);
  return gates.pipelines.flatMap(({ stages }, pipeline) =>
    stages.flatMap((rule, stage) =>
      (["requiredRoles", "requiredApprovals", "wantedRoles"] as const).flatMap((list) =>
        rule[list].flatMap((role, at): InputIssue[] => {
          const path = `gates.pipelines.${pipeline}.stages.${stage}.${list}.${at}`;
          return isThere(role) ? [] : [{ path, message: `A rule asks for the role ${role}, which is not there.` }];
        }),
      ),
    ),
  );
}
