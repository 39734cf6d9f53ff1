import { objectKey, type StoredObject } from "../state/objects.ts";
import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";
import { bytesOf, OBJECT_BYTES } from "./limits.ts";
import type { ObjectIdentifiers } from "./operation.ts";

interface ToObject {
  identifiers: ObjectIdentifiers;
  relationship_attributes: Record<string, unknown>;
}

export function findObject({ objects }: Workspace, identifiers: ObjectIdentifiers): StoredObject | undefined {
  if ("cio_object_id" in identifiers) return objects.findByCioId(identifiers.cio_object_id);
  return objects.find(identifiers.object_type_id, identifiers.object_id);
}

/** The object meant; one named by its type and id comes into being, as long as the type exists. */
export function obtainObject(workspace: Workspace, identifiers: ObjectIdentifiers): StoredObject | undefined {
  const { objects } = workspace;
  if ("cio_object_id" in identifiers) return objects.findByCioId(identifiers.cio_object_id);
  const { object_type_id, object_id } = identifiers;
  return objects.types.has(object_type_id) ? objects.obtain(object_type_id, object_id) : undefined;
}

export function relate(workspace: Workspace, person: Person, wishes: ToObject[]): void {
  for (const { identifiers, relationship_attributes } of wishes) {
    const object = obtainObject(workspace, identifiers);
    if (object) relateTo(workspace, person, object, relationship_attributes);
  }
}

export function relateTo(
  workspace: Workspace,
  person: Person,
  object: StoredObject,
  change: Record<string, unknown>,
): void {
  const { typeId, objectId } = object;
  const key = objectKey(typeId, objectId);
  const known = person.relationships.get(key)?.attributes ?? {};
  const attributes = changed(known, change);
  if (fits(workspace, object, known, attributes)) person.relationships.set(key, { typeId, objectId, attributes });
}

/** Whether an object and its relationships stay small enough with these attributes instead of those; if not, the log says so. */
export function fits(workspace: Workspace, object: StoredObject, before: object, after: object): boolean {
  const key = objectKey(object.typeId, object.objectId);
  const related = workspace.people.all().map(({ relationships }) => relationships.get(key)?.attributes ?? {});
  const now = [object.attributes, ...related].reduce((total, attributes) => total + bytesOf(attributes), 0);
  if (now - bytesOf(before) + bytesOf(after) <= OBJECT_BYTES) return true;
  workspace.failedChange("an object and its relationships cannot have more than 100 kB", null);
  return false;
}

export function unrelate(workspace: Workspace, person: Person, wishes: ToObject[]): void {
  for (const { identifiers } of wishes) {
    const object = findObject(workspace, identifiers);
    if (object) person.relationships.delete(objectKey(object.typeId, object.objectId));
  }
}

/** null and "" remove an attribute; what is not named stays. */
export function changed(attributes: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries({ ...attributes, ...change }).filter(([, value]) => value !== null && value !== ""),
  );
}
