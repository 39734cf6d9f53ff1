import type { InputIssue } from "@dealscope/shared/api-error";
import type { Lists } from "@dealscope/shared/lists";
import type { Settings } from "@dealscope/shared/settings";

/**
 * Whether settings name fields of Kommo at all, so that it is worth asking which there are. What was asked is kept, and
 * the gates and what is told of deals compare with it.
 */
export function namesFields({ committee, gates, engagement }: Settings): boolean {
  const { fields, identifier, optOutFieldId } = engagement;
  const ofContacts = committee.weightFieldId ?? committee.probabilityFieldId ?? optOutFieldId;
  return (
    ofContacts !== null ||
    fields.length > 0 ||
    identifier.by === "field" ||
    gates.pipelines.some(({ stages }) => stages.some((rule) => rule.requiredFieldIds.length))
  );
}

/**
 * Fields of contacts that settings name and Kommo does not have, or that cannot hold what they are for. Nothing is known to be wrong
 * while Kommo does not tell.
 */
export function unknownFields({ committee }: Settings, lists: Lists): InputIssue[] {
  if (!lists.isFresh) return [];
  const issues: InputIssue[] = [];
  for (const name of ["weightFieldId", "probabilityFieldId"] as const) {
    const id = committee[name];
    if (id === null) continue;
    const field = lists.contactFields.find((one) => one.id === id);
    const path = `committee.${name}`;
    if (!field) issues.push({ path, message: `There is no field ${id} of contacts in this account.` });
    else if (field.type !== "numeric") issues.push({ path, message: `The field ${field.name} does not hold numbers.` });
  }
  const { weightFieldId, probabilityFieldId } = committee;
  if (weightFieldId !== null && weightFieldId === probabilityFieldId)
    issues.push({ path: "committee.probabilityFieldId", message: "Weight and probability need a field each." });
  return issues;
}
