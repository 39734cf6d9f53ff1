import type { InputIssue } from "@dealscope/shared/api-error";
import type { Settings } from "@dealscope/shared/settings";

/** What is wrong with roles: two that cannot be told apart. That rules ask for roles which are there, the gates see to. */
export function wrongRoles({ committee }: Settings): InputIssue[] {
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
