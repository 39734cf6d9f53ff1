import type { Person } from "../state/person.ts";
import type { Workspace } from "../state/workspace.ts";

/** The other one's attributes, events and relationships go over, then it is gone for ever. */
export function mergeInto(workspace: Workspace, survivor: Person, other: Person): void {
  survivor.absorb(other);
  workspace.events.move(other, survivor);
  workspace.messages.move(other, survivor);
  workspace.people.delete(other);
}
