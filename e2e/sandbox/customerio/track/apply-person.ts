import type { Identifiers } from "../state/people.ts";
import type { Person } from "../state/person.ts";
import { isUlid } from "../state/ulid.ts";
import type { Workspace } from "../state/workspace.ts";
import { identify } from "./identify.ts";
import { mergeInto } from "./merge.ts";
import type { PersonOperation } from "./operation.ts";
import { relate, unrelate } from "./relationships.ts";

type EventOperation = Extract<PersonOperation, { action: "event" | "page" | "screen" }>;

export function applyToPerson(workspace: Workspace, operation: PersonOperation): void {
  const { people } = workspace;
  switch (operation.action) {
    case "identify": {
      const { identifiers, attributes, timestamp = Math.floor(workspace.now / 1000) } = operation;
      const person = identify(workspace, { identifiers, attributes, timestamp });
      if (person) relate(workspace, person, operation.cio_relationships);
      return;
    }
    case "event":
    case "page":
    case "screen":
      record(workspace, operation);
      return;
    case "suppress":
      people.suppress(operation.identifiers);
      return;
    case "unsuppress":
      people.unsuppress(operation.identifiers);
      return;
    case "merge":
      merge(workspace, operation.primary, operation.secondary);
      return;
    default: {
      const person = people.find(operation.identifiers);
      if (person) change(workspace, person, operation);
    }
  }
}

type ChangeOfKnown = Extract<
  PersonOperation,
  { action: "delete" | "add_relationships" | "delete_relationships" | "add_device" | "delete_device" }
>;

function change(workspace: Workspace, person: Person, operation: ChangeOfKnown): void {
  switch (operation.action) {
    case "delete":
      workspace.people.delete(person);
      return;
    case "add_relationships":
      relate(workspace, person, operation.cio_relationships);
      return;
    case "delete_relationships":
      unrelate(workspace, person, operation.cio_relationships);
      return;
    case "add_device": {
      const { token, platform } = operation.device;
      person.devices.set(token, { id: token, platform });
      return;
    }
    case "delete_device":
      person.devices.delete(operation.device.token);
  }
}

function record(workspace: Workspace, operation: EventOperation): void {
  const { people, surroundings, events } = workspace;
  const { identifiers, id, action, name, attributes, timestamp = Math.floor(workspace.now / 1000) } = operation;
  if (people.isSuppressed(identifiers)) return;
  const known = people.find(identifiers);
  const creates = surroundings.switches.eventCreatesPerson && identifiers.cio_id === undefined;
  const person = known ?? (creates ? identify(workspace, { identifiers, attributes: {}, timestamp }) : undefined);
  if (!person) return;
  const event = {
    person,
    anonymousId: null,
    id: id && isUlid(id) ? id : null,
    type: action,
    name,
    timestamp,
    attributes,
  };
  const stored = events.add(event, { scope: surroundings.switches.eventIdScope, now: workspace.now });
  if (stored) workspace.eventReceived(stored);
}

function merge(workspace: Workspace, primary: Identifiers, secondary: Identifiers): void {
  const survivor = workspace.people.find(primary);
  const other = workspace.people.find(secondary);
  if (survivor && other && survivor !== other) mergeInto(workspace, survivor, other);
}
