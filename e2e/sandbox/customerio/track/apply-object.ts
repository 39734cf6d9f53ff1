import { objectKey, type StoredObject } from "../state/objects.ts";
import type { Workspace } from "../state/workspace.ts";
import type { ObjectOperation } from "./operation.ts";
import { changed, findObject, fits, obtainObject, relateTo } from "./relationships.ts";

export function applyToObject(workspace: Workspace, operation: ObjectOperation): void {
  switch (operation.action) {
    case "identify":
    case "identify_anonymous": {
      const object = obtainObject(workspace, operation.identifiers);
      if (!object) return;
      const attributes = changed(object.attributes, operation.attributes);
      if (!fits(workspace, object, object.attributes, attributes)) return;
      object.attributes = attributes;
      if (operation.action === "identify") relatePeople(workspace, object, operation.cio_relationships);
      return;
    }
    case "add_relationships": {
      const object = obtainObject(workspace, operation.identifiers);
      if (object) relatePeople(workspace, object, operation.cio_relationships);
      return;
    }
    case "delete_relationships": {
      const object = findObject(workspace, operation.identifiers);
      for (const { identifiers } of object ? operation.cio_relationships : []) {
        workspace.people.find(identifiers)?.relationships.delete(objectKey(object!.typeId, object!.objectId));
      }
      return;
    }
    case "delete": {
      const object = findObject(workspace, operation.identifiers);
      if (object) forget(workspace, object);
    }
  }
}

type Relationships = Extract<ObjectOperation, { action: "add_relationships" }>["cio_relationships"];

function relatePeople(workspace: Workspace, object: StoredObject, relationships: Relationships): void {
  for (const { identifiers, relationship_attributes } of relationships) {
    const person = workspace.people.find(identifiers);
    if (person) relateTo(workspace, person, object, relationship_attributes);
  }
}

function forget(workspace: Workspace, object: StoredObject): void {
  const key = objectKey(object.typeId, object.objectId);
  for (const person of workspace.people.all()) person.relationships.delete(key);
  workspace.objects.delete(object);
}
