import { currentValues } from "../crm/stored-values.ts";
import type { FieldValues } from "../state/rows.ts";
import type { FieldSet } from "../state/settings.ts";

const DATES = new Set(["date", "date_time", "birthday"]);

/**
 * `custom_fields` of a webhook: other names than in API v4 (`id`, `enum`), and three shapes of `values`: objects, bare
 * scalars for dates, and for a radiobutton of a contact or company one object without the list around it.
 */
export function hookFields(set: FieldSet, values: FieldValues, card: "lead" | "contact" | "company"): object[] {
  return [...values].flatMap(([id, stored]) => {
    const field = set.fields.get(id);
    const shown = field ? currentValues(field, stored) : [];
    if (!field || shown.length === 0) return [];
    const entries = shown.map(({ value, enum_id }) =>
      DATES.has(field.type) ? value : { value: scalar(value), enum: enum_id },
    );
    const bare = field.type === "radiobutton" && card !== "lead";
    return [{ id, name: field.name, values: bare ? entries[0] : entries, code: field.code }];
  });
}

/** PHP writes true as 1. */
function scalar(value: unknown): unknown {
  return typeof value === "boolean" ? Number(value) : value;
}
