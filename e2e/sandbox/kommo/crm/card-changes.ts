import type { Account } from "../state/account.ts";
import type { EntityType, Lead, Person, StoredValue } from "../state/rows.ts";
import { record } from "./history.ts";

export const SINGULAR = { leads: "lead", contacts: "contact", companies: "company" } as const;

type Card = Lead | Person;

/** What the feed compares a card with after a change. */
export function snapshot(card: Card) {
  const price = "price" in card ? card.price : null;
  return {
    name: card.name,
    price,
    responsible_user_id: card.responsible_user_id,
    values: new Map(card.values),
    tags: new Set(card.tags),
  };
}

/** Numbers of field types as events name them. */
const FIELD_TYPES: Record<string, number> = {
  ...{ text: 1, numeric: 2, checkbox: 3, select: 4, multiselect: 5, date: 6, url: 7, multitext: 8, textarea: 9 },
  ...{ radiobutton: 10, streetaddress: 11, smart_address: 13, birthday: 14, legal_entity: 15, date_time: 19 },
  ...{ category: 18, price: 20, monetary: 20, tracking_data: 21, linked_entity: 22, chained_list: 23, file: 24 },
};

/** Feed entries of what every card has: name, responsible user, tags, custom fields, and a lead's sale. */
export function recordCardChanges(
  account: Account,
  entity: EntityType,
  card: Card,
  before: ReturnType<typeof snapshot>,
) {
  const entry = { entity_type: SINGULAR[entity], entity_id: card.id, created_by: card.updated_by };
  if (card.name !== before.name) {
    const value = (name: string) => [{ name_field_value: { name } }];
    record(account, {
      ...entry,
      type: "name_field_changed",
      value_after: value(card.name),
      value_before: value(before.name),
    });
  }
  if ("price" in card && card.price !== before.price) {
    const value = (sale: number | null) => [{ sale_field_value: { sale } }];
    record(account, {
      ...entry,
      type: "sale_field_changed",
      value_after: value(card.price),
      value_before: value(before.price),
    });
  }
  if (card.responsible_user_id !== before.responsible_user_id) {
    const value = (id: number) => [{ responsible_user: { id } }];
    record(account, {
      ...entry,
      type: "entity_responsible_changed",
      value_after: value(card.responsible_user_id),
      value_before: value(before.responsible_user_id),
    });
  }
  const tags = (ids: number[]) => ids.map((id) => ({ tag: { name: account.tags[entity].byId.get(id)?.name } }));
  const came = tags([...card.tags].filter((id) => !before.tags.has(id)));
  const went = tags([...before.tags].filter((id) => !card.tags.has(id)));
  if (came.length > 0) record(account, { ...entry, type: "entity_tag_added", value_after: came });
  if (went.length > 0) record(account, { ...entry, type: "entity_tag_deleted", value_before: went });
  for (const id of new Set([...card.values.keys(), ...before.values.keys()])) {
    const [now, then] = [card.values.get(id), before.values.get(id)];
    if (now === then || JSON.stringify(now) === JSON.stringify(then)) continue;
    record(account, {
      ...entry,
      type: `custom_field_${id}_value_changed`,
      value_after: fieldValues(account, entity, id, now),
      value_before: fieldValues(account, entity, id, then),
    });
  }
}

function fieldValues(account: Account, entity: EntityType, fieldId: number, values: StoredValue[] = []) {
  const field = account.fields[entity].fields.get(fieldId);
  return values.map(({ value, enum_id }) => ({
    custom_field_value: {
      field_id: fieldId,
      field_type: FIELD_TYPES[field?.type ?? "text"] ?? 1,
      enum_id: enum_id ?? null,
      text: String(field?.enums?.find((option) => option.id === enum_id)?.value ?? value ?? ""),
    },
  }));
}
