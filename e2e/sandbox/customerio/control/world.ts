import { entryFilter } from "../../control-kit.ts";
import { action } from "../../control-routes.ts";
import type { EntryFilter } from "../../ledger.ts";
import { DEFAULT_SWITCHES, switches } from "../switches.ts";
import type { World } from "../world.ts";

export function switchControl(world: World) {
  return {
    show: () => world.switches,
    set: action(switches.partial(), (change) => Object.assign(world.switches, change)),
    reset: () => Object.assign(world.switches, DEFAULT_SWITCHES),
  };
}

export function ledgerControl(world: World) {
  return {
    summary: () => ({ requests: world.ledger.counts(), webhooks: world.deliveries.counts() }),
    entries: (filter: EntryFilter = {}) => world.ledger.entries(entryFilter.parse(filter)),
    deliveries: (filter: EntryFilter = {}) => world.deliveries.entries(entryFilter.parse(filter)),
  };
}

export function sandboxControl(world: World) {
  return {
    /** Forgets workspaces, faults and ledger; switches stay. */
    reset: () => {
      world.workspaces.clear();
      world.faults.clear();
      world.ledger.reset();
      world.deliveries.reset();
    },
  };
}
