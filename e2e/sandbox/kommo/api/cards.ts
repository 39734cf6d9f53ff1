import { may } from "../crm/rights.ts";
import { currentValues } from "../crm/stored-values.ts";
import type { Account } from "../state/account.ts";
import type { EntityType, FieldValues, Lead, Person } from "../state/rows.ts";
import type { FieldSet } from "../state/settings.ts";
import type { Table } from "../state/table.ts";
import type { Call } from "./call.ts";
import { among, Filter, within } from "./filter.ts";

/** What leads, contacts and companies have in common when they are read. */

export const ENTITY_TYPES = ["leads", "contacts", "companies"] as const;

/** Rows to look at: by id or by time of change without a scan, else all of them; only what the user may see. */
export function visibleCards<R extends Lead | Person>(call: Call, entity: EntityType, table: Table<R>): R[] {
  const filter = new Filter(call);
  const ids = filter.ids("id");
  const changed = filter.range("updated_at");
  const now = call.account.clock.now();
  const wantsDeleted = call.with("only_deleted");
  const names = filter.texts("name");
  const created_by = filter.ids("created_by");
  const updated_by = filter.ids("updated_by");
  const responsible = filter.ids("responsible_user_id");
  const created_at = filter.range("created_at");
  const closest_task_at = filter.range("closest_task_at");
  return candidates(table, ids, changed).filter(
    (row) =>
      row.is_deleted === wantsDeleted &&
      table.visible(row, now) &&
      within(changed, row.updated_at) &&
      (names === undefined || names.includes(row.name)) &&
      among(created_by, row.created_by) &&
      among(updated_by, row.updated_by) &&
      among(responsible, row.responsible_user_id) &&
      within(created_at, row.created_at) &&
      within(closest_task_at, row.closest_task_at) &&
      may(call.account, call.user, "view", entity, row),
  );
}

/** One card by its path, or nothing (204) if it is unknown, deleted or not this user's to see. */
export function visibleCard<R extends Lead | Person>(call: Call, entity: EntityType, table: Table<R>): R | undefined {
  const row = table.get(call.id());
  if (!row || row.is_deleted !== call.with("only_deleted")) return undefined;
  if (!table.visible(row, call.account.clock.now())) return undefined;
  return may(call.account, call.user, "view", entity, row) ? row : undefined;
}

/** `query` looks into everything that is filled, phone numbers by their digits. */
export function matchesQuery(call: Call, row: Lead | Person): boolean {
  const wanted = String(call.query.query ?? "")
    .trim()
    .toLowerCase();
  if (wanted === "") return true;
  const texts = [row.name, ...[...row.values.values()].flat().map((value) => String(value.value ?? ""))];
  const digits = /^[\d\s()+-]{5,}$/.test(wanted) ? wanted.replace(/\D/g, "") : undefined;
  return texts.some(
    (text) => text.toLowerCase().includes(wanted) || (digits !== undefined && text.replace(/\D/g, "").includes(digits)),
  );
}

/** `custom_fields_values`: null when there is none, never an empty list. */
export function renderValues(set: FieldSet, values: FieldValues): object[] | null {
  const rendered = [...values].flatMap(([id, stored]) => {
    const field = set.fields.get(id);
    const shown = field ? currentValues(field, stored) : [];
    if (!field || shown.length === 0) return [];
    return [
      {
        field_id: id,
        field_name: field.name,
        field_code: field.code,
        field_type: field.type,
        values: shown,
        is_computed: false,
      },
    ];
  });
  return rendered.length > 0 ? rendered : null;
}

export function renderTags(account: Account, entity: EntityType, ids: ReadonlySet<number>): object[] {
  return [...ids].flatMap((id) => account.tags[entity].byId.get(id) ?? []);
}

/** Linked things as lists of ids with links: no names, no e-mails. */
export function renderLinked(
  call: Call,
  entity: EntityType,
  id: number,
  to: "leads" | "contacts" | "companies",
): object[] {
  return call.account.links.of(entity, id, to).map((link) => ({
    id: link.to_entity_id,
    ...(entity === "leads" && to === "contacts" ? { is_main: link.is_main } : {}),
    _links: call.link(`/${to}/${link.to_entity_id}`),
  }));
}

export function renderElements(call: Call, entity: EntityType, id: number): object[] {
  return call.account.links.of(entity, id, "catalog_elements").map((link) => ({
    id: link.to_entity_id,
    metadata: {
      quantity: link.quantity,
      catalog_id: link.catalog_id,
      ...(link.price_id === null ? {} : { price_id: link.price_id }),
    },
    _links: call.link(`/catalogs/${link.catalog_id}/elements/${link.to_entity_id}`),
  }));
}

function candidates<R extends Lead | Person>(
  table: Table<R>,
  ids: Set<number> | undefined,
  changed: { from: number; to: number } | undefined,
): R[] {
  if (ids) return [...ids].flatMap((id) => table.get(id) ?? []);
  return changed ? table.changed(changed.from, changed.to) : [...table.values()];
}
