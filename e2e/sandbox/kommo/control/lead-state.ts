import { currentValues } from "../crm/stored-values.ts";
import type { Account } from "../state/account.ts";
import type { FieldValues, Lead } from "../state/rows.ts";
import type { FieldSet } from "../state/settings.ts";

/** A lead as a person would see it, names instead of ids where there are names. */
export function leadState(account: Account, lead: Lead) {
  const { values, tags, ...own } = lead;
  return {
    ...own,
    tags: [...tags].flatMap((id) => account.tags.leads.byId.get(id)?.name ?? []),
    fields: plainFields(account.fields.leads, values),
    notes: account.notes.of(`leads:${lead.id}`),
    tasks: account.tasks.of(`leads:${lead.id}`),
    contacts: account.links.of("leads", lead.id, "contacts").map(({ to_entity_id, is_main }) => {
      const contact = account.contacts.get(to_entity_id);
      return {
        id: to_entity_id,
        is_main,
        name: contact?.name ?? "",
        fields: contact ? plainFields(account.fields.contacts, contact.values) : {},
      };
    }),
    companies: account.links.of("leads", lead.id, "companies").map((link) => link.to_entity_id),
    elements: account.links.of("leads", lead.id, "catalog_elements"),
  };
}

/** By code, or by name for fields without one; a list where the field holds several values. */
function plainFields(set: FieldSet, values: FieldValues): Record<string, unknown> {
  const entries = [...values].flatMap(([id, stored]) => {
    const field = set.fields.get(id);
    if (!field) return [];
    const plain = currentValues(field, stored).map((one) => one.value ?? one);
    return [[field.code ?? field.name, plain.length === 1 ? plain[0] : plain] as const];
  });
  return Object.fromEntries(entries);
}
