import type { FieldValues, StoredValue } from "../state/rows.ts";
import type { CustomField, FieldEnum, FieldSet } from "../state/settings.ts";
import type { Switches } from "../switches.ts";
import { type ItemError, notAChoice } from "./invalid-item.ts";

/** One entry of `custom_fields_values` as it is written. */
export interface WrittenField {
  field_id?: number;
  field_code?: string | null;
  values?: readonly unknown[] | null;
}

type Written = { value?: unknown; enum_id?: unknown; enum_code?: unknown } & Record<string, unknown>;

const TEXTS = new Set(["text", "textarea", "url", "streetaddress", "tracking_data"]);
const NUMBERS = new Set(["numeric", "monetary", "price"]);
const DATES = new Set(["date", "date_time", "birthday"]);
const CHOICES = new Set(["select", "radiobutton", "category"]);
const OBJECTS = new Set(["legal_entity", "file", "linked_entity"]);
const SEVERAL = new Set([
  "multiselect",
  "multitext",
  "smart_address",
  "chained_list",
  "linked_entity",
  "legal_entity",
  "file",
]);
/** Seconds; anything above is milliseconds sent by mistake. */
const LATEST = 99_999_999_999;

export type FieldChange = [fieldId: number, values: StoredValue[] | null];

/** Checks what is written against the field definitions; `errors` takes what is wrong, under `path`. */
export function readFieldValues(
  set: FieldSet,
  written: readonly WrittenField[],
  switches: Switches,
  errors: ItemError[],
): FieldChange[] {
  return written.flatMap((entry, index): FieldChange[] => {
    const path = `custom_fields_values.${index}`;
    const field = findField(set, entry);
    if (!field) {
      errors.push(notAChoice(`${path}.${entry.field_id === undefined ? "field_code" : "field_id"}`));
      return [];
    }
    const values = (entry.values ?? []) as Written[];
    const cleared = values.length === 0 || (field.type === "file" && values[0]?.value === null);
    if (cleared) return [[field.id, null]];
    if (values.length > 1 && !SEVERAL.has(field.type)) {
      errors.push({ code: "TooMany", path: `${path}.values`, detail: "This field takes one value." });
      return [];
    }
    const stored = values.flatMap((value, i) => {
      const one = readValue(field, value, switches, `${path}.values.${i}`);
      if ("stored" in one) return one.stored ? [one.stored] : [];
      errors.push(one.error);
      return [];
    });
    return [[field.id, stored]];
  });
}

/** A field that is mentioned is replaced as a whole, all others stay. */
export function applyFieldChanges(values: FieldValues, changes: readonly FieldChange[]): void {
  for (const [fieldId, stored] of changes) {
    if (stored) values.set(fieldId, stored);
    else values.delete(fieldId);
  }
}

function findField(set: FieldSet, entry: WrittenField): CustomField | undefined {
  if (entry.field_id !== undefined) return set.fields.get(entry.field_id);
  if (!entry.field_code) return undefined;
  return [...set.fields.values()].find((field) => field.code === entry.field_code);
}

type Read = { stored: StoredValue | null } | { error: ItemError };

function readValue(field: CustomField, written: Written, switches: Switches, path: string): Read {
  const wrongType = { error: { code: "InvalidType", path: `${path}.value`, detail: `Not a value for ${field.type}.` } };
  if (typeof written !== "object" || written === null) return wrongType;
  const { value } = written;
  if (TEXTS.has(field.type)) {
    if (typeof value !== "string" && typeof value !== "number") return wrongType;
    if (field.type === "text" && isTooLong(value, switches)) return tooLong(path);
    return { stored: { value: String(value) } };
  }
  // Numbers read back as strings.
  if (NUMBERS.has(field.type)) return isNumeric(value) ? { stored: { value: String(value) } } : wrongType;
  if (field.type === "checkbox") return typeof value === "boolean" ? { stored: { value } } : wrongType;
  if (DATES.has(field.type)) {
    const seconds = toSeconds(value);
    return seconds === undefined ? wrongType : { stored: { value: seconds } };
  }
  if (CHOICES.has(field.type) || field.type === "multiselect") {
    const option = findOption(field, written);
    if (option) return { stored: { enum_id: option.id } };
    const named = written.enum_id !== undefined ? "enum_id" : written.enum_code !== undefined ? "enum_code" : "value";
    if (named === "value" && switches.unknownOption === "ignored") return { stored: null };
    return { error: notAChoice(`${path}.${named}`) };
  }
  if (field.type === "multitext" || field.type === "smart_address") {
    if (typeof value !== "string") return wrongType;
    if (field.type === "multitext" && isTooLong(value, switches)) return tooLong(path);
    const byDefault = field.type === "multitext" && written.enum_id === undefined && written.enum_code === undefined;
    const option = byDefault ? field.enums?.[0] : findOption(field, { ...written, value: undefined });
    return option ? { stored: { value, enum_id: option.id } } : { error: notAChoice(`${path}.enum_code`) };
  }
  if (field.type === "chained_list") {
    const { catalog_id, catalog_element_id } = written;
    if (typeof catalog_id !== "number" || typeof catalog_element_id !== "number") return wrongType;
    return { stored: { catalog_id, catalog_element_id } };
  }
  if (OBJECTS.has(field.type)) return typeof value === "object" && value !== null ? { stored: { value } } : wrongType;
  return wrongType;
}

function isTooLong(value: string | number, { textLimit }: Switches): boolean {
  return textLimit > 0 && String(value).length > textLimit;
}

function tooLong(path: string): Read {
  return { error: { code: "TooLong", path: `${path}.value`, detail: "This value is too long." } };
}

function findOption(field: CustomField, written: Written): FieldEnum | undefined {
  return field.enums?.find((option) => {
    if (written.enum_id !== undefined) return option.id === written.enum_id;
    if (written.enum_code !== undefined) return option.code !== null && option.code === written.enum_code;
    return written.value !== undefined && option.value === written.value;
  });
}

function isNumeric(value: unknown): boolean {
  return (
    typeof value === "number" || (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
  );
}

function toSeconds(value: unknown): number | undefined {
  if (typeof value === "number") return value <= LATEST ? Math.trunc(value) : undefined;
  if (typeof value !== "string") return undefined;
  if (/^\d+$/.test(value)) return toSeconds(Number(value));
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}
