import type { AttributeType } from "@dealscope/shared/engagement";

const MOST_CHARACTERS = 40;

const TYPES: Record<string, AttributeType> = {
  numeric: "number",
  price: "number",
  monetary: "number",
  checkbox: "boolean",
  date: "date",
  date_time: "date",
  birthday: "date",
};

/** As what a field of Kommo is most likely wanted. @param type as Kommo calls it */
export function typeOf(type: string): AttributeType {
  return TYPES[type] ?? "text";
}

/** A name for an attribute, made of that of the field: “Código postal” becomes `codigo_postal`. */
export function attributeNameOf({ id, name }: { id: number; name: string }): string {
  const plain = name
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .replaceAll("ı", "i")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, MOST_CHARACTERS)
    .replace(/^_+|_+$/g, "");
  // A name without a Latin letter says nothing here.
  return /[a-z]/.test(plain) ? plain : `field_${id}`;
}
