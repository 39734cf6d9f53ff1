import { z } from "zod";
import type { Fault } from "../../faults.ts";
import type { EntryFilter } from "../../ledger.ts";
import { DEFAULT_SWITCHES, type Switches } from "../switches.ts";
import type { World } from "../world.ts";
import { action } from "./action.ts";

export function faultControl(world: World) {
  return {
    add: (fault: Fault) => {
      world.faults.add(fault);
      return { effect: fault.effect };
    },
    list: () => world.faults.list(),
    clear: () => world.faults.clear(),
  };
}

export function switchControl(world: World) {
  return {
    show: () => world.switches,
    set: (change: Partial<Switches>) => Object.assign(world.switches, change),
    reset: () => Object.assign(world.switches, DEFAULT_SWITCHES),
  };
}

export function ledgerControl(world: World) {
  return {
    summary: () => ({ requests: world.ledger.counts(), webhooks: world.deliveries.counts() }),
    entries: (filter: EntryFilter = {}) => world.ledger.entries(filter),
    deliveries: (filter: EntryFilter = {}) => world.deliveries.entries(filter),
  };
}

export function clockControl(world: World) {
  const read = () => ({ now: world.clock.seconds() });
  return {
    read,
    advance: action(z.object({ seconds: z.coerce.number().min(0) }), ({ seconds }) => {
      world.clock.advance(seconds * 1000);
      return read();
    }),
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
