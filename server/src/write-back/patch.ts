import { type LeadField, type Provisioned } from "../installation/provisioning.ts";
import type { Lead } from "../kommo/resources.ts";
import type { Folded } from "./fold.ts";

/** An item for `PATCH /leads`; `fieldKeys[i]` is our name of `custom_fields_values[i]`, to read complaints by. */
export interface LeadPatch {
  folded: Folded;
  item: { id: number; request_id: string } & Record<string, unknown>;
  fieldKeys: LeadField[];
}

export type Plan =
  | { kind: "send"; patch: LeadPatch }
  /** Kommo already shows all of it. */
  | { kind: "equal" }
  /** A person changed what the decision was about. */
  | { kind: "superseded"; why: string };

/** What has to be sent so that `now` becomes what the rows want; nothing that is there already is sent again. */
export function plan(folded: Folded, now: Lead, provisioned: Provisioned): Plan {
  const { change, expect } = folded;
  if (change.stage && expect.stage && !isIn(now, change.stage) && !isIn(now, expect.stage)) {
    return { kind: "superseded", why: "The stage was changed in Kommo meanwhile." };
  }
  const otherResponsible =
    change.responsibleUserId !== undefined &&
    expect.responsibleUserId !== undefined &&
    now.responsible_user_id !== expect.responsibleUserId &&
    now.responsible_user_id !== change.responsibleUserId;
  if (otherResponsible) return { kind: "superseded", why: "The responsible user was changed in Kommo meanwhile." };

  const item: LeadPatch["item"] = { id: now.id, request_id: String(now.id) };
  const { values, keys } = fieldValues(folded, now, provisioned);
  if (values.length > 0) item.custom_fields_values = values;
  const present = new Set(now._embedded.tags.map((tag) => tag.name));
  const add = (change.tagsAdd ?? []).filter((tag) => !present.has(tag));
  const remove = (change.tagsRemove ?? []).filter((tag) => present.has(tag));
  if (add.length > 0) item.tags_to_add = add.map((name) => ({ name }));
  if (remove.length > 0) item.tags_to_delete = remove.map((name) => ({ name }));
  if (change.stage && !isIn(now, change.stage)) {
    // Always as a pair: 142 and 143 exist in every pipeline.
    item.status_id = change.stage.statusId;
    item.pipeline_id = change.stage.pipelineId;
  }
  if (change.responsibleUserId !== undefined && change.responsibleUserId !== now.responsible_user_id) {
    item.responsible_user_id = change.responsibleUserId;
  }
  const nothingToSay = Object.keys(item).length === 2;
  return nothingToSay ? { kind: "equal" } : { kind: "send", patch: { folded, item, fieldKeys: keys } };
}

function isIn(lead: Lead, stage: { pipelineId: number; statusId: number }): boolean {
  return lead.pipeline_id === stage.pipelineId && lead.status_id === stage.statusId;
}

function fieldValues({ change }: Folded, now: Lead, { fields, segments }: Provisioned) {
  const values: { field_id: number; values: unknown[] | null }[] = [];
  const keys: LeadField[] = [];
  for (const [key, wanted] of Object.entries(change.fields ?? {}) as [LeadField, string | number | null][]) {
    const fieldId = fields[key];
    const enumId = key === "segment" && wanted !== null ? segments[wanted] : undefined;
    // Not provisioned (deleted by an admin, or a field of another type): provisioning makes it, and says so.
    if (fieldId === undefined || (key === "segment" && wanted !== null && enumId === undefined)) continue;
    const shown = now.custom_fields_values.find((field) => field.field_id === fieldId)?.values[0];
    const isEqual =
      wanted === null
        ? shown === undefined
        : enumId !== undefined
          ? shown?.enum_id === enumId
          : shown !== undefined && String(shown.value) === String(wanted);
    if (isEqual) continue;
    keys.push(key);
    const value = enumId !== undefined ? { enum_id: enumId } : { value: String(wanted) };
    values.push({ field_id: fieldId, values: wanted === null ? null : [value] });
  }
  return { values, keys };
}
