import type { Contact } from "../kommo/resources.ts";

/** E-mails and phones are custom fields with these codes; there is no root `email` in Kommo's contacts. */
export function emailsOf(contact: Contact): string[] {
  return valuesOf(contact, "EMAIL");
}

export function phonesOf(contact: Contact): string[] {
  return valuesOf(contact, "PHONE");
}

/** What stands on somebody's card, such as "Head of Sales"; empty where nothing does. */
export function titleOf(contact: Contact): string {
  return valuesOf(contact, "POSITION")[0] ?? "";
}

function valuesOf(contact: Contact, code: "EMAIL" | "PHONE" | "POSITION"): string[] {
  return contact.custom_fields_values
    .filter((field) => field.field_code === code)
    .flatMap((field) => field.values.map(({ value }) => String(value ?? "").trim()))
    .filter((value) => value !== "");
}
