import type { FieldHome, KommoClient } from "../kommo/client.ts";
import type { CustomField } from "../kommo/resources.ts";

export interface FieldOption {
  code: string;
  name: string;
}

/** A field of ours, found again by its code, whatever an admin calls it. */
export interface FieldDefinition<K extends string> {
  key: K;
  code: string;
  type: string;
  name: string;
  isApiOnly?: boolean;
  /** Of a select. */
  options?: readonly FieldOption[];
}

/** Makes fields that are missing; one of another type with our code is told of and left alone. */
export async function ensureFields<K extends string>(
  kommo: KommoClient,
  home: FieldHome,
  wanted: readonly FieldDefinition<K>[],
  problems: string[],
): Promise<{ fields: Map<K, CustomField>; wrongTypes: K[]; made: boolean; all: readonly CustomField[] }> {
  const there = await kommo.fields(home);
  const byCode = new Map(there.map((field) => [field.code, field]));
  const missing = wanted.filter(({ code }) => !byCode.has(code));
  const added = missing.length === 0 ? [] : await kommo.addFields(home, missing.map(definition));
  for (const field of added) byCode.set(field.code, field);
  const fields = new Map<K, CustomField>();
  const wrongTypes: K[] = [];
  for (const { key, code, type, name } of wanted) {
    const field = byCode.get(code);
    if (field?.type === type) fields.set(key, field);
    else {
      wrongTypes.push(key);
      problems.push(
        `The field with the code ${code} is not of the type ${type}, so "${name}" is not written. Delete that field in Kommo or give it another code, then repair.`,
      );
    }
  }
  return { fields, wrongTypes, made: added.length > 0, all: [...there, ...added] };
}

/**
 * Makes options of a select that are missing, and gives renamed ones their new name if that is wished. Options are replaced
 * as a whole, so all that are there are sent along with their ids: also those that we do not want any more, which cards
 * may show.
 * @returns the ids of the wanted options by code
 */
export async function ensureOptions(
  kommo: KommoClient,
  home: FieldHome,
  field: CustomField,
  wanted: readonly FieldOption[],
  { rename }: { rename: boolean },
): Promise<{ ids: Map<string, number>; made: boolean }> {
  const find = ({ enums }: CustomField, { code, name }: FieldOption) =>
    enums.find((option) => option.code === code) ?? enums.find((option) => !option.code && option.value === name);
  const missing = wanted.filter((option) => !find(field, option));
  const names = new Map(wanted.flatMap((option) => [[find(field, option)?.id, option.name] as const]));
  const renamed = field.enums.filter(({ id, value }) => rename && names.has(id) && names.get(id) !== value);
  let now = field;
  if (missing.length > 0 || renamed.length > 0) {
    const kept = field.enums.map(({ id, value, code }, sort) => {
      return { id, value: rename ? (names.get(id) ?? value) : value, sort, ...(code ? { code } : {}) };
    });
    const added = missing.map(({ code, name }, index) => ({ value: name, code, sort: kept.length + index }));
    await kommo.updateField(home, field.id, { enums: [...kept, ...added] });
    now = (await kommo.fields(home)).find(({ id }) => id === field.id) ?? field;
  }
  const ids = wanted.flatMap((option) => {
    const id = find(now, option)?.id;
    return id === undefined ? [] : [[option.code, id] as const];
  });
  return { ids: new Map(ids), made: missing.length > 0 };
}

/** Codes of options are in capitals, as Kommo's own. */
export function optionCode(key: string): string {
  return key.toUpperCase();
}

/** Ids by key, of options whose ids are known by code. */
export function byKey(keys: readonly string[], ids: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const id = ids.get(optionCode(key));
      return id === undefined ? [] : [[key, id] as const];
    }),
  );
}

function definition({ key, code, type, name, isApiOnly, options }: FieldDefinition<string>) {
  return {
    name,
    code,
    type,
    request_id: key,
    ...(isApiOnly ? { is_api_only: true } : {}),
    ...(options ? { enums: options.map((option, sort) => ({ value: option.name, code: option.code, sort })) } : {}),
  };
}
