import type { FieldValue } from "../kommo/resources.ts";

/** A value for a field: a text, number or tick as it is, of a phone or e-mail with its sort, or an option by its id. */
export type WishedValue = { value: string | number | boolean; enumCode?: string } | { enumId: number };

/** What a custom field is to show. */
export interface FieldWish {
  /** Kommo's id of the field, or its code. */
  field: number | string;
  /** Takes the place of all that stands there; null clears. */
  values: readonly WishedValue[] | null;
  /** What the decision saw there. When Kommo shows neither by the time of writing, a person was quicker and wins. */
  seen?: readonly WishedValue[] | null;
}

/** An item of `custom_fields_values`. */
export function written({ field, values }: FieldWish) {
  const of = typeof field === "number" ? { field_id: field } : { field_code: field };
  return { ...of, values: values ? values.map(writtenValue) : null };
}

function writtenValue(wish: WishedValue) {
  if ("enumId" in wish) return { enum_id: wish.enumId };
  // Kommo reads numbers back as texts, and takes them so.
  return { value: wish.value, ...(wish.enumCode ? { enum_code: wish.enumCode } : {}) };
}

/** Whether a card shows these values in this field, and no others. */
export function shows(
  card: readonly FieldValue[],
  field: number | string,
  values: readonly WishedValue[] | null,
): boolean {
  const shown = valuesIn(card, field);
  const wished = values ?? [];
  return (
    shown.length === wished.length &&
    wished.every((wish, index) => {
      const there = shown[index];
      return "enumId" in wish ? there?.enum_id === wish.enumId : String(there?.value) === String(wish.value);
    })
  );
}

/** Whether a field of a card shows exactly this text. */
export function showsText(card: readonly FieldValue[], field: number | string, text: string): boolean {
  return valuesIn(card, field).some(({ value }) => value === text);
}

function valuesIn(card: readonly FieldValue[], field: number | string): FieldValue["values"] {
  return card.find(({ field_id, field_code }) => field_id === field || field_code === field)?.values ?? [];
}
