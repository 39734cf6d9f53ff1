import type { Clock } from "../clock.ts";
import type { FaultScript } from "../faults.ts";
import type { Ledger } from "../ledger.ts";
import type { Region, Surroundings, Workspace } from "./state/workspace.ts";
import type { Switches } from "./switches.ts";

/** One Customer.io with both regions and all its workspaces, in memory. */
export interface World {
  readonly clock: Clock;
  readonly switches: Switches;
  readonly surroundings: Surroundings;
  readonly workspaces: Map<number, Workspace>;
  readonly faults: FaultScript;
  /** Every request seen. */
  readonly ledger: Ledger;
  /** Where each region listens, once it does. */
  readonly origins: Record<Region, string>;
}
