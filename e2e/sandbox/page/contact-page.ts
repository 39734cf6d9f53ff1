import { may } from "../kommo/crm/rights.ts";
import { plain } from "./lead-page.ts";
import type { Visitor } from "./visitor.ts";
import type { ContactPage } from "./wire.ts";

/** What is known of somebody: his fields as they stand, and the deals that the visitor may see. */
export function contactPage({ account, user }: Visitor, id: number): ContactPage | undefined {
  const contact = account.contacts.get(id);
  if (!contact || contact.is_deleted) return undefined;
  const fields = [...account.fields.contacts.fields.values()].map((field) => ({
    name: field.name,
    value: plain(field, contact.values.get(field.id)),
  }));
  const leads = [...account.leads.values()].filter(
    (lead) =>
      !lead.is_deleted &&
      may(account, user, "view", "leads", lead) &&
      account.links.of("leads", lead.id, "contacts").some(({ to_entity_id }) => to_entity_id === id),
  );
  return {
    id,
    name: contact.name,
    fields: fields.filter(({ value }) => value !== ""),
    leads: leads.map((lead) => ({ id: lead.id, name: lead.name })),
  };
}
