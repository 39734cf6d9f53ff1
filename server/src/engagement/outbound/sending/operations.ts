import type { Operation } from "../../../customerio/track-client.ts";
import { type Attributes, present } from "../deals/attribute.ts";
import { seconds } from "../deals/deal-attributes.ts";
import type { Change } from "../events/changes.ts";

/** Exactly one of these; `cio_id` without the prefix that Track v1 wants. */
export type PersonIdentifiers = { email: string } | { id: string } | { cio_id: string };

export interface Relationship {
  identifiers: PersonIdentifiers;
  attributes: Attributes;
}

/** `at` orders writes that compete: an older one never replaces what a newer one has written. */
export function identify(identifiers: PersonIdentifiers, attributes: Attributes, at: Date): Operation {
  return { type: "person", action: "identify", identifiers, timestamp: seconds(at), attributes };
}

export function event(identifiers: PersonIdentifiers, id: string, { name, at }: Change, data: Attributes): Operation {
  return {
    ...{ type: "person", action: "event", identifiers, id, name },
    timestamp: seconds(at),
    attributes: present(data),
  };
}

export interface ObjectRef {
  typeId: string;
  objectId: string;
}

/** A deal as an object; unique among all accounts that might speak to the workspace. */
export function dealObject(typeId: string, accountId: number, leadId: number): ObjectRef {
  return { typeId, objectId: `kommo-${accountId}-${leadId}` };
}

export function identifyObject(ref: ObjectRef, attributes: Attributes, people: readonly Relationship[]): Operation {
  return {
    ...{ type: "object", action: "identify", identifiers: idsOf(ref), attributes },
    cio_relationships: people.map(({ identifiers, attributes }) => ({
      identifiers,
      relationship_attributes: attributes,
    })),
  };
}

export function unrelate(ref: ObjectRef, people: readonly PersonIdentifiers[]): Operation {
  return {
    ...{ type: "object", action: "delete_relationships", identifiers: idsOf(ref) },
    cio_relationships: people.map((identifiers) => ({ identifiers })),
  };
}

export function deleteObject(ref: ObjectRef): Operation {
  return { type: "object", action: "delete", identifiers: idsOf(ref) };
}

function idsOf({ typeId, objectId }: ObjectRef) {
  return { object_type_id: typeId, object_id: objectId };
}
