import type { Clock } from "../clock.ts";
import type { FaultScript } from "../faults.ts";
import type { Ledger } from "../ledger.ts";
import type { Reporter } from "./hooks/reporter.ts";
import type { WebhookSender } from "./hooks/sender.ts";
import type { Mailer } from "./mail/mailer.ts";
import type { Message } from "./state/messages.ts";
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
  /** Every reporting webhook sent; the route is the event subscribed to, the path the endpoint. */
  readonly deliveries: Ledger;
  readonly sender: WebhookSender;
  readonly reporter: Reporter;
  readonly mailer: Mailer;
  unsubscribe(workspace: Workspace, message: Message, at: number): void;
  /** Where each region listens, once it does. */
  readonly origins: Record<Region, string>;
}
