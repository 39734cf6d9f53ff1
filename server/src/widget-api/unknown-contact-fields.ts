import type { InputIssue } from "@dealscope/shared/api-error";
import type { Lists } from "@dealscope/shared/lists";
import type { Settings } from "@dealscope/shared/settings";

const MAPPED = ["weightFieldId", "probabilityFieldId"] as const;

/** Whether settings name fields of contacts, so that it is worth asking Kommo which there are. */
export function namesContactFields({ committee }: Settings): boolean {
  return MAPPED.some((name) => committee[name] !== null);
}

/**
 * Fields of contacts that settings name and Kommo does not have, or that cannot hold what they are for. Nothing is known
 * to be wrong while Kommo does not tell.
 */
export function unknownContactFields({ committee }: Settings, { contactFields, isFresh }: Lists): InputIssue[] {
  if (!isFresh) return [];
  const issues = MAPPED.flatMap((name): InputIssue[] => {
    const id = committee[name];
    const path = `committee.${name}`;
    const field = contactFields.find((one) => one.id === id);
    if (id === null || field?.type === "numeric") return [];
    if (!field) return [{ path, message: `There is no field ${id} of contacts in this account.` }];
    return [{ path, message: `The field ${field.name} does not hold numbers.` }];
  });
  const { weightFieldId, probabilityFieldId } = committee;
  if (weightFieldId !== null && weightFieldId === probabilityFieldId)
    issues.push({ path: "committee.probabilityFieldId", message: "Weight and probability need a field each." });
  return issues;
}
