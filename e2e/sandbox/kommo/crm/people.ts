import { deletedPersonItem, personItem } from "../hooks/card-items.ts";
import { type Account, readableAt } from "../state/account.ts";
import type { Person } from "../state/rows.ts";
import { recordCardChanges, SINGULAR, snapshot } from "./card-changes.ts";
import { applyFieldChanges, type FieldChange } from "./field-values.ts";
import { record } from "./history.ts";
import { changeTags, type TagChange } from "./tagging.ts";

/** Contacts and companies are alike but for where they are kept and how their hooks are told apart. */
export type PersonType = "contacts" | "companies";

export interface PersonChange {
  name?: string;
  first_name?: string;
  last_name?: string;
  responsible_user_id?: number;
  created_by?: number;
  created_at?: number;
  updated_by?: number;
  updated_at?: number;
  is_unsorted?: boolean;
  values?: readonly FieldChange[];
  tags?: TagChange;
}

export function createPerson(
  account: Account,
  entity: PersonType,
  wish: PersonChange,
  by: number,
  /** Links are made before the hook leaves, which lists them. */
  link: (person: Person) => void = () => {},
): Person {
  const now = account.clock.seconds();
  const responsible = wish.responsible_user_id ?? by;
  const person: Person = {
    id: account.ids.next(entity === "contacts" ? "contact" : "company"),
    name: "",
    first_name: "",
    last_name: "",
    responsible_user_id: responsible,
    group_id: account.users.get(responsible)?.group_id ?? 0,
    created_by: wish.created_by ?? by,
    updated_by: wish.updated_by ?? by,
    created_at: wish.created_at ?? now,
    updated_at: wish.updated_at ?? wish.created_at ?? now,
    closest_task_at: null,
    is_deleted: false,
    is_unsorted: wish.is_unsorted ?? false,
    values: new Map(),
    tags: new Set(),
  };
  rename(person, wish);
  applyFieldChanges(person.values, wish.values ?? []);
  changeTags(account, entity, person.tags, wish.tags ?? {});
  account[entity].add(person, readableAt(account));
  const type = SINGULAR[entity] as "contact" | "company";
  record(account, { type: `${type}_added`, entity_type: type, entity_id: person.id, created_by: person.created_by });
  link(person);
  account.announce(account, [`add_${type}`], () => personItem(account, entity, person, "add"));
  return person;
}

export function updatePerson(account: Account, entity: PersonType, person: Person, change: PersonChange, by: number) {
  const before = snapshot(person);
  rename(person, change);
  Object.assign(person, {
    responsible_user_id: change.responsible_user_id ?? person.responsible_user_id,
    is_unsorted: change.is_unsorted ?? person.is_unsorted,
    created_by: change.created_by ?? person.created_by,
    created_at: change.created_at ?? person.created_at,
    updated_by: change.updated_by ?? by,
    updated_at: change.updated_at ?? account.clock.seconds(),
  });
  applyFieldChanges(person.values, change.values ?? []);
  changeTags(account, entity, person.tags, change.tags ?? {});
  account[entity].touched(person);
  recordCardChanges(account, entity, person, before);
  const type = SINGULAR[entity] as "contact" | "company";
  const old = before.responsible_user_id;
  // There is no `contacts[responsible]`: both codes arrive as an update, once.
  const codes =
    old === person.responsible_user_id
      ? [`update_${type}` as const]
      : ([`update_${type}`, `responsible_${type}`] as const);
  account.announce(account, codes, () => personItem(account, entity, person, "update", old));
}

export function deletePerson(account: Account, entity: PersonType, person: Person, by: number): void {
  person.is_deleted = true;
  person.updated_at = account.clock.seconds();
  person.updated_by = by;
  account[entity].touched(person);
  const type = SINGULAR[entity] as "contact" | "company";
  record(account, { type: `${type}_deleted`, entity_type: type, entity_id: person.id, created_by: by });
  account.announce(account, [`delete_${type}`], () => deletedPersonItem(entity, person));
}

/** First and last name make the name, unless a name is given. */
function rename(person: Person, change: PersonChange): void {
  person.first_name = change.first_name ?? person.first_name;
  person.last_name = change.last_name ?? person.last_name;
  const parts = change.first_name !== undefined || change.last_name !== undefined;
  const composed = parts ? `${person.first_name} ${person.last_name}`.trim() : person.name;
  person.name = change.name ?? composed;
}
