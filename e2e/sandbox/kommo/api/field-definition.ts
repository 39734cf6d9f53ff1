import { z } from "zod";
import { InvalidItem, type ItemError } from "../crm/invalid-item.ts";
import type { Account } from "../state/account.ts";
import { newField } from "../state/defaults.ts";
import type { EntityType } from "../state/rows.ts";
import type { CustomField, FieldEnum, FieldSet } from "../state/settings.ts";
import { parseItem } from "./batch.ts";

export interface FieldHome {
  kind: EntityType | "catalogs";
  set: FieldSet;
}

const EVERYWHERE = [
  ..."text textarea numeric url streetaddress tracking_data monetary checkbox date date_time".split(" "),
  ..."select radiobutton multiselect legal_entity file".split(" "),
];
const CARDS = [...EVERYWHERE, "birthday", "smart_address"];

/** Which types of field exist where. */
const TYPES: Record<FieldHome["kind"], readonly string[]> = {
  leads: [...CARDS, "chained_list"],
  contacts: [...CARDS, "multitext"],
  companies: CARDS,
  catalogs: [...EVERYWHERE, "price", "category", "linked_entity"],
};
const WITH_ENUMS = ["select", "multiselect", "radiobutton", "category", "multitext"];
const ADDRESS_PARTS = ["address_line_1", "address_line_2", "city", "state", "zip", "country"];

const stage = z.object({ pipeline_id: z.int(), status_id: z.int() });
const option = z.object({
  id: z.int().optional(),
  value: z.string().min(1),
  code: z.string().nullish(),
  sort: z.int().optional(),
});

const definition = z.object({
  name: z.string().min(1),
  type: z.string(),
  code: z.string().nullish(),
  sort: z.int().optional(),
  group_id: z.string().nullish(),
  is_api_only: z.boolean().optional(),
  enums: z.array(option).nullish(),
  required_statuses: z.array(stage).nullish(),
  hidden_statuses: z.array(stage).nullish(),
  currency: z.string().nullish(),
  remind: z.string().nullish(),
  chained_lists: z.array(z.unknown()).nullish(),
  tracking_callback: z.string().nullish(),
  search_in: z.string().nullish(),
  is_visible: z.boolean().optional(),
  is_required: z.boolean().optional(),
  is_deletable: z.boolean().optional(),
});
type Definition = z.output<typeof definition>;

export function readField(account: Account, kind: FieldHome["kind"], set: FieldSet, item: unknown): Definition {
  const wish = parseItem(definition, item);
  const errors: ItemError[] = [];
  if (!TYPES[kind].includes(wish.type)) {
    errors.push({ code: "NotSupportedChoice", path: "type", detail: `There is no field type ${wish.type} here.` });
  }
  if (wish.type === "monetary" && !wish.currency) wish.currency = account.currency;
  const codes = new Set([...set.fields.values()].map((field) => field.code));
  if (wish.code && codes.has(wish.code)) {
    errors.push({ code: "NotUnique", path: "code", detail: "This code is in use." });
  }
  if (wish.enums && !WITH_ENUMS.includes(wish.type)) {
    errors.push({ code: "NotSupported", path: "enums", detail: "This type of field has no options." });
  }
  if (kind === "catalogs" && wish.is_api_only) {
    errors.push({ code: "NotSupported", path: "is_api_only", detail: "Not for lists." });
  }
  if (errors.length > 0) throw new InvalidItem(errors);
  return wish;
}

/** The type of a field stays what it is. */
export function readFieldChange(kind: FieldHome["kind"], item: unknown): Partial<Definition> {
  const { type: _, ...change } = parseItem(definition.partial(), item);
  if (kind === "catalogs") delete change.is_api_only;
  return change;
}

export function createField(account: Account, set: FieldSet, wish: Definition): CustomField {
  const { name, type, enums, ...rest } = wish;
  const field = newField(account, name, type);
  assign(field, rest);
  if (WITH_ENUMS.includes(type)) field.enums = (enums ?? []).map((one, index) => newOption(account, one, index));
  if (type === "smart_address") {
    field.enums = ADDRESS_PARTS.map((value, sort) => ({ id: account.ids.next("enum"), value, code: value, sort }));
  }
  set.fields.set(field.id, field);
  return field;
}

/** Options that are sent with their ids stay; all others are replaced. */
export function changeField(account: Account, field: CustomField, change: Partial<Definition>): void {
  const { enums, ...rest } = change;
  assign(field, rest);
  if (!enums) return;
  const known = field.enums ?? [];
  field.enums = enums.map((one, index) => {
    const kept = known.find((old) => old.id === one.id);
    return kept
      ? { ...kept, value: one.value, code: one.code ?? kept.code, sort: one.sort ?? kept.sort }
      : newOption(account, one, index);
  });
}

function assign(field: CustomField, change: object): void {
  for (const [key, value] of Object.entries(change)) {
    if (value !== undefined) Object.assign(field, { [key]: value });
  }
}

function newOption(account: Account, one: z.output<typeof option>, index: number): FieldEnum {
  return { id: account.ids.next("enum"), value: one.value, code: one.code ?? null, sort: one.sort ?? (index + 1) * 10 };
}
