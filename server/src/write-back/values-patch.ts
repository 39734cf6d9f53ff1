import type { FieldValue } from "../kommo/resources.ts";
import { type FieldWish, shows, written } from "./field-wish.ts";
import { strength, type WriteRow } from "./write-row.ts";

/** A contact or an element of a list, as it was just read. */
export interface Card {
  id: number;
  name: string;
  custom_fields_values: readonly FieldValue[];
}

/** An item for a PATCH of fifty; `fields[i]` names the field of `custom_fields_values[i]`, to read complaints by. */
export interface ValuesPatch {
  rows: readonly WriteRow[];
  item: { id: number; request_id: string; name?: string; custom_fields_values?: ReturnType<typeof written>[] };
  fields: readonly FieldWish["field"][];
  /** What Kommo did not take, and was therefore left out. */
  refused: readonly FieldWish["field"][];
}

export interface ValuesPlan {
  /** Undefined when all of it is there already. */
  patch: ValuesPatch | undefined;
  equal: readonly WriteRow[];
  /** A person changed what these rows were about. */
  overtaken: readonly WriteRow[];
}

/** What has to be sent so that `now` becomes what the rows want; a later row replaces an earlier one field by field. */
export function planValues(rows: readonly WriteRow[], now: Card): ValuesPlan {
  const overtaken = rows.filter(({ body }) => (body.values ?? []).some((wish) => isOvertaken(wish, now)));
  const left = rows
    .filter((row) => !overtaken.includes(row))
    .toSorted((a, b) => strength[a.origin] - strength[b.origin] || a.id - b.id);
  const wishes = new Map(left.flatMap(({ body }) => (body.values ?? []).map((wish) => [wish.field, wish])));
  const name = left.findLast(({ body }) => body.name !== undefined)?.body.name;
  const missing = [...wishes.values()].filter(({ field, values }) => !shows(now.custom_fields_values, field, values));
  const isRenamed = name !== undefined && name !== now.name;
  if (missing.length === 0 && !isRenamed) return { patch: undefined, equal: left, overtaken };
  const item: ValuesPatch["item"] = { id: now.id, request_id: String(now.id) };
  if (isRenamed) item.name = name;
  if (missing.length > 0) item.custom_fields_values = missing.map(written);
  return {
    patch: { rows: left, item, fields: missing.map(({ field }) => field), refused: [] },
    equal: [],
    overtaken,
  };
}

/** The patch without the fields that Kommo complains about by path; undefined when it names others, or nothing is left. */
export function withoutFields(patch: ValuesPatch, paths: readonly string[]): ValuesPatch | undefined {
  const bad = new Set(paths.map((path) => /^custom_fields_values\.(\d+)(?:\.|$)/.exec(path)?.[1]));
  if (paths.length === 0 || bad.has(undefined)) return undefined;
  const isGood = (_: unknown, index: number) => !bad.has(String(index));
  const { custom_fields_values: values = [], ...rest } = patch.item;
  const kept = values.filter(isGood);
  if (kept.length === 0 && rest.name === undefined) return undefined;
  return {
    ...patch,
    item: kept.length === 0 ? rest : { ...rest, custom_fields_values: kept },
    fields: patch.fields.filter(isGood),
    refused: [...patch.refused, ...patch.fields.filter((_, index) => !isGood(_, index))],
  };
}

function isOvertaken({ field, values, seen }: FieldWish, { custom_fields_values: now }: Card): boolean {
  return seen !== undefined && !shows(now, field, values) && !shows(now, field, seen);
}
