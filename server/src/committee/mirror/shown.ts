import type { FieldWish } from "../../write-back/field-wish.ts";
import type { Card } from "../../write-back/values-patch.ts";

/** What fields show, by their id: an option as `#id`, anything else as text, nothing as null. Of an element its name too. */
export type Shown = Record<string, string | null>;

export const NAME = "name";

export function shownIn({ custom_fields_values }: Pick<Card, "custom_fields_values">, fieldId: number): string | null {
  const value = custom_fields_values.find(({ field_id }) => field_id === fieldId)?.values[0];
  if (!value) return null;
  return value.enum_id ? option(value.enum_id) : String(value.value);
}

export function option(enumId: number): string {
  return `#${enumId}`;
}

/** The key whose option this is; null where nothing is chosen, undefined for an option of nothing that is known. */
export function keyOf(shown: string | null, options: Readonly<Record<string, number>>): string | null | undefined {
  if (shown === null) return null;
  return Object.keys(options).find((key) => option(options[key]!) === shown);
}

/** Whether a select shows what somebody has chosen there and nobody of us knows. */
export function isForeign(shown: string | null, options: Readonly<Record<string, number>>): boolean {
  return keyOf(shown, options) === undefined;
}

/** A wish for a field to show this. */
export function wish(fieldId: number, shown: string | null, seen?: string | null): FieldWish {
  return { field: fieldId, values: values(shown), ...(seen === undefined ? {} : { seen: values(seen) }) };
}

/** What a field shows when the wish is fulfilled. */
export function shownBy(wishes: readonly FieldWish[]): Shown {
  return Object.fromEntries(
    wishes.map(({ field, values: wished }) => {
      const [value] = wished ?? [];
      return [String(field), value ? ("enumId" in value ? option(value.enumId) : String(value.value)) : null] as const;
    }),
  );
}

function values(shown: string | null): FieldWish["values"] {
  if (shown === null) return null;
  return [shown.startsWith("#") ? { enumId: Number(shown.slice(1)) } : { value: shown }];
}
