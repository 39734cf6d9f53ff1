import type { Account } from "../state/account.ts";
import type { EntityType } from "../state/rows.ts";
import type { Tag } from "../state/settings.ts";
import { type ItemError, notAChoice } from "./invalid-item.ts";

export interface TagRef {
  id?: number;
  name?: string;
}

export interface TagChange {
  /** The whole set, if it is to be replaced; then the other two are ignored. */
  replace?: readonly TagRef[] | null;
  add?: readonly TagRef[];
  delete?: readonly TagRef[];
}

export function checkTags(
  account: Account,
  entity: EntityType,
  refs: readonly TagRef[],
  path: string,
  errors: ItemError[],
) {
  refs.forEach((ref, index) => {
    if (ref.id !== undefined ? !account.tags[entity].byId.has(ref.id) : !ref.name)
      errors.push(notAChoice(`${path}.${index}`));
  });
}

/** A name that exists keeps its id, whatever its case. */
export function ensureTag(account: Account, entity: EntityType, name: string, color: string | null = null): Tag {
  const tags = account.tags[entity];
  const known = tags.byName.get(name.toLowerCase());
  if (known) return known;
  const tag = { id: account.ids.next("tag"), name, color };
  tags.byId.set(tag.id, tag);
  tags.byName.set(name.toLowerCase(), tag);
  return tag;
}

export function changeTags(account: Account, entity: EntityType, current: Set<number>, change: TagChange): void {
  if (change.replace !== undefined) {
    current.clear();
    for (const ref of change.replace ?? []) current.add(tagId(account, entity, ref));
  } else {
    for (const ref of change.add ?? []) current.add(tagId(account, entity, ref));
    for (const ref of change.delete ?? []) current.delete(knownTagId(account, entity, ref));
  }
}

function tagId(account: Account, entity: EntityType, ref: TagRef): number {
  return ref.id ?? ensureTag(account, entity, ref.name ?? "").id;
}

function knownTagId(account: Account, entity: EntityType, ref: TagRef): number {
  return ref.id ?? account.tags[entity].byName.get((ref.name ?? "").toLowerCase())?.id ?? 0;
}
