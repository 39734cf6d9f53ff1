import { Problem } from "../api/problem.ts";
import type { World } from "../world.ts";
import { findAccount, type InAccount } from "./find.ts";

/** What a person deletes in the interface, where the API deletes nothing: a list, or an element of one. */
export function listControl(world: World) {
  return {
    remove: ({ account: reference, id }: InAccount & { id: number }) => {
      if (!findAccount(world, reference).catalogs.delete(id)) throw new Problem(404, `There is no list ${id}.`);
      return { id };
    },
    removeElement: ({ account: reference, id }: InAccount & { id: number }) => {
      const account = findAccount(world, reference);
      const element = account.elements.get(id);
      if (!element) throw new Problem(404, `There is no element ${id}.`);
      element.is_deleted = true;
      element.updated_at = account.clock.seconds();
      for (const link of account.links.of("catalog_elements", id)) {
        account.links.remove({ type: "catalog_elements", id }, { type: link.to_entity_type, id: link.to_entity_id });
      }
      account.elements.touched(element);
      return { id };
    },
  };
}
