import type { InputIssue } from "@dealscope/shared/api-error";
import type { EngagementSettings } from "@dealscope/shared/engagement";
import type { Settings } from "@dealscope/shared/settings";
import type { Provisioned } from "../../installation/provisioning.ts";

interface Known {
  /** As it is stored. What was deleted since does not keep other settings from being saved. */
  before: EngagementSettings;
  made: Pick<Provisioned, "leadFields" | "fieldsOfContacts" | "pipelines">;
  /** Of the workspace, as it last showed them; null: nobody has looked, or may. */
  objectTypes: readonly string[] | null;
}

/** What these settings name that neither the account nor the workspace has: one sentence each. */
export function unknownInEngagement({ engagement, committee }: Settings, known: Known): InputIssue[] {
  const { before, made, objectTypes } = known;
  const { fields, speaksFor, identifier, optOutFieldId, objectTypeId, effects } = engagement;
  const issues: InputIssue[] = [];
  const refuse = (path: string, message: string) => issues.push({ path: `engagement.${path}`, message });
  const lacks = (entity: "lead" | "contact", id: number) => {
    const all = entity === "lead" ? made.leadFields : made.fieldsOfContacts;
    return all !== null && !all.some((field) => field.id === id);
  };
  const none = (entity: "lead" | "contact", id: number) => `There is no field ${id} of ${entity}s in this account.`;
  for (const [place, { entity, fieldId }] of fields.entries()) {
    const wasThere = before.fields.some((one) => one.entity === entity && one.fieldId === fieldId);
    if (lacks(entity, fieldId) && !wasThere) refuse(`fields.${place}.fieldId`, none(entity, fieldId));
  }
  const wasBy = before.identifier.by === "field" ? before.identifier.fieldId : null;
  if (identifier.by === "field" && identifier.fieldId !== wasBy && lacks("contact", identifier.fieldId))
    refuse("identifier.fieldId", none("contact", identifier.fieldId));
  if (speaksFor.who === "roles") {
    for (const [place, role] of speaksFor.roles.entries()) {
      if (committee.roles.some(({ key }) => key === role)) continue;
      refuse(`speaksFor.roles.${place}`, `Deals speak for the role ${role}, which this account does not have.`);
    }
  }
  if (optOutFieldId !== null && optOutFieldId !== before.optOutFieldId) {
    const field = made.fieldsOfContacts?.find(({ id }) => id === optOutFieldId);
    if (lacks("contact", optOutFieldId)) refuse("optOutFieldId", none("contact", optOutFieldId));
    else if (field && field.type !== "checkbox")
      refuse("optOutFieldId", `The field ${field.name} is no checkbox, so it cannot say who has unsubscribed.`);
  }
  const isNewType = objectTypeId !== null && objectTypeId !== before.objectTypeId;
  if (isNewType && objectTypes !== null && !objectTypes.includes(objectTypeId))
    refuse("objectTypeId", `The workspace in Customer.io has no object type ${objectTypeId}.`);
  const { moveTo } = effects.unsubscribe;
  const pipeline = made.pipelines.find(({ id }) => id === moveTo?.pipelineId);
  if (moveTo && made.pipelines.length > 0 && !pipeline?.statuses.some(({ id }) => id === moveTo.statusId))
    refuse("effects.unsubscribe.moveTo", `There is no stage ${moveTo.statusId} in the pipeline ${moveTo.pipelineId}.`);
  return issues;
}
