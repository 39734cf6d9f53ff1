import { type LeadField, type Provisioned } from "../installation/provisioning.ts";
import type { Lead } from "../kommo/resources.ts";
import type { Folded } from "./fold.ts";
import type { WriteRow } from "./write-row.ts";

/** An item for `PATCH /leads`; `fieldKeys[i]` is our name of `custom_fields_values[i]`, to read complaints by. */
export interface LeadPatch {
  folded: Folded;
  item: { id: number; request_id: string } & Record<string, unknown>;
  fieldKeys: LeadField[];
  /** What Kommo did not take, or has no field for yet, and was therefore left out. */
  refused: string[];
}

export type Plan =
  | { kind: "send"; patch: LeadPatch }
  /** Kommo already shows all of it that it has fields for. */
  | { kind: "equal"; refused: string[] }
  /** A person changed what these rows were about; the lead's other rows may still go. */
  | { kind: "superseded"; why: string; rows: WriteRow[] };

/** What has to be sent so that `now` becomes what the rows want; nothing that is there already is sent again. */
export function plan(folded: Folded, now: Lead, provisioned: Provisioned): Plan {
  const { change, expect } = folded;
  if (change.stage && expect.stage && !isIn(now, change.stage) && !isIn(now, expect.stage)) {
    const rows = folded.rows.filter((row) => row.body.stage);
    return { kind: "superseded", why: "The stage was changed in Kommo meanwhile.", rows };
  }
  const otherResponsible =
    change.responsibleUserId !== undefined &&
    expect.responsibleUserId !== undefined &&
    now.responsible_user_id !== expect.responsibleUserId &&
    now.responsible_user_id !== change.responsibleUserId;
  if (otherResponsible) {
    const rows = folded.rows.filter((row) => row.body.responsibleUserId !== undefined);
    return { kind: "superseded", why: "The responsible user was changed in Kommo meanwhile.", rows };
  }

  const item: LeadPatch["item"] = { id: now.id, request_id: String(now.id) };
  const { values, keys, unmade } = fieldValues(folded, now, provisioned);
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
  return nothingToSay
    ? { kind: "equal", refused: unmade }
    : { kind: "send", patch: { folded, item, fieldKeys: keys, refused: unmade } };
}

/**
 * The patch without what Kommo complains about by path, so that the rest of the lead's change goes: a field an admin has
 * deleted, a user who has left, a stage that is gone. Undefined when a complaint names nothing of ours, or nothing is left.
 */
export function without(patch: LeadPatch, paths: readonly string[]): LeadPatch | undefined {
  if (paths.length === 0) return undefined;
  const item = { ...patch.item };
  const badValues = new Set<number>();
  for (const path of paths) {
    const [key = "", index] = path.split(".");
    const isOurs = key !== "id" && key !== "request_id" && key in patch.item;
    if (!isOurs) return undefined;
    if (key === "custom_fields_values" && /^\d+$/.test(index ?? "")) badValues.add(Number(index));
    else delete item[key];
    // The two name one stage.
    if (key === "status_id" || key === "pipeline_id") {
      delete item.status_id;
      delete item.pipeline_id;
    }
  }
  const values = (patch.item.custom_fields_values ?? []) as unknown[];
  const isGood = (_: unknown, index: number) => !badValues.has(index);
  if (badValues.size > 0) item.custom_fields_values = values.filter(isGood);
  if (badValues.size === values.length) delete item.custom_fields_values;
  if (Object.keys(item).length === 2) return undefined;
  const refused = [
    ...patch.fieldKeys.filter((key, index) => !isGood(key, index)),
    ...Object.keys(patch.item).filter((key) => !(key in item) && key !== "custom_fields_values"),
  ];
  return {
    ...patch,
    item,
    fieldKeys: patch.fieldKeys.filter(isGood),
    refused: [...patch.refused, ...refused],
  };
}

function isIn(lead: Lead, stage: { pipelineId: number; statusId: number }): boolean {
  return lead.pipeline_id === stage.pipelineId && lead.status_id === stage.statusId;
}

function fieldValues({ change }: Folded, now: Lead, { fields, segments }: Provisioned) {
  const values: { field_id: number; values: unknown[] | null }[] = [];
  const keys: LeadField[] = [];
  const unmade: LeadField[] = [];
  for (const [key, wanted] of Object.entries(change.fields ?? {}) as [LeadField, string | number | null][]) {
    const fieldId = fields[key];
    const enumId = key === "segment" && wanted !== null ? segments[wanted] : undefined;
    // Not provisioned (deleted by an admin, or a field of another type): provisioning makes it, and says so.
    if (fieldId === undefined || (key === "segment" && wanted !== null && enumId === undefined)) {
      unmade.push(key);
      continue;
    }
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
  return { values, keys, unmade };
}
