import { action } from "../../control-routes.ts";
import type { StoredEvent } from "../state/events.ts";
import type { Person } from "../state/person.ts";
import type { World } from "../world.ts";
import { findPerson, findWorkspace, inWorkspace, whom } from "./find.ts";

export function peopleControl(world: World) {
  return {
    list: action(inWorkspace, (where) => findWorkspace(world, where).people.all().map(showPerson)),
    show: action(whom, (wish) => {
      const workspace = findWorkspace(world, wish);
      const person = findPerson(workspace, wish);
      return { ...showPerson(person), events: workspace.events.of(person).map(showEvent) };
    }),
    /** Every event received, of known and of anonymous people. */
    events: action(inWorkspace, (where) => findWorkspace(world, where).events.all().map(showEvent)),
  };
}

function showPerson(person: Person) {
  const { cioId: cio_id, id, email, attributes, unsubscribed } = person;
  return { cio_id, id, email, attributes, unsubscribed, relationships: [...person.relationships.values()] };
}

function showEvent({ person, anonymousId: anonymous_id, ...event }: StoredEvent) {
  return { ...event, cio_id: person?.cioId ?? null, anonymous_id };
}
