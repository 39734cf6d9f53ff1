import type { PersonIdentifier } from "@dealscope/shared/engagement";
import type { Contact } from "../../../kommo/resources.ts";
import { normaliseEmail } from "../../../leads/contact-address.ts";
import { emailsOf } from "../../../leads/contact-values.ts";
import { cleanText, IDENTIFIER_BYTES } from "../deals/attribute.ts";

/** By what a person is known in the workspace. */
export interface Identifier {
  by: "email" | "id";
  /** As it was written. */
  value: string;
  /** As Customer.io compares it: addresses without letter case, ids with it. */
  key: string;
}

/** The first address of a contact, or what stands in the field that was chosen. */
export function identifierOf(contact: Contact, wanted: PersonIdentifier): Identifier | null {
  const found = wanted.by === "email" ? byEmail(contact) : byField(contact, wanted.fieldId);
  return found && Buffer.byteLength(found.value) <= IDENTIFIER_BYTES ? found : null;
}

function byEmail(contact: Contact): Identifier | null {
  for (const written of emailsOf(contact)) {
    const value = cleanText(written);
    const key = normaliseEmail(value);
    if (key !== null) return { by: "email", value, key };
  }
  return null;
}

function byField(contact: Contact, fieldId: number): Identifier | null {
  const field = contact.custom_fields_values.find(({ field_id }) => field_id === fieldId);
  const value = cleanText(String(field?.values[0]?.value ?? ""));
  return value === "" ? null : { by: "id", value, key: value };
}
