import type { UnseenPart } from "@dealscope/shared/qualification";
import { type Provisioned, referenceField } from "../../installation/provisioning.ts";
import type { Contact, FieldValue } from "../../kommo/resources.ts";
import { emailsOf, phonesOf, titleOf } from "../../leads/contact-values.ts";
import type { LeadReading } from "../../leads/reader.ts";
import { markerIn } from "../../write-back/marker.ts";
import type { Engagement } from "../judging/engagement.ts";
import { isOurTag } from "../tags.ts";
import type { LeadInput } from "./lead-input.ts";

/** What the database adds to a reading. */
export interface KnownOfLead {
  messages: { id: string; at: string; direction: "incoming" | "outgoing"; text: string }[];
  notes: { id: number; at: string; text: string }[];
  responsibleName: string | null;
  engagement: Engagement;
}

/** Everything about a lead that may be judged. Left out is what we wrote ourselves, or our own echo would be news. */
export function buildLeadInput(
  { lead, contacts, companies }: LeadReading,
  known: KnownOfLead,
  account: { currency: string; provisioned: Provisioned },
  missing: UnseenPart[],
): LeadInput {
  const ours = new Set(Object.values(account.provisioned.fields));
  const price = lead.price_with_minor_units ?? lead.price;
  return {
    id: lead.id,
    name: lead.name,
    source: lead._embedded.source?.name ?? null,
    price: price || null,
    currency: account.currency,
    createdAt: (lead.created_at ?? new Date(0)).toISOString(),
    ...(known.responsibleName ? { responsible: known.responsibleName } : {}),
    tags: lead._embedded.tags.map((tag) => tag.name).filter((tag) => !isOurTag(tag)),
    fields: lead.custom_fields_values
      .filter((field) => !ours.has(field.field_id) && field.field_code !== referenceField.code)
      .flatMap(fieldText),
    contacts: contacts.map(person),
    companies,
    messages: known.messages.map(({ id, at, direction, text }) => ({
      id,
      at: new Date(at).toISOString(),
      from: direction === "incoming" ? "client" : "us",
      text,
    })),
    notes: known.notes
      .filter((note) => markerIn(note.text) === undefined)
      .map(({ id, at, text }) => ({ id: String(id), at: new Date(at).toISOString(), text })),
    engagement: known.engagement,
    missing,
  };
}

function person(contact: Contact) {
  const position = titleOf(contact);
  return {
    name: contact.name,
    ...(position ? { position } : {}),
    emails: emailsOf(contact),
    phones: phonesOf(contact),
  };
}

function fieldText(field: FieldValue): { name: string; value: string }[] {
  const value = field.values
    .map((v) => textOf(v.value, field.field_type))
    .filter(Boolean)
    .join(", ");
  return value === "" ? [] : [{ name: field.field_name ?? `Field ${field.field_id}`, value }];
}

function textOf(value: unknown, type: string | null | undefined): string {
  if (typeof value === "number" && (type === "date" || type === "date_time" || type === "birthday")) {
    return new Date(value * 1000).toISOString().slice(0, type === "date_time" ? 16 : 10);
  }
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
