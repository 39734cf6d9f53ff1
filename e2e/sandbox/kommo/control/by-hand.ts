import { Problem } from "../api/problem.ts";
import type { Account } from "../state/account.ts";
import type { EntityType } from "../state/rows.ts";

/** Short ways to write what API v4 spells out. */
export interface ByHand {
  /** By code or name of the field: a value, a list of values, or null to clear it. */
  fields?: Record<string, unknown>;
  tags?: string[];
  tags_to_add?: (string | { name: string })[];
  tags_to_delete?: (string | { name: string })[];
}

/** The same thing as an item of API v4. A person cannot touch fields that only the API may write. */
export function byHand<T extends ByHand>(account: Account, entity: EntityType, wish: T): object {
  const { fields = {}, tags, tags_to_add, tags_to_delete, ...item } = wish;
  return {
    ...item,
    custom_fields_values: Object.entries(fields).map(([name, value]) => fieldValue(account, entity, name, value)),
    ...(tags ? { _embedded: { tags: tags.map((name) => ({ name })) } } : {}),
    ...(tags_to_add ? { tags_to_add: tags_to_add.map(named) } : {}),
    ...(tags_to_delete ? { tags_to_delete: tags_to_delete.map(named) } : {}),
  };
}

function fieldValue(account: Account, entity: EntityType, name: string, value: unknown): object {
  const all = [...account.fields[entity].fields.values()];
  const field = all.find((one) => one.code === name) ?? all.find((one) => one.name === name);
  if (!field) throw new Problem(404, `There is no field ${name}.`);
  if (field.is_api_only) throw new Problem(403, `${name} can be changed by API only.`);
  if (value === null) return { field_id: field.id, values: null };
  return { field_id: field.id, values: (Array.isArray(value) ? value : [value]).map((one) => ({ value: one })) };
}

function named(tag: string | { name: string }): { name: string } {
  return typeof tag === "string" ? { name: tag } : tag;
}
