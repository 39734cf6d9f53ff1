import type { StoredValue } from "../state/rows.ts";
import type { CustomField } from "../state/settings.ts";

/** Values as they read now: an option that was renamed shows its new text, one that was deleted is gone. */
export function currentValues(field: CustomField, stored: readonly StoredValue[]): StoredValue[] {
  if (!field.enums) return [...stored];
  const isText = field.type === "multitext" || field.type === "smart_address";
  return stored.flatMap((value) => {
    const option = field.enums?.find((one) => one.id === value.enum_id);
    if (!option) return isText ? [{ value: value.value }] : [];
    return [{ value: isText ? value.value : option.value, enum_id: option.id, enum_code: option.code }];
  });
}
